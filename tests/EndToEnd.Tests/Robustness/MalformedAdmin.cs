namespace GatewayActors.EndToEnd.Tests.Robustness;

/// <summary>What the admin API is asked wrongly.</summary>
internal static class MalformedAdmin
{
    private const string Account = "/client/v4/accounts/{a}";
    private const string Gateways = Account + "/ai-gateway/gateways";
    private static readonly string[] Credentials = ["Authorization: Bearer {t}"];

    public static IEnumerable<MalformedRequest> All =>
    [
        .. Bodies.SelectMany(_ => Writes, (body, write) => new MalformedRequest(write.Target) { Method = write.Method, Headers = Credentials, Body = body }),
        .. Fields.SelectMany(setting => setting.Values, (setting, value) => new MalformedRequest(Gateways + "/malformed")
        {
            Method = "PUT", Headers = Credentials, Body = WithField(setting.Name, value), Names = setting.Name,
        }),
        .. Targets.Select(target => new MalformedRequest(target) { Method = "GET", Headers = Credentials, Body = "" }),
        .. Ids.Select(id => new MalformedRequest(Gateways) { Headers = Credentials, Body = WithField("id", id), Names = "id" }),
        .. Tokens.Select(token => new MalformedRequest(Gateways) { Method = "GET", Headers = [token], Body = "" }),
        .. Methods.SelectMany(_ => new[] { Gateways, Gateways + "/malformed/logs/x", "/client/v4/user", "/client/v4/nothing" }, (method, target) =>
            new MalformedRequest(target) { Method = method, Headers = Credentials, Body = "" }),
    ];

    private static (string Method, string Target)[] Writes =>
        [("POST", Gateways), ("PUT", Gateways + "/malformed"), ("POST", "/client/v4/accounts"), ("POST", Account + "/tokens")];

    private static string[] Bodies =>
    [
        "", " ", "null", "true", "1", "\"x\"", "[]", "[{}]", "{", "}", "{]", "{\"id\"}", "{\"id\":}", "{\"id\":\"x\",}", "{'id':'x'}", "{\"id\":\"x\"}garbage", "{\"id\":\"\u00ff\u00fe\"}",
        "{\"id\":\"\\ud800\"}", "{\"id\":\"x\",\"id\":\"y\"}", "{\"a\":" + new string('[', 20_000), "\u00ef\u00bb\u00bf{", "{\"id\":NaN}", "{\"id\":1e999}", "id=x&name=y", "\0", "<xml/>", "{\"id\":\"\\u0000\"}",
    ];

    private static (string Name, string[] Values)[] Fields =>
    [
        ("cache_ttl", ["\"x\"", "-1", "1.5", "1e30", "[]", "{}", "true", "99999999999999999999"]),
        ("collect_logs", ["\"yes\"", "1", "[]", "{}", "null"]),
        ("cache_invalidate_on_update", ["\"no\"", "0", "[]", "null"]),
        ("rate_limiting_interval", ["\"x\"", "-1", "1.5", "[]", "true"]),
        ("rate_limiting_limit", ["\"x\"", "-1", "1.5", "{}", "false"]),
        ("rate_limiting_technique", ["\"random\"", "1", "[]", "\"\""]),
        ("authentication", ["\"x\"", "1", "{}"]),
        ("retry_max_attempts", ["0", "6", "-1", "\"3\"", "1.5", "[]"]),
        ("retry_delay", ["-1", "60001", "\"1\"", "0.5", "{}"]),
        ("retry_backoff", ["\"sideways\"", "1", "[]"]),
        ("log_management", ["1", "10000001", "\"x\"", "1.5"]),
        ("log_management_strategy", ["\"FORGET\"", "1", "{}"]),
        ("logpush", ["\"x\"", "1"]),
        ("logpush_public_key", ["1", "\"short\"", "[]"]),
        ("guardrails", ["1", "\"x\"", "{\"prompt\":1}", "{\"prompt\":{\"S99\":\"BLOCK\"},\"response\":{}}", "{\"prompt\":{\"S1\":\"MAYBE\"},\"response\":{}}"]),
        ("spend_limits", ["1", "{\"enabled\":\"x\"}", "{\"enabled\":true,\"rules\":[{}]}", "{\"enabled\":true,\"rules\":{}}"]),
        ("otel", ["1", "{}", "[1]", "[{}]", "[{\"url\":\"not a url\",\"headers\":{}}]"]),
        ("dlp", ["1", "[]", "{\"enabled\":\"x\"}"]),
        ("zdr", ["\"x\"", "1"]),
    ];

    private static string[] Ids => ["1", "null", "[]", "{}", "\"\"", "\" \"", "\"UPPER\"", "\"a b\"", "\"a/b\"", "\"..\"", "\"-a\"", "\"a--b\"", "\"\u00e9\"", "\"" + new string('x', 65) + "\""];

    private static string[] Targets =>
    [
        "/client", "/client/", "/client/v4", "/client/v4/", "/client/v4/nothing", "/client/v5/accounts", "/client/v4/accounts/x", "/client/v4/accounts/x/ai-gateway/gateways",
        "/client/v4/accounts/00000000000000000000000000000000/ai-gateway/gateways", "/client/v4/accounts/{a}%2f/ai-gateway/gateways",
        "/client/v4/accounts/../nothing", Gateways + "/unknown", Gateways + "/..%2f..", Gateways + "/%2e%2e", Gateways + "/a%2fb", Gateways + "/%zz", Gateways + "/%ff",
        Gateways + "/" + new string('x', 5_000), Gateways + "?page=-1", Gateways + "?page=x", Gateways + "?page=99999999999999999999", Gateways + "?per_page=-1", Gateways + "?per_page=x",
        Gateways + "/unknown/logs", Gateways + "/unknown/logs/x", Gateways + "/unknown/logs/x/request", Gateways + "/unknown/url/openai", Gateways + "/malformed/url/nope%2f",
        Gateways + "/malformed/logs/not-an-id", Gateways + "/malformed/logs/00000000-0000-0000-0000-000000000000/response",
        Gateways + "/malformed/logs?page=-1", Gateways + "/malformed/logs?per_page=x", Gateways + "/malformed/logs?order_by=nothing", Gateways + "/malformed/logs?order_by_direction=up",
        Gateways + "/malformed/logs?filters=x", Gateways + "/malformed/logs?filters=[1]", Gateways + "/malformed/logs?filters=[{%22key%22:%22nope%22}]",
        Gateways + "/malformed/logs?filters=[{%22key%22:%22cost%22,%22operator%22:%22gt%22,%22value%22:[%22x%22]}]", Gateways + "/malformed/logs?start_date=yesterday",
        Gateways + "/malformed/logs?end_date=2025-13-45", Gateways + "/malformed/logs?min_cost=x", Gateways + "/malformed/logs?max_duration=NaN",
        Account + "/tokens/not-an-id", Account + "/tokens?page=x", "/client/v4/user/nothing", "/client/v4//nothing",
    ];

    private static string[] Tokens =>
    [
        "X-Nothing: 1", "Authorization: ", "Authorization: Bearer", "Authorization: Bearer x", "Authorization: Basic {t}", "Authorization: {t}x", "Authorization: Bearer {t}x",
        "Authorization: Bearer \u00e9", "Authorization: Bearer " + new string('t', 20_000), "X-Auth-Key: x", "X-Auth-Email: nobody@example.com\r\nX-Auth-Key: x",
    ];

    private static string[] Methods => ["PATCH", "FOO", "M-SEARCH", "PROPFIND", "TRACE"];

    private static string WithField(string name, string value)
    {
        var fields = new Dictionary<string, string>
        {
            ["cache_invalidate_on_update"] = "false",
            ["cache_ttl"] = "0",
            ["collect_logs"] = "true",
            ["rate_limiting_interval"] = "0",
            ["rate_limiting_limit"] = "0",
        };
        fields[name] = value;
        return "{" + string.Join(',', fields.Select(pair => $"\"{pair.Key}\":{pair.Value}")) + "}";
    }
}
