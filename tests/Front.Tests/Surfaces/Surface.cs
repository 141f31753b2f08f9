using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.DynamicRoutes;
using GatewayActors.Front.Tests.Rest;
using GatewayActors.Testing;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Surfaces;

/// <summary>One way into the gateway <c>default</c> that ends at a model.</summary>
/// <param name="Path">Below the gateway, or below <c>ai/</c> of the API host where it begins with <c>rest:</c>.</param>
/// <param name="Body">The request; <c>%</c> stands for messages.</param>
/// <param name="InStep">Whether headers go into the step of the body rather than to the request.</param>
internal sealed record Surface(string Path, string Body, bool InStep = false)
{
    private const string Messages = """ "messages":[{"role":"user","content":"Hello"}] """;

    /// <summary>The request.</summary>
    public string Body { get; } = Body.Replace("%", Messages.Trim(), StringComparison.Ordinal);

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyDictionary<string, Surface> All { get; } = new Dictionary<string, Surface>
    {
        ["native"] = new("openai/chat/completions", """{"model":"gpt-4o-mini",%}"""),
        ["compat"] = new("compat/chat/completions", """{"model":"openai/gpt-4o-mini",%}"""),
        ["compat translated"] = new("compat/chat/completions", """{"model":"anthropic/claude-haiku-4-5",%}"""),
        ["compat responses"] = new("compat/responses", """{"model":"openai/gpt-4o-mini","input":"Hello"}"""),
        ["compat embeddings"] = new("compat/embeddings", """{"model":"openai/text-embedding-3-small","input":"Hello"}"""),
        ["compat embeddings translated"] = new("compat/embeddings", """{"model":"cohere/embed-v4.0","input":"Hello"}"""),
        ["compat messages"] = new("compat/messages", """{"model":"anthropic/claude-haiku-4-5","max_tokens":5,%}"""),
        ["dynamic"] = new("compat/chat/completions", """{"model":"dynamic/r",%}"""),
        ["auto"] = new("compat/chat/completions", """{"model":"auto",%}"""),
        ["universal"] = new("", """[{"provider":"openai","endpoint":"chat/completions","query":{"model":"gpt-4o-mini",%}}]"""),
        ["universal compat"] = new("", """[{"provider":"compat","endpoint":"chat/completions","query":{"model":"anthropic/claude-haiku-4-5",%}}]"""),
        ["universal dynamic"] = new("", """[{"provider":"compat","endpoint":"chat/completions","query":{"model":"dynamic/r",%}}]"""),
        ["step"] = new("", """[{"provider":"openai","endpoint":"chat/completions","query":{"model":"gpt-4o-mini",%}}]""", InStep: true),
        ["step compat"] = new("", """[{"provider":"compat","endpoint":"chat/completions","query":{"model":"anthropic/claude-haiku-4-5",%}}]""", InStep: true),
        ["step dynamic"] = new("", """[{"provider":"compat","endpoint":"chat/completions","query":{"model":"dynamic/r",%}}]""", InStep: true),
        ["run on the gateway host"] = new("run", """{"model":"openai/gpt-4o-mini","input":{%}}"""),
        ["run"] = new("rest:run", """{"model":"openai/gpt-4o-mini","input":{%}}"""),
        ["run by path"] = new("rest:run/anthropic/claude-haiku-4-5", """{"max_tokens":5,%}"""),
        ["run hosted"] = new("rest:run", """{"model":"@cf/meta/llama-3.1-8b-instruct","input":{"prompt":"Hello"}}"""),
        ["run hosted by path"] = new("rest:run/@cf/meta/llama-3.1-8b-instruct", """{"prompt":"Hello"}"""),
        ["run dynamic"] = new("rest:run", """{"model":"dynamic/r","input":{%}}"""),
        ["rest chat"] = new("rest:v1/chat/completions", """{"model":"openai/gpt-4o-mini",%}"""),
        ["rest responses"] = new("rest:v1/responses", """{"model":"anthropic/claude-haiku-4-5","input":"Hello"}"""),
        ["rest messages"] = new("rest:v1/messages", """{"model":"openai/gpt-4o-mini","max_tokens":5,%}"""),
        ["rest embeddings"] = new("rest:v1/embeddings", """{"model":"openai/text-embedding-3-small","input":"Hello"}"""),
        ["rest dynamic"] = new("rest:v1/chat/completions", """{"model":"dynamic/r",%}"""),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>Whether the model is one that the operator's credential serves whatever is asked.</summary>
    public bool IsHosted => Body.Contains("@cf/", StringComparison.Ordinal) || Path.Contains("@cf/", StringComparison.Ordinal);

    /// <summary>A host whose operator has a credential for every provider, with a route and a pool of one model.</summary>
    public static async Task<DataPlaneHost> StartAsync()
    {
        var host = await RestHost.StartAsync(options => options.Providers["workers-ai"].BaseUrl += "/accounts/cf/ai/run");
        host.Default.Set(DataPlaneHost.Configuration(authentication: true, delay: 0) with { AutoRouter = new() { Models = ["openai/gpt-4o-mini"] } });
        var elements = $$$"""[{{{RouteHost.Start("m")}}},{"id":"m","type":"model","properties":{"provider":"openai","model":"gpt-4o-mini"},"outputs":{}}]""";
        await host.Default.SetRoutesAsync(
            default, 1, [new() { Id = RouteHost.RouteId, Name = "r", VersionId = "v", Elements = RouteHost.Valid(elements) }], TestContext.Current.CancellationToken);
        host.Script.Otherwise(Reply);
        return host;
    }

    /// <summary>Sends the request.</summary>
    /// <param name="host">The host.</param>
    /// <param name="text">What the user says.</param>
    /// <param name="headers">What is asked of the gateway.</param>
    public Task<FrontAnswer> SendAsync(DataPlaneHost host, string text, params (string Name, string Value)[] headers)
    {
        var body = Body.Replace("Hello", text, StringComparison.Ordinal);
        if (InStep)
        {
            var steps = JsonNode.Parse(body)!;
            steps[0]!["headers"] = new JsonObject(headers.Select(header => KeyValuePair.Create<string, JsonNode?>(header.Name, header.Value)));
            body = steps.ToJsonString();
        }

        (string Name, string Value)[] own = InStep ? [] : headers;
        var target = Path.StartsWith("rest:", StringComparison.Ordinal) ? RestHost.Target(Path["rest:".Length..]) : $"/v1/{DataPlaneHost.Account}/default/{Path}";
        return host.SendToAsync(HttpMethod.Post, target, new StringContent(body, Encoding.UTF8, "application/json"), [("cf-aig-authorization", "Bearer " + host.Token), .. own]);
    }

    private static UpstreamReply Reply(RecordedRequest request) =>
        request.Target.EndsWith("/messages", StringComparison.Ordinal)
            ? UpstreamReply.Json("""{"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":1000,"output_tokens":100}}""")
        : request.Target.EndsWith("/responses", StringComparison.Ordinal)
            ? UpstreamReply.Json("""{"id":"resp_1","object":"response","status":"completed","model":"gpt-4o-mini","output":[],"usage":{"input_tokens":1000,"output_tokens":100,"total_tokens":1100}}""")
        : request.Target.EndsWith("/embeddings", StringComparison.Ordinal)
            ? UpstreamReply.Json("""{"object":"list","model":"text-embedding-3-small","data":[{"object":"embedding","index":0,"embedding":[1]}],"usage":{"prompt_tokens":1000,"total_tokens":1000}}""")
        : request.Target.EndsWith("/embed", StringComparison.Ordinal)
            ? UpstreamReply.Json("""{"id":"e","embeddings":{"float":[[1]]},"texts":["Hello"],"meta":{"billed_units":{"input_tokens":1000}}}""")
        : request.Target.Contains("/ai/run/", StringComparison.Ordinal)
            ? UpstreamReply.Json("""{"result":{"response":"Hi","usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}},"success":true,"errors":[],"messages":[]}""")
        : UpstreamReply.Json(Bodies.Completion);
}
