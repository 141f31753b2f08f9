using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Tests.DataPlane;
using Xunit;

namespace GatewayActors.Front.Tests.Rest;

/// <summary>Requests to the inference routes of the API host.</summary>
internal static class RestHost
{
    public const string OperatorKey = "sk-operator-key";

    public const string Chat = """{"model":"openai/gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}""";

    /// <summary>A host whose operator has a credential for every provider; the gateway <c>default</c> is closed.</summary>
    public static async Task<DataPlaneHost> StartAsync(Action<GatewayOptions>? configure = null, Random? random = null)
    {
        var host = await DataPlaneHost.StartAsync(options =>
        {
            foreach (var provider in options.Providers.Values)
            {
                provider.ApiKey = OperatorKey;
            }

            configure?.Invoke(options);
        }, random: random);
        host.Default.Set(DataPlaneHost.Configuration(authentication: true));
        return host;
    }

    extension(DataPlaneHost host)
    {
        /// <summary>The gateway that requests go to that name none.</summary>
        public FakeGateways.Grain Default => host.Gateways[GrainKeys.Gateway(DataPlaneHost.Account, "default")];

        /// <summary>Posts below <c>/client/v4/accounts/{account}/ai/</c> with a token that may run.</summary>
        public Task<FrontAnswer> RestAsync(string path, string body, params (string Name, string Value)[] headers) =>
            host.RestAsync(HttpMethod.Post, path, body, [("authorization", "Bearer " + host.Token), .. headers]);

        /// <summary>Sends a request with these headers alone.</summary>
        public Task<FrontAnswer> RestAsync(HttpMethod method, string path, string? body, params (string Name, string Value)[] headers) => host.SendToAsync(
            method,
            Target(path),
            body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
            headers);
    }

    public static string Target(string path) => $"/client/v4/accounts/{DataPlaneHost.Account}/ai/{path}";

    /// <summary>Checks that this is an error as clients of both hosts read it.</summary>
    public static void AssertRestError(this FrontAnswer answer, int status, int code, string? contains = null)
    {
        Assert.True(answer.Status == status, $"{answer.Status}: {answer.Text}");
        Assert.Equal("application/json", answer.Header("content-type"));
        var json = answer.Json;
        Assert.False(json.GetProperty("success").GetBoolean());
        Assert.Equal(code, json.GetProperty("errors")[0].GetProperty("code").GetInt32());
        Assert.Equal(json.GetProperty("errors").GetRawText(), json.GetProperty("error").GetRawText());
        Assert.Equal("[]", json.GetProperty("messages").GetRawText());
        Assert.True(json.TryGetProperty("result", out _));
        Assert.NotNull(answer.Header("cf-aig-request-id"));
        if (contains is not null)
        {
            Assert.Contains(contains, answer.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>The result of a run, whose envelope is that of a success.</summary>
    public static JsonElement RunResult(this FrontAnswer answer)
    {
        Assert.True(answer.Status == 200, $"{answer.Status}: {answer.Text}");
        Assert.Equal("application/json", answer.Header("content-type"));
        var json = answer.Json;
        Assert.True(json.GetProperty("success").GetBoolean());
        Assert.Equal(("[]", "[]"), (json.GetProperty("errors").GetRawText(), json.GetProperty("messages").GetRawText()));
        return json.GetProperty("result");
    }
}
