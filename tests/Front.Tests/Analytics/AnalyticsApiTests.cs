using System.Text.Json;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Tests.Management;
using Xunit;

namespace GatewayActors.Front.Tests.Analytics;

[Collection(typeof(AdminTests))]
public sealed class AnalyticsApiTests(AdminHost host)
{
    private const string Start = "2026-03-01T12:00:00Z";
    private const string Window = $"datetimeHour_geq: \"{Start}\", datetimeHour_leq: \"2026-03-01T15:00:00Z\"";

    private static DateTimeOffset At(double minutes) => DateTimeOffset.Parse(Start, System.Globalization.CultureInfo.InvariantCulture).AddMinutes(minutes);

    [Fact]
    public async Task Query_AsDocumented_GivesSumsByGroup()
    {
        var tenant = await host.CreateTenantAsync("Account Analytics Read");
        await WriteAsync(
            Entries.Sum(tenant.AccountId, "g", At(0), "a", cost: 0.000000000001m, tokens: 3),
            Entries.Sum(tenant.AccountId, "g", At(0.5), "a", cost: 12.5m, tokens: 4, cached: true),
            Entries.Sum(tenant.AccountId, "g", At(61), "b", status: 500, tokens: 5),
            Entries.Sum(tenant.AccountId, "other", At(1), "a", tokens: 100));

        var answer = await QueryAsync(tenant,
            """
            query($accountTag: string!, $start: Time!, $end: Time!, $gateway: string) {
              viewer {
                accounts(filter: { accountTag: $accountTag }) {
                  __typename
                  total: aiGatewayRequestsAdaptiveGroups(limit: 100, filter: { gateway: $gateway, datetimeHour_geq: $start, datetimeHour_leq: $end }, orderBy: [datetimeMinute_ASC]) {
                    count
                    sum { cost cachedRequests erroredRequests uncachedTokensIn uncachedTokensOut cachedTokensIn cachedTokensOut tokensIn tokensOut }
                    dimensions { ts: datetimeMinute model provider gateway statusCode error cached }
                  }
                }
              }
            }
            """,
            $$"""{"accountTag":"{{tenant.AccountId}}","start":"{{Start}}","end":"2026-03-01T15:00:00Z","gateway":"g"}""");

        Assert.Equal(JsonValueKind.Null, answer.GetProperty("errors").ValueKind);
        var account = answer.GetProperty("data").GetProperty("viewer").GetProperty("accounts")[0];
        Assert.Equal("account", account.GetProperty("__typename").GetString());
        Assert.Equal(
            """
            [{"count":1,"sum":{"cost":0.000000000001,"cachedRequests":0,"erroredRequests":0,"uncachedTokensIn":3,"uncachedTokensOut":6,"cachedTokensIn":0,"cachedTokensOut":0,"tokensIn":3,"tokensOut":6},"dimensions":{"ts":"2026-03-01T12:00:00Z","model":"a","provider":"openai","gateway":"g","statusCode":200,"error":0,"cached":0}},{"count":1,"sum":{"cost":12.5,"cachedRequests":1,"erroredRequests":0,"uncachedTokensIn":0,"uncachedTokensOut":0,"cachedTokensIn":4,"cachedTokensOut":8,"tokensIn":4,"tokensOut":8},"dimensions":{"ts":"2026-03-01T12:00:00Z","model":"a","provider":"openai","gateway":"g","statusCode":200,"error":0,"cached":1}},{"count":1,"sum":{"cost":0,"cachedRequests":0,"erroredRequests":1,"uncachedTokensIn":5,"uncachedTokensOut":10,"cachedTokensIn":0,"cachedTokensOut":0,"tokensIn":5,"tokensOut":10},"dimensions":{"ts":"2026-03-01T13:01:00Z","model":"b","provider":"openai","gateway":"g","statusCode":500,"error":1,"cached":0}}]
            """,
            Canonical(account.GetProperty("total")));
    }

    [Theory]
    [InlineData("gateway: \"g\"", 4)]
    [InlineData("gateway_in: [\"g\", \"x\"]", 4)]
    [InlineData("gateway_neq: \"g\"", 1)]
    [InlineData("error: 0", 4)]
    [InlineData("statusCode_geq: 400", 1)]
    [InlineData("model_like: \"a%\"", 3)]
    [InlineData("model_notin: [\"a\", \"b\"]", 1)]
    [InlineData("OR: [{ model: \"b\" }, { gateway: \"other\" }]", 2)]
    [InlineData("AND: [{ gateway: \"g\" }, { model: \"a\", cached: 1 }]", 1)]
    [InlineData("metadataKeys_has: \"team\"", 2)]
    [InlineData("metadataValues_hasany: [\"blue\", \"x\"]", 1)]
    [InlineData("metadataRaw_like: \"%red%\"", 1)]
    [InlineData("userAgent: \"curl/8\"", 1)]
    [InlineData("cost_gt: 1.5", 1)]
    [InlineData("tokensIn_lt: 4", 1)]
    [InlineData("datetime_geq: \"2026-03-01T13:00:00Z\"", 1)]
    [InlineData("datetimeMinute: \"2026-03-01T13:01:00Z\"", 1)]
    [InlineData("date_geq: \"2026-03-01\"", 5)]
    public async Task Filter_AnyForm_CountsWhatMeetsIt(string filter, int count)
    {
        var tenant = await CreateWithEntriesAsync();

        var answer = await CountAsync(tenant, $"{Window}, {filter}");

        Assert.Equal(count, answer);
    }

    [Fact]
    public async Task Filter_ByVariables_CountsTheSame()
    {
        var tenant = await CreateWithEntriesAsync();

        var answer = await QueryAsync(tenant,
            """
            query Q($tag: String!, $filter: AccountAiGatewayRequestsAdaptiveGroupsFilter_InputObject!, $order: whatever, $limit: Int!) {
              viewer { accounts(filter: { accountTag_in: [$tag] }) { g: aiGatewayRequestsAdaptiveGroups(limit: $limit, filter: $filter, orderBy: [$order]) { ...F } } }
            }
            fragment F on AccountAiGatewayRequestsAdaptiveGroups { n: count dimensions { ...D ... on AccountAiGatewayRequestsAdaptiveGroupsDimensions { provider @skip(if: true) } } }
            fragment D on AccountAiGatewayRequestsAdaptiveGroupsDimensions { model }
            """,
            $$"""{"tag":"{{tenant.AccountId}}","filter":{"gateway":"g","datetime_geq":"{{Start}}","datetime_lt":"2026-03-01T15:00:00Z","AND":[{"error":0}]},"order":"count_DESC","limit":1}""");

        Assert.Equal("""[{"n":2,"dimensions":{"model":"a"}}]""", Canonical(Groups(answer, "g")));
    }

    [Fact]
    public async Task Query_WithUndeclaredVariables_IsAnswered()
    {
        var tenant = await CreateWithEntriesAsync();

        var answer = await QueryAsync(
            tenant,
            $"{{ viewer {{ accounts(filter: {{ accountTag: $tag }}) {{ g: aiGatewayRequestsAdaptiveGroups(limit: 5, filter: {{ {Window}, model: $model }}) {{ count }} }} }} }}",
            $$"""{"tag":"{{tenant.AccountId}}","model":"b","unused":1}""");

        Assert.Equal("""[{"count":1}]""", Canonical(Groups(answer, "g")));
    }

    [Fact]
    public async Task Datasets_OtherThanRequests_AnswerTheirOwn()
    {
        var tenant = await CreateWithEntriesAsync();
        await (await WithGatewaysAsync(tenant)).CreateGatewayAsync("g");

        var answer = await QueryAsync(
            tenant,
            $$"""
            { viewer { accounts(filter: { accountTag: "{{tenant.AccountId}}" }) {
                errors: aiGatewayErrorsAdaptiveGroups(filter: { {{Window}} }) { count dimensions { statusCode model } }
                cache: aiGatewayCacheAdaptiveGroups(filter: { {{Window}} }, orderBy: [count_ASC]) { count dimensions { cacheOp cacheStatus } }
                hits: aiGatewayCacheAdaptiveGroups(filter: { {{Window}}, cacheStatus: "hit" }) { count }
                size: aiGatewaySizeAdaptiveGroups(limit: 5, orderBy: [max_rows_DESC]) { max { rows } dimensions { gateway } }
                teams: aiGatewayMetadataAdaptiveGroups(filter: { {{Window}}, key: "team" }, orderBy: [sum_cost_DESC]) { count sum { cost } dimensions { value } }
            } } }
            """);

        Assert.Equal("""[{"count":1,"dimensions":{"statusCode":500,"model":"b"}}]""", Canonical(Groups(answer, "errors")));
        Assert.Equal("""[{"count":1,"dimensions":{"cacheOp":"HIT","cacheStatus":"HIT"}},{"count":4,"dimensions":{"cacheOp":"MISS","cacheStatus":"MISS"}}]""", Canonical(Groups(answer, "cache")));
        Assert.Equal("""[{"count":1}]""", Canonical(Groups(answer, "hits")));
        Assert.Equal("""[{"max":{"rows":4},"dimensions":{"gateway":"g"}},{"max":{"rows":1},"dimensions":{"gateway":"other"}}]""", Canonical(Groups(answer, "size")));
        Assert.Equal("""[{"count":1,"sum":{"cost":2},"dimensions":{"value":"blue"}},{"count":1,"sum":{"cost":1},"dimensions":{"value":"red"}}]""", Canonical(Groups(answer, "teams")));
    }

    [Fact]
    public async Task Quantiles_OfDurations_AreWithinTwoPercent()
    {
        var tenant = await host.CreateTenantAsync("Account Analytics Read");
        await WriteAsync([.. Enumerable.Range(1, 1000).Select(i => Entries.Sum(tenant.AccountId, "g", At(i / 20d), durationMs: i))]);

        var answer = await QueryAsync(
            tenant,
            $$"""{ viewer { accounts(filter: { accountTag: "{{tenant.AccountId}}" }) { g: aiGatewayRequestsAdaptiveGroups(filter: { {{Window}} }) { count quantiles { durationMsP50 durationMsP90 durationMsP999 } } } } }""");

        var quantiles = Groups(answer, "g")[0].GetProperty("quantiles");
        Assert.InRange(quantiles.GetProperty("durationMsP50").GetDouble(), 490, 510);
        Assert.InRange(quantiles.GetProperty("durationMsP90").GetDouble(), 882, 918);
        Assert.InRange(quantiles.GetProperty("durationMsP999").GetDouble(), 980, 1020);
    }

    [Fact]
    public async Task Introspection_OfTheSums_NamesThem()
    {
        var tenant = await host.CreateTenantAsync("Account Analytics Read");

        var answer = await QueryAsync(tenant, """{ __type(name: "AccountAiGatewayRequestsAdaptiveGroupsSum") { fields { name } } }""");

        Assert.Contains("tokensIn", answer.GetProperty("data").GetProperty("__type").GetProperty("fields").EnumerateArray().Select(field => field.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("{ viewer { accounts(filter: { accountTag: \"ACCOUNT\" }) { g: aiGatewayRequestsAdaptiveGroups(limit: 0) { count } } } }", "limit")]
    [InlineData("{ viewer { accounts(filter: { accountTag: \"ACCOUNT\" }) { g: aiGatewayRequestsAdaptiveGroups(filter: { datetime_geq: \"soon\" }) { count } } } }", "datetime_geq")]
    [InlineData("{ viewer { accounts(filter: { accountTag: \"ACCOUNT\" }) { g: aiGatewayRequestsAdaptiveGroups(filter: { colour: \"red\" }) { count } } } }", "colour")]
    [InlineData("{ viewer { accounts(filter: { accountTag: \"ACCOUNT\" }) { g: aiGatewayRequestsAdaptiveGroups(orderBy: [model_ASC]) { count } } } }", "model_ASC")]
    [InlineData("{ viewer { accounts { accountTag } } }", "accountTag")]
    [InlineData("{ viewer { accounts(filter: { accountTag_in: [\"ACCOUNT\", \"x\"] }) { accountTag } } }", "accountTag")]
    [InlineData("{ viewer { nothing } }", "nothing")]
    [InlineData("{ viewer { ", "Syntax")]
    [InlineData("", "")]
    public async Task Query_ThatIsWrong_SaysWhyWithStatus200(string query, string named)
    {
        var tenant = await host.CreateTenantAsync("Account Analytics Read");

        var answer = await QueryAsync(tenant, query.Replace("ACCOUNT", tenant.AccountId, StringComparison.Ordinal));

        var error = answer.GetProperty("errors")[0];
        Assert.Contains(named, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.True(error.TryGetProperty("path", out _));
        Assert.NotEqual("", error.GetProperty("extensions").GetProperty("timestamp").GetString());
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("data").ValueKind);
    }

    [Theory]
    [InlineData("""{"query":1}""")]
    [InlineData("""{"query":"{ viewer { __typename } }","variables":[]}""")]
    [InlineData("{}")]
    public async Task Body_ThatIsWrong_IsAnError(string body)
    {
        var tenant = await host.CreateTenantAsync("Account Analytics Read");

        var answer = await host.SendAsync(HttpMethod.Post, "graphql", tenant.Token, body);

        Assert.Equal(200, answer.Status);
        Assert.Equal(JsonValueKind.Array, answer.Body.GetProperty("errors").ValueKind);
    }

    [Fact]
    public async Task Query_ThatExplodes_IsRefused()
    {
        var tenant = await host.CreateTenantAsync("Account Analytics Read");
        var deep = string.Concat(Enumerable.Repeat("fields { type { ", 7)) + "name" + string.Concat(Enumerable.Repeat(" } }", 7));

        var answer = await QueryAsync(tenant, $"{{ __schema {{ types {{ {deep} }} }} }}");

        Assert.Equal(JsonValueKind.Array, answer.GetProperty("errors").ValueKind);
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("data").ValueKind);
    }

    [Fact]
    public async Task Account_OfAnother_LeavesNoData()
    {
        var owner = await CreateWithEntriesAsync();
        var stranger = await host.CreateTenantAsync();
        var weak = await host.CreateTenantAsync("AI Gateway Read");
        var query = $$"""{ viewer { accounts(filter: { accountTag: "{{owner.AccountId}}" }) { g: aiGatewayRequestsAdaptiveGroups(filter: { {{Window}} }) { count } } } }""";

        foreach (var answer in new[]
        {
            await QueryAsync(stranger, query),
            await QueryAsync(weak, query.Replace(owner.AccountId, weak.AccountId, StringComparison.Ordinal)),
            (await host.SendAsync(HttpMethod.Post, "graphql", AdminHost.OperatorToken, JsonSerializer.Serialize(new { query = query.Replace(owner.AccountId, new string('f', 32), StringComparison.Ordinal) }))).Body,
        })
        {
            Assert.Equal(JsonValueKind.Null, answer.GetProperty("data").ValueKind);
            Assert.Equal("not authorized for that account", answer.GetProperty("errors")[0].GetProperty("message").GetString());
        }

        (await host.SendAsync(HttpMethod.Post, "graphql", token: null, "{}")).AssertFailure(400, 9106);
        Assert.Equal(405, (await host.SendAsync(HttpMethod.Get, "graphql", owner.Token)).Status);
    }

    private async Task<Tenant> CreateWithEntriesAsync()
    {
        var tenant = await host.CreateTenantAsync("Account Analytics Read");
        await WriteAsync(
            Entries.Sum(tenant.AccountId, "g", At(0), "a", tokens: 3, cost: 2, metadata: """{"team":"blue"}"""),
            Entries.Sum(tenant.AccountId, "g", At(10), "a", tokens: 4, cached: true, cost: 1, metadata: """{"team":"red","n":1}"""),
            Entries.Sum(tenant.AccountId, "g", At(61), "b", status: 500, tokens: 5),
            Entries.Sum(tenant.AccountId, "g", At(20), "c", tokens: 6, userAgent: "curl/8"),
            Entries.Sum(tenant.AccountId, "other", At(30), "a", tokens: 7));
        return tenant;
    }

    private async Task<Tenant> WithGatewaysAsync(Tenant tenant)
    {
        var token = await host.CreateTokenAsync(tenant.AccountId, AdminHost.OperatorToken);
        return tenant with { Token = token.GetProperty("value").GetString()! };
    }

    private async Task<int> CountAsync(Tenant tenant, string filter)
    {
        var answer = await QueryAsync(
            tenant, $$"""{ viewer { accounts(filter: { accountTag: "{{tenant.AccountId}}" }) { g: aiGatewayRequestsAdaptiveGroups(filter: { {{filter}} }) { count } } } }""");
        Assert.True(answer.GetProperty("errors").ValueKind == JsonValueKind.Null, answer.ToString());
        return Groups(answer, "g").EnumerateArray().Sum(group => group.GetProperty("count").GetInt32());
    }

    private async Task<JsonElement> QueryAsync(Tenant tenant, string query, string? variables = null)
    {
        var answer = await host.SendAsync(
            HttpMethod.Post, "graphql", tenant.Token, $$"""{"query":{{JsonSerializer.Serialize(query)}},"operationName":null,"variables":{{variables ?? "null"}}}""");
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal("application/json; charset=utf-8", answer.ContentType);
        return answer.Body;
    }

    private Task WriteAsync(params LogEntry[] entries) => host.Sums.WriteAsync(entries, TestContext.Current.CancellationToken);

    private static JsonElement Groups(JsonElement answer, string name)
    {
        Assert.True(answer.GetProperty("errors").ValueKind == JsonValueKind.Null, answer.ToString());
        return answer.GetProperty("data").GetProperty("viewer").GetProperty("accounts")[0].GetProperty(name);
    }

    private static string Canonical(JsonElement element) => element.GetRawText();
}
