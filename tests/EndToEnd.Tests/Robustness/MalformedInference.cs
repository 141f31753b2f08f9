namespace GatewayActors.EndToEnd.Tests.Robustness;

/// <summary>What the inference routes of the API host are asked wrongly.</summary>
internal static class MalformedInference
{
    private const string Home = "/client/v4/accounts/{a}/ai";
    private const string Run = Home + "/run";
    private static readonly string[] Credentials = ["Authorization: Bearer {t}"];
    private static readonly string[] Formats = [Home + "/v1/chat/completions", Home + "/v1/responses", Home + "/v1/messages", Home + "/v1/embeddings"];

    public static IEnumerable<MalformedRequest> All =>
    [
        .. Targets.Select(target => new MalformedRequest(target) { Headers = Credentials }),
        .. Methods.SelectMany(_ => new[] { Run, Run + "/@cf/x/y", Formats[0] }, (method, target) => new MalformedRequest(target) { Method = method, Headers = Credentials }),
        .. Tokens.SelectMany(_ => new[] { Run, Formats[0] }, (token, target) => new MalformedRequest(target) { Headers = [token] }),
        .. GatewayIds.Select(id => new MalformedRequest(Formats[0]) { Headers = [.. Credentials, "cf-aig-gateway-id: " + id], Body = "{\"model\":\"openai/x\",\"messages\":[]}" }),
        .. Bodies.SelectMany(_ => Formats, (body, target) => new MalformedRequest(target) { Headers = Credentials, Body = body }),
        .. Bodies.SelectMany(_ => new[] { Run, Run + "/openai/x", "/v1/{a}/default/run" }, (body, target) => new MalformedRequest(target) { Headers = Credentials, Body = body }),
        .. Runs.Select(run => new MalformedRequest(Run) { Headers = Credentials, Body = run.Body, Names = run.Names }),
    ];

    private static string[] Targets =>
    [
        Home + "/run/", Home + "/run//", Home + "/run/%", Home + "/run/%zz", Home + "/run/@cf", Home + "/run/@cf/", Home + "/run/@", Home + "/run/..", Home + "/run/@cf/../x", Home + "/run/%2e%2e%2f%2e%2e",
        Home + "/run/@cf/x%0d%0aX-Injected:%201", Home + "/run/@cf/%ff%fe", Home + "/run/@cf/x?y=%0d%0aX-Injected:%201", Home + "/run/openai", Home + "/run/openai/",
        Home + "/run/openai/x?model=y", Home + "/run/dynamic/x", Home + "/run/custom-x/y", Home + "/run/" + new string('m', 8_000), Home + "/run/proxy", Home + "/v1", Home + "/v1/", Home + "/v1/v1", Home + "/v1/nothing",
        Home + "/v1/chat", Home + "/v1/chat/completions/x", Home + "/v1/%63hat/completions", Home + "/v1/../run", Home + "/v1/messages/nothing", Home + "/", Home, Home + "/runs", Home + "/RUN",
        "/client/v4/accounts/x/ai/run", "/client/v4/accounts/ai/run", "/client/v4/accounts//ai/v1/chat/completions", "/client/v4/accounts/{a}//ai//run", "/client/v4/accounts/%7B%7D/ai/run",
        "/client/v4/accounts/00000000000000000000000000000000/ai/run", "/client/v4/ai/run", "/v1/{a}/default/run/", "/v1/{a}/default/run/x", "/v1/{a}/unknown/run",
    ];

    private static string[] Methods => ["PUT", "PATCH", "DELETE", "FOO", "get", "M-SEARCH"];

    private static string[] Tokens =>
    [
        "X-None: 1", "Authorization: Bearer", "Authorization: Bearer x", "Authorization: {t}x", "Authorization: Basic Og==", "Authorization: Bearer \u00e9\u00ff", "x-api-key: x", "X-Auth-Key: x", "cf-aig-authorization: Bearer undefined",
        "Authorization: Bearer gwa_{a}_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA00000000", "Payment-Method: x402",
    ];

    private static string[] GatewayIds => ["unknown", "a/b", "..", "%64efault", "\u00e9", new string('g', 65), "default,default", "a b"];

    private static string[] Bodies =>
    [
        "", "{", "null", "\"", "[]", "[[[[", new string('[', 50_000), "{\"model\":1}", "{\"model\":null}", "{\"model\":\"\"}", "{\"model\":\"\u00ff\"}", "{\"model\":\"\\ud800\"}", "{\"model\":\"/\"}", "{\"model\":\"openai/\"}",
        "{\"model\":\"openai\\u0000/x\"}", "{\"model\":\"anthropic/x\"}", "{\"model\":\"@cf/\"}", "\0\0\0", "{}garbage", "{\"model\":\"deepgram/x\",\"input\":{\"messages\":[]}}",
    ];

    private static (string Body, string Names)[] Runs =>
    [
        ("{\"input\":{}}", "model"), ("{\"model\":\"openai/x\"}", "input"), (Of("\"input\":[]"), "input"), (Of("\"input\":\"x\""), "input"), (Of("\"provider\":7"), "provider"), (Of("\"provider\":\"nobody\""), "Model not found"),
        (Of("\"options\":7"), "options"), (Of("\"options\":{\"gateway\":7}"), "options.gateway"), (Of("\"options\":{\"gateway\":{\"id\":\"a/b\"}}"), "options.gateway.id"),
        (Of("\"options\":{\"gateway\":{\"metadata\":[]}}"), "options.gateway.metadata"), (Of("\"options\":{\"gateway\":{\"retries\":{\"maxAttempts\":{}}}}"), "maxAttempts"), (Of("\"options\":{\"background\":\"x\"}"), "background"),
        (Of("\"options\":{\"webhookUrl\":\"http://169.254.169.254/\"}"), "webhookUrl"), (Of("\"model\":\"@cf/\\r\\nX-Injected: 1\""), "Model not found"),
        (Of("\"model\":\"@cf/a?b#c\""), "Model not found"), (Of("\"options\":{\"gateway\":{\"eventId\":\"a\\r\\nX-Injected: 1\"}},\"input\":{}"), "messages"),
    ];

    // Of a repeated member the last one counts.
    private static string Of(string member) => $$"""{"model":"openai/x","input":{"messages":[]},{{member}}}""";
}
