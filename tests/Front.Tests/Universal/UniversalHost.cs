using System.Text;
using System.Text.Json;
using GatewayActors.Front.Tests.DataPlane;

namespace GatewayActors.Front.Tests.Universal;

/// <summary>Universal requests to the gateway <c>main</c>.</summary>
internal static class UniversalHost
{
    public static string Target { get; } = $"/v1/{DataPlaneHost.Account}/main";

    extension(DataPlaneHost host)
    {
        /// <summary>Posts steps.</summary>
        public Task<FrontAnswer> UniversalAsync(object steps, params (string Name, string Value)[] headers) =>
            host.UniversalAsync(JsonSerializer.Serialize(steps), headers);

        /// <summary>Posts a body as it is.</summary>
        public Task<FrontAnswer> UniversalAsync(string body, params (string Name, string Value)[] headers) =>
            host.SendToAsync(HttpMethod.Post, Target, Json(body), headers);
    }

    public static HttpContent Json(string body) => new StringContent(body, Encoding.UTF8, "application/json");

    /// <summary>A chat completion as a step, with its own key.</summary>
    public static Dictionary<string, object> Chat(string provider = "openai", string endpoint = "chat/completions", string model = "gpt-4o-mini", string key = "sk-step") => new()
    {
        ["provider"] = provider,
        ["endpoint"] = endpoint,
        ["headers"] = new Dictionary<string, string> { ["Authorization"] = "Bearer " + key },
        ["query"] = new { model, messages = new[] { new { role = "user", content = "Hello" } } },
    };

    /// <summary>The step with another header.</summary>
    public static Dictionary<string, object> WithHeader(this Dictionary<string, object> step, string name, string value)
    {
        ((Dictionary<string, string>)step["headers"])[name] = value;
        return step;
    }

    /// <summary>The step with a configuration.</summary>
    public static Dictionary<string, object> WithConfig(this Dictionary<string, object> step, object config)
    {
        step["config"] = config;
        return step;
    }
}
