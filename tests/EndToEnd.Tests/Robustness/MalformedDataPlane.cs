namespace GatewayActors.EndToEnd.Tests.Robustness;

/// <summary>What the data plane is asked wrongly.</summary>
internal static class MalformedDataPlane
{
    private const string Home = "/v1/{a}/default";
    private const string Chat = Home + "/openai/chat/completions";
    private static readonly string[] Credentials = ["cf-aig-authorization: Bearer {t}", "Authorization: Bearer provider-key-for-tests"];

    public static IEnumerable<MalformedRequest> All =>
    [
        .. Targets.Select(target => new MalformedRequest(target) { Headers = Credentials }),
        .. Methods.SelectMany(method => new[] { Home, "/v1/{a}/default/nope", "/v1/nope" }, (method, target) =>
            new MalformedRequest(target) { Method = method, Headers = Credentials }),
        .. Tokens.Select(token => new MalformedRequest(Chat) { Headers = ["cf-aig-authorization: " + token] }),
        .. Tokens.Select(token => new MalformedRequest(Chat) { Headers = ["Authorization: " + token] }),
        .. TuningHeaders.Select(header => new MalformedRequest(Chat) { Headers = [.. Credentials, header] }),
        .. Bodies.Select(body => new MalformedRequest(Chat) { Headers = Credentials, Body = body }),
        .. Bodies.Select(body => new MalformedRequest(Home) { Headers = Credentials, Body = body }),
        .. Steps.Select(step => new MalformedRequest(Home) { Headers = Credentials, Body = step.Body, Names = step.Names }),
    ];

    private static string[] Targets =>
    [
        "/v1", "/v1/", "/v1//", "/v1///", "/v1?x=/v1/", "/v2/{a}/default/openai/x", "/V1/{a}/default/openai/x", "/v1/{a}", "/v1/{a}/", "/v1/{a}//openai/x",
        "/v1//default/openai/x", Home, Home + "/", Home + "//", Home + "?x", "/v1/x!y/default/openai/x", "/v1/{a}/%64efault/openai/x",
        "/v1/{a}/" + new string('g', 65) + "/openai/x", "/v1/" + new string('a', 65) + "/default/openai/x", "/v1/{a}/DEFAULT/openai/x", "/v1/{a}/default%20/openai/x",
        "/v1/00000000000000000000000000000000/default/openai/x", "/v1/{a}/unknown/openai/x", Home + "/nope/x", Home + "/%6Fpenai/x", Home + "/OpenAI/x",
        Home + "/openai/../x", Home + "/openai/%2e%2e/x", Home + "/openai/..%2fx", Home + "/openai/%2e%2e%2fx", Home + "/openai/.%2e/x", Home + "/openai/a/../../../x",
        Home + "/openai/a/./b", Home + "/../default/openai/x", Home + "/openai/..;/x", Home + "/openai/..\\x", Home + "/openai/%5c..%5cx", Home + "/openai/..", Home + "/..",
        Home + "/openai/%", Home + "/openai/%2", Home + "/openai/%zz", Home + "/openai/%ff%fe", Home + "/openai/%c0%ae%c0%ae/x",
        Home + "/openai/%252e%252e/x", Home + "/openai//chat//completions", Home + "/openai/chat/completions?%", Home + "/openai/chat/completions?a=%zz&&&=&a",
        Home + "/openai/chat/completions??", Home + "/openai/@evil.example/x", Home + "/openai//evil.example/x", Home + "/openai/:80/x", Home + "/openai/x%0d%0aX-Injected:%201",
        Home + "/openai/x?y=%0d%0aX-Injected:%201", Home + "/openai/" + new string('p', 8_000), Home + "/openai/x?" + new string('q', 20_000),
        Home + "/custom-/x", Home + "/custom-unknown/x", Home + "/custom-%2f/x", Home + "/compat/", Home + "/dynamic", Home + "/azure-openai", Home + "/azure-openai/x",
        Home + "/aws-bedrock", Home + "/aws-bedrock/bedrock-runtime", Home + "/aws-bedrock/bedrock-runtime/no.where:1/x", Home + "/google-vertex-ai", Home + "/google-vertex-ai/v1/projects",
        Home + "/azure-openai/evil.example%2f/dep/x", Home + "/azure-openai/a@b/dep/x", "/nothing/here", "/..", "/%2e%2e", "/v1/..%2f..%2fhealthz/ready", "//", "/\\",
    ];

    private static string[] Methods => ["PUT", "PATCH", "DELETE", "FOO", "get", "M-SEARCH", "PROPFIND", "BREW"];

    private static string[] Tokens =>
    [
        "Bearer", "Bearer ", "bearer x", "Bearer {t}x", "Bearer x{t}", "Basic", "Basic =", "Basic Og==", "Basic !!!", "Digest username=\"x\"", "Token", "{}", "null", "[\"{t}\"]",
        "Bearer gwa_", "Bearer gwa_00000000000000000000000000000000_", "Bearer gwa_{a}_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA00000000", "Bearer \u00e9\u00ff", "Bearer " + new string('t', 20_000),
        "Bearer Bearer", "\"{t}\"x", "Bearer\t",
    ];

    private static string[] TuningHeaders =>
    [
        "cf-aig-max-attempts: many", "cf-aig-max-attempts: -1", "cf-aig-max-attempts: 99999999999999999999", "cf-aig-max-attempts: 1.5", "cf-aig-retry-delay: x",
        "cf-aig-retry-delay: -5", "cf-aig-backoff: sideways", "cf-aig-request-timeout: soon", "cf-aig-request-timeout: 99999999999999999999",
        "cf-aig-metadata: {", "cf-aig-metadata: []", "cf-aig-metadata: {\"a\":{}}", "cf-aig-metadata: {\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1}", "cf-aig-metadata: \u00ff",
        "cf-aig-custom-cost: free", "cf-aig-custom-cost: {\"per_token_in\":\"x\"}", "cf-aig-custom-cost: {\"per_token_in\":-1}", "cf-aig-custom-cost: {\"per_token_in\":1e400}",
        "cf-aig-hedge-delay: soon", "cf-aig-hedge-delay: -1", "cf-aig-collect-log: perhaps", "cf-aig-collect-log-payload: 2", "cf-aig-cache-ttl: -1", "cf-aig-cache-ttl: x", "cf-aig-skip-cache: x", "cf-aig-cache-key: ",
        "cf-aig-event-id: \u00e9", "cf-aig-otel-trace-id: zz", "traceparent: 00-zz-zz-zz", "cf-aig-zdr: ?", "cf-aig-no-wholesale: ?", "cf-aig-byok-alias: ../x", "cf-aig-unknown: 1",
        "Accept: ///", "Content-Encoding: nonsense", "Expect: 200-maybe", "Range: bytes=-", "Cookie: \u00ff=;;;", "Connection: close, \u00ff",
    ];

    private static (string Body, string Names)[] Steps =>
    [
        ("[]", "empty"), ("[null]", "[0]"), ("[[]]", "[0]"), ("{\"provider\":\"openai\"}", "endpoint"), (Step("\"endpoint\":7"), "endpoint"), (Step("\"query\":null"), "query"),
        (Step("\"headers\":[]"), "headers"), (Step("\"headers\":{\"a b\":\"c\"}"), "headers"), (Step("\"headers\":{\"x\":\"a\\r\\nb: c\"}"), "control"), (Step("\"headers\":{\"x\":[]}"), "headers"),
        (Step("\"config\":[]"), "config"), (Step("\"config\":{\"maxAttempts\":{}}"), "maxAttempts"), (Step("\"authorization\":{}"), "authorization"), (Step("\"provider\":\"\\u0000\""), "provider"),
        (Step("\"provider\":\"../openai\""), "provider"), (Step("\"endpoint\":\"../../x\""), "segments"), (Step("\"endpoint\":\"x\\r\\nX-Injected: 1\""), "encoded"), (Step("\"endpoint\":\"x#y\""), "encoded"),
        (Step("\"provider\":\"compat\""), "model"), (Step("\"provider\":\"compat\",\"query\":{\"model\":\"/\"}"), "model"), (Step("\"provider\":\"compat\",\"query\":{\"model\":\"anthropic/x\"}"), "anthropic"),
        (Step("\"config\":{\"maxAttempts\":1e400,\"retryDelay\":-1e400,\"requestTimeout\":\"\",\"backoff\":7},\"provider\":\"nobody\""), "nobody"),
    ];

    // Of a repeated member the last one counts.
    private static string Step(string member) => $$"""[{"provider":"openai","endpoint":"x","query":{},{{member}}}]""";

    private static string[] Bodies => ["", "{", "null", "\"", "[[[[", new string('[', 50_000), "{\"model\":1}", "{\"model\":null}", "{\"model\":\"\u00ff\"}", "{\"model\":\"\\ud800\"}", "\0\0\0", "{\"stream\":\"yes\"}"];
}
