using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Management.Gateways;
using GatewayActors.Front.Management.Http;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

public sealed class GatewayValidationTests
{
    private const string Long65 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Fact]
    public void Read_EmptyBody_ListsEveryRequiredField() => Assert.Equal(
        [
            "body.collect_logs: Required",
            "body.cache_invalidate_on_update: Required",
            "body.cache_ttl: Expected number, received nan",
            "body.rate_limiting_interval: Expected number, received nan",
            "body.rate_limiting_limit: Expected number, received nan",
        ],
        Read("{}"));

    [Theory]
    [InlineData("cache_invalidate_on_update", "null", "cache_invalidate_on_update: Expected boolean, received null")]
    [InlineData("collect_logs", "\"true\"", "collect_logs: Expected boolean, received string")]
    [InlineData("cache_ttl", "-1", "cache_ttl: Number must be greater than or equal to 0")]
    [InlineData("cache_ttl", "2678401", "cache_ttl: Number must be less than or equal to 2678400")]
    [InlineData("cache_ttl", "1.5", "cache_ttl: Expected integer, received float")]
    [InlineData("cache_ttl", "1e400", "cache_ttl: Expected integer, received float")]
    [InlineData("cache_ttl", "\"60\"", "cache_ttl: Expected number, received string")]
    [InlineData("log_retention_days", "0", "log_retention_days: Number must be greater than or equal to 1")]
    [InlineData("cache_stale_if_error", "-1", "cache_stale_if_error: Number must be greater than or equal to 0")]
    [InlineData("cache_stale_if_error", "2678401", "cache_stale_if_error: Number must be less than or equal to 2678400")]
    [InlineData("cache_streaming", "1", "cache_streaming: Expected boolean, received number")]
    [InlineData("cache_shared_formats", "1", "cache_shared_formats: Expected boolean, received number")]
    [InlineData("cache_single_flight", "\"true\"", "cache_single_flight: Expected boolean, received string")]
    [InlineData("rate_limiting_interval", "-1", "rate_limiting_interval: Number must be greater than or equal to 0")]
    [InlineData("rate_limiting_limit", "true", "rate_limiting_limit: Expected number, received boolean")]
    [InlineData("rate_limiting_technique", "\"Fixed\"", "rate_limiting_technique: Invalid enum value. Expected 'fixed' | 'sliding', received 'Fixed'")]
    [InlineData("authentication", "1", "authentication: Expected boolean, received number")]
    [InlineData("byok_only", "[]", "byok_only: Expected boolean, received array")]
    [InlineData("log_management", "9999", "log_management: Number must be greater than or equal to 10000")]
    [InlineData("log_management", "10000001", "log_management: Number must be less than or equal to 10000000")]
    [InlineData("log_management_strategy", "\"x\"", "log_management_strategy: Invalid enum value. Expected 'STOP_INSERTING' | 'DELETE_OLDEST', received 'x'")]
    [InlineData("logpush", "{}", "logpush: Expected boolean, received object")]
    [InlineData("logpush_public_key", "\"short\"", "logpush_public_key: String must contain at least 16 character(s)")]
    [InlineData("retry_backoff", "3", "retry_backoff: Expected string, received number")]
    [InlineData("retry_delay", "60001", "retry_delay: Number must be less than or equal to 60000")]
    [InlineData("retry_delay", "-1", "retry_delay: Number must be greater than or equal to 0")]
    [InlineData("retry_max_attempts", "0", "retry_max_attempts: Number must be greater than or equal to 1")]
    [InlineData("retry_max_attempts", "6", "retry_max_attempts: Number must be less than or equal to 5")]
    [InlineData("workers_ai_billing_mode", "\"free\"", "workers_ai_billing_mode: Invalid enum value. Expected 'postpaid' | 'unified', received 'free'")]
    [InlineData("policy_failure_mode", "\"ajar\"", "policy_failure_mode: Invalid enum value. Expected 'open' | 'closed', received 'ajar'")]
    [InlineData("compatibility", "\"loose\"", "compatibility: Invalid enum value. Expected 'standard' | 'strict', received 'loose'")]
    [InlineData("hedge_delay", "60001", "hedge_delay: Number must be less than or equal to 60000")]
    [InlineData("circuit_breaker", "true", "circuit_breaker: Expected object, received boolean")]
    [InlineData("circuit_breaker", """{"failures":0,"pause":3601}""", "circuit_breaker.failures: Number must be greater than or equal to 1", "circuit_breaker.pause: Number must be less than or equal to 3600")]
    [InlineData("zdr", "\"\"", "zdr: Expected boolean, received string")]
    [InlineData("store_id", $"\"{Long65}\"", "store_id: String must contain at most 64 character(s)")]
    [InlineData("dlp", "[]", "dlp: Expected object, received array")]
    [InlineData("dlp", """{"enabled":true}""", "dlp.action: Required", "dlp.profiles: Required")]
    [InlineData("dlp", """{"enabled":true,"action":"FLAG","profiles":[1]}""", "dlp.profiles.0: Expected string, received number")]
    [InlineData("dlp", """{"enabled":true,"action":"FLAG","policies":[]}""", "dlp.action: 'action' and 'policies' exclude each other")]
    [InlineData(
        "dlp",
        """{"enabled":true,"policies":[{"id":"a","action":"BLOCK","check":[],"enabled":true,"profiles":[]},{"id":"a","action":"NO","check":["BODY"],"enabled":true,"profiles":[]}]}""",
        "dlp.policies.0.check: Array must contain at least 1 element(s)",
        "dlp.policies.1.id: Policy ids must be unique",
        "dlp.policies.1.check.0: Invalid enum value. Expected 'REQUEST' | 'RESPONSE', received 'BODY'",
        "dlp.policies.1.action: Invalid enum value. Expected 'FLAG' | 'BLOCK', received 'NO'")]
    [InlineData("guardrails", """{"prompt":{}}""", "guardrails.response: Required")]
    [InlineData("guardrails", """{"prompt":{"S14":"FLAG"},"response":{"S1":"flag"}}""", "guardrails.prompt.S14: Unrecognized hazard category 'S14'; known are P1 and S1 to S13", "guardrails.response.S1: Invalid enum value. Expected 'FLAG' | 'BLOCK', received 'flag'")]
    [InlineData("guardrails", """{"prompt":{},"response":{},"engine":"x"}""", "guardrails.engine: Invalid enum value. Expected 'llama-guard' | 'openai-moderation' | 'azure-content-safety' | 'rules', received 'x'")]
    [InlineData(
        "guardrails",
        """{"prompt":{},"response":{},"rules":{"S14":{},"S1":{"words":["a"," "],"patterns":["a","(?=b)","c*"]}}}""",
        "guardrails.rules.S14: Unrecognized hazard category 'S14'; known are P1 and S1 to S13",
        "guardrails.rules.S1.patterns.1: The pattern has look-arounds, back references or atomic groups, or is too large: it could not be matched in time that is in proportion to the text",
        "guardrails.rules.S1.patterns.2: The pattern matches the empty text, and so every other one",
        "guardrails.rules.S1.words.1: The word is blank")]
    [InlineData("guardrails_stream_mode", "\"x\"", "guardrails_stream_mode: Invalid enum value. Expected 'buffer' | 'json' | 'incremental', received 'x'")]
    [InlineData("otel", """{"url":"x"}""", "otel: Expected array, received object")]
    [InlineData("otel", """[{"url":"http://a.example.com","headers":{}}]""", "otel.0.url: Invalid url: the URL must begin with https://")]
    [InlineData("otel", """[{"url":"https://a:b@c.example.com","headers":{}}]""", "otel.0.url: Invalid url: the URL must not hold credentials")]
    [InlineData("otel", """[{"url":"https://169.254.169.254/v1/traces","headers":{}}]""", "otel.0.url: Invalid url: the host must be on the public internet")]
    [InlineData("otel", """[7,{"url":"https://a.example.com","headers":{"a b":"c","d":1}}]""", "otel.0: Expected object, received number", "otel.1.headers.a b: 'a b' is not a header name", "otel.1.headers.d: Expected string, received number")]
    [InlineData("otel", """[{"url":"https://a.example.com","headers":{"a":"b\r\nc: d"}}]""", "otel.0.headers.a: A header value has printable ASCII characters only")]
    [InlineData("otel", "[{},{},{},{},{},{},{},{},{},{},{}]", "otel: Array must contain at most 10 element(s)")]
    [InlineData("spend_limits", """{"rules":[{"limit":1,"window":60,"limitType":"tokens"}]}""", "spend_limits.rules.0.limitType: Invalid enum value. Expected 'cost', received 'tokens'")]
    [InlineData("token_limits", """{"rules":[{"limit":1,"window":60,"limitType":"cost"}]}""", "token_limits.rules.0.limitType: Invalid enum value. Expected 'tokens', received 'cost'")]
    [InlineData("spend_limits", """{"rules":[{"limit":-1,"window":60}]}""", "spend_limits.rules.0.limitType: Required", "spend_limits.rules.0.limit: Number must be greater than or equal to 0")]
    [InlineData("spend_limits", """{"rules":[{"limitType":"cost"}]}""", "spend_limits.rules.0.limit: Expected number, received nan", "spend_limits.rules.0.window: Expected number, received nan")]
    [InlineData("spend_limits", """{"rules":[{"limitType":"cost","limit":1,"window":1,"model":{"mode":"filter"}}]}""", "spend_limits.rules.0.model.values: Required")]
    [InlineData("spend_limits", """{"rules":[{"limitType":"cost","limit":1,"window":1,"metadata":{"k":{"mode":"sum"}}}]}""", "spend_limits.rules.0.metadata.k.mode: Invalid enum value. Expected 'partition' | 'filter', received 'sum'")]
    [InlineData("spend_limits", """{"rules":[{"id":"a","limitType":"cost","limit":1,"window":1},{"id":"a","limitType":"cost","limit":1,"window":1}]}""", "spend_limits.rules.1.id: Rule ids must be unique")]
    [InlineData("stripe", """{"authorization":"","usage_events":[{}]}""", "stripe.authorization: String must contain at least 1 character(s)", "stripe.usage_events.0.payload: Required")]
    [InlineData("log_classification", "\"yes\"", "log_classification: Expected boolean, received string")]
    public void Read_WrongField_SaysWhatAndWhere(string field, string value, params string[] expected)
    {
        var body = JsonElement.Parse(Bodies.Gateway("id"));
        var fields = body.EnumerateObject().Where(property => property.Name != field).Select(property => $"\"{property.Name}\":{property.Value.GetRawText()}");

        Assert.Equal(expected.Select(mistake => $"body.{mistake}"), Read($"{{{string.Join(',', fields)},\"{field}\":{value}}}"));
    }

    [Fact]
    public void Read_ClassificationWithoutLogs_IsRefusedForANewGateway() => Assert.Equal(
        ["body.log_classification: log_classification needs collect_logs"],
        Read(Bodies.Gateway("id", ",\"log_classification\":true").Replace("\"collect_logs\":true", "\"collect_logs\":false", StringComparison.Ordinal)));

    [Fact]
    public void Read_SeveralMistakes_ListsAllOfThem() =>
        Assert.Equal(3, Read(Bodies.Gateway("id", ",\"retry_delay\":-1,\"zdr\":0,\"stripe\":3")).Length);

    [Theory]
    [InlineData("36e2", 3600)]
    [InlineData("60.0", 60)]
    public void Read_WholeNumberInAnotherSpelling_IsThatNumber(string text, long expected)
    {
        List<ApiError> errors = [];
        var body = JsonElement.Parse(Bodies.Gateway("id").Replace("\"cache_ttl\":0", $"\"cache_ttl\":{text}", StringComparison.Ordinal));

        Assert.Equal(expected, GatewayConfigurationReader.Read(body, null, false, errors).CacheTtl);
        Assert.Empty(errors);
    }

    [Fact]
    public void Read_PlainHttpExporter_IsAllowedWherePrivateNetworksAre()
    {
        List<ApiError> errors = [];
        var body = JsonElement.Parse(Bodies.Gateway("id", ",\"otel\":[{\"url\":\"http://collector:4318\",\"headers\":{}}]"));

        var configuration = GatewayConfigurationReader.Read(body, null, allowInsecureUrls: true, errors);

        Assert.Empty(errors);
        Assert.Equal("http://collector:4318", Assert.Single(configuration.Otel!).Url);
    }

    private static string[] Read(string body, GatewayConfiguration? stored = null)
    {
        List<ApiError> errors = [];
        GatewayConfigurationReader.Read(JsonElement.Parse(body), stored, allowInsecureUrls: false, errors);
        Assert.All(errors, error => Assert.Equal(7001, error.Code));
        return [.. errors.Select(error => $"{string.Join('.', error.Path!)}: {error.Message}")];
    }
}
