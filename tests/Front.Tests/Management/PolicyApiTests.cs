using System.Text.Json;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

/// <summary>Policies by the admin API.</summary>
[Collection(typeof(AdminTests))]
public sealed class PolicyApiTests(AdminHost host)
{
    private const string Policies = "ai-gateway/gateways/g/policies";

    private const string Cap = """
        {"name":"cap","actor":"user:{metadata.user_id}","resource":{"model":["gpt-*","o3"],"provider":"openai"},"condition":"metadata.team == \"red\"",
         "action":{"type":"limit","amount":12.5,"period":"monthly","technique":"named-interval"}}
        """;

    private const string All = """{"name":"all","actor":"company","resource":"*","condition":"true","action":{"type":"no-limit"}}""";

    [Fact]
    public async Task Create_Policy_IsAnsweredAsItWasWritten()
    {
        var tenant = await TenantAsync();

        var answer = (await tenant.SendAsync(HttpMethod.Post, $"{Policies}?commit=true", Cap)).AssertSuccess();

        Assert.True(answer.Body.GetProperty("committed").GetBoolean());
        var policy = answer.Result;
        Assert.Equal(
            ["action", "actor", "condition", "created_at", "id", "name", "resource", "updated_at"],
            policy.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.Equal("""{"model":["gpt-*","o3"],"provider":"openai"}""", policy.GetProperty("resource").GetRawText());
        Assert.Equal("""{"type":"limit","amount":12.5,"period":"monthly","technique":"named-interval"}""", policy.GetProperty("action").GetRawText());
        Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(policy.GetProperty("created_at").GetInt64()).Year, 2020, 2100);
        Assert.Equal(policy.GetRawText(), (await tenant.GetAsync($"{Policies}/{Text(policy, "id")}")).AssertSuccess().Result.GetRawText());
        Assert.Equal(policy.GetRawText(), Assert.Single((await tenant.GetAsync(Policies)).AssertSuccess().Result.EnumerateArray()).GetRawText());
    }

    [Fact]
    public async Task Drafts_AreSeenWhereAskedFor_UntilTheyAreCommitted()
    {
        var tenant = await TenantAsync();
        var created = (await tenant.SendAsync(HttpMethod.Post, Policies, All)).AssertSuccess();
        var id = Text(created.Result, "id");
        Assert.False(created.Body.GetProperty("committed").GetBoolean());
        (await tenant.GetAsync($"{Policies}/{id}")).AssertFailure(404, 7002);
        Assert.Empty((await tenant.GetAsync(Policies)).AssertSuccess().Result.EnumerateArray());
        Assert.True(Assert.Single((await tenant.GetAsync($"{Policies}?includeStaging=true")).AssertSuccess().Result.EnumerateArray()).GetProperty("staging").GetBoolean());
        Assert.True((await tenant.GetAsync($"{Policies}/{id}?includeStaging=true")).AssertSuccess().Result.GetProperty("uncommitted").GetBoolean());
        (await tenant.SendAsync(HttpMethod.Put, $"{Policies}/{id}", """{"name":"x"}""")).AssertFailure(400, 7001);

        var commit = (await tenant.SendAsync(HttpMethod.Post, $"{Policies}/commit")).AssertSuccess().Result;

        Assert.Equal((1, 0), (commit.GetProperty("committed").GetInt32(), commit.GetProperty("failed").GetInt32()));
        Assert.Equal(id, Text(Assert.Single(commit.GetProperty("policies").EnumerateArray()), "id"));
        var update = (await tenant.SendAsync(HttpMethod.Put, $"{Policies}/{id}?commit=true", """{"action":{"type":"block","except":true}}""")).AssertSuccess();
        Assert.True(update.Body.GetProperty("committed").GetBoolean());
        var found = (await tenant.GetAsync($"{Policies}/{id}")).AssertSuccess().Result;
        Assert.Equal(("all", """{"type":"block","except":true}"""), (Text(found, "name"), found.GetProperty("action").GetRawText()));
        (await tenant.SendAsync(HttpMethod.Delete, $"{Policies}/{id}")).AssertSuccess();
        (await tenant.GetAsync($"{Policies}/{id}?includeStaging=true")).AssertFailure(404, 7002);
    }

    [Theory]
    [InlineData("{}", "name: Required", "resource: Required", "condition: Required", "action: Required")]
    [InlineData(
        """{"name":" ","actor":"a{b}","resource":"gpt","condition":"cf.user.mail == 1","action":{"type":"limit","amount":0,"period":"yearly","technique":"sliding"}}""",
        "name: The name must not be blank",
        "actor: 'b' is no field with one value: there are cf.user.id, cf.user.email, cf.country, cf.custom.<claim> and metadata.<key>",
        "resource: Expected \"*\" or an object with model, provider or both",
        "condition: Invalid CEL expression. At character 1: 'cf.user.mail' is no field: there are cf.user.id, cf.user.email, cf.user.groups, cf.country, cf.custom.<claim> and metadata.<key>.",
        "action.amount: Number must be greater than or equal to 0.000001",
        "action.period: Invalid enum value. Expected 'hourly' | 'daily' | 'weekly' | 'monthly', received 'yearly'",
        "action.technique: Invalid enum value. Expected 'named-interval', received 'sliding'")]
    [InlineData(
        """{"name":"n","actor":"{cf.user.groups}","resource":{"model":[],"provider":"open*","more":1},"condition":"\"x\"","action":{"type":"nothing"}}""",
        "actor: 'cf.user.groups' is no field with one value: there are cf.user.id, cf.user.email, cf.country, cf.custom.<claim> and metadata.<key>",
        "resource.model: Array must contain 1 to 50 elements",
        "resource.provider: A provider is named in full, without '*'",
        "resource.more: Unknown field: a resource has model, provider or both",
        "condition: Invalid CEL expression. The expression is not true or false.",
        "action.type: Invalid enum value. Expected 'no-limit' | 'block' | 'limit', received 'nothing'")]
    [InlineData("""{"name":"n","actor":"a{","resource":{},"condition":"","action":[]}""",
        "actor: Every '{' needs a '}' behind the name of a field",
        "resource: A resource has model, provider or both",
        "condition: String must contain at least 1 character(s)",
        "action: Expected object, received array")]
    [InlineData("""{"name":"n","resource":{"model":[1]},"condition":"true","action":{"type":"block"}}""", "resource.model: Expected strings of 1 to 128 characters")]
    [InlineData("""{"name":"n","resource":"*","condition":"true","action":{"type":"no-limit"}}""", "actor: Required: only a policy that blocks has no budget")]
    public async Task Create_Mistakes_AreAllListed(string body, params string[] expected)
    {
        var tenant = await TenantAsync();

        var answer = await tenant.SendAsync(HttpMethod.Post, Policies, body);

        answer.AssertFailure(400, 7001);
        Assert.Equal(expected.Select(mistake => $"body.{mistake}"), answer.Errors);
    }

    [Theory]
    [InlineData("GET", "?includeStaging=maybe")]
    [InlineData("POST", "?commit=maybe")]
    [InlineData("POST", "/simulate?includeStaging=maybe")]
    public async Task Query_Mistake_IsTold(string method, string path)
    {
        var tenant = await TenantAsync();
        (await tenant.SendAsync(new(method), Policies + path, method == "POST" ? All : null)).AssertFailure(400, 7001);
    }

    [Fact]
    public async Task Simulate_Request_IsDecidedWithoutSpending()
    {
        var tenant = await TenantAsync();
        Assert.Equal(("no-limit", true, 0), await SimulateAsync(tenant, "{}"));
        await tenant.SendAsync(HttpMethod.Post, $"{Policies}?commit=true", Cap);
        const string Question = """{"identity":{"metadata":{"team":"red","user_id":7}},"provider":"openai","model":"gpt-4o","bucketUsage":{"user:7 (model=gpt-*,o3 provider=openai)":{"spent":SPENT}}}""";

        Assert.Equal(("check_limits", true, 1), await SimulateAsync(tenant, Question.Replace("SPENT", "12.49", StringComparison.Ordinal)));
        Assert.Equal(("check_limits", false, 1), await SimulateAsync(tenant, Question.Replace("SPENT", "12.5", StringComparison.Ordinal)));
        Assert.Equal(("block", false, 1), await SimulateAsync(tenant, """{"identity":{"metadata":{"team":"blue","user_id":7}},"provider":"openai","model":"gpt-4o"}"""));
        var answer = (await tenant.SendAsync(HttpMethod.Post, $"{Policies}/simulate", Question.Replace("SPENT", "13", StringComparison.Ordinal))).AssertSuccess().Result;
        Assert.Equal(
            """{"evaluation":{"decision":"check_limits","buckets":[{"name":"user:7 (model=gpt-*,o3 provider=openai)","limit":12.5,"period":"monthly","policyName":"cap"}]},"enforcement":{"allowed":false,"reason":"limit_exceeded","bucket":"user:7 (model=gpt-*,o3 provider=openai)","spent":13,"limit":12.5,"policyName":"cap"},"policiesEvaluated":1}""",
            answer.GetRawText());
    }

    [Fact]
    public async Task Simulate_Identity_IsReadWhole()
    {
        var tenant = await TenantAsync();
        const string Condition = "cf.user.id == 'u' && cf.user.email == 'e' && 'g' in cf.user.groups && cf.country == 'US' && cf.custom.plan == 'pro'";
        await tenant.SendAsync(HttpMethod.Post, Policies, $$$"""{"name":"p","actor":"a","resource":"*","condition":"{{{Condition}}}","action":{"type":"no-limit"}}""");
        const string Question = """{"identity":{"cf":{"user":{"id":"u","email":"e","groups":["g"]},"country":"US","custom":{"plan":"pro"}}},"provider":"openai"}""";

        Assert.Equal(("no-limit", true, 1), await SimulateAsync(tenant, Question, "?includeStaging=true"));
        Assert.Equal(("no-limit", true, 0), await SimulateAsync(tenant, Question)); // A draft holds for nobody.
    }

    [Fact]
    public async Task OtherTenant_SeesAndChangesNothing()
    {
        var (owner, other) = (await TenantAsync(), await TenantAsync());
        var id = Text((await owner.SendAsync(HttpMethod.Post, $"{Policies}?commit=true", All)).AssertSuccess().Result, "id");

        (await other.GetAsync($"{Policies}/{id}")).AssertFailure(404, 7002);
        (await other.SendAsync(HttpMethod.Put, $"{Policies}/{id}?commit=true", """{"name":"x"}""")).AssertFailure(404, 7002);
        (await other.SendAsync(HttpMethod.Delete, $"{Policies}/{id}")).AssertFailure(404, 7002);
        Assert.Empty((await other.GetAsync($"{Policies}?includeStaging=true")).AssertSuccess().Result.EnumerateArray());
        Assert.Equal("all", Text((await owner.GetAsync($"{Policies}/{id}")).AssertSuccess().Result, "name"));
    }

    [Fact]
    public async Task GatewayIsGone_PoliciesAreGoneWithIt()
    {
        var tenant = await TenantAsync();
        await tenant.SendAsync(HttpMethod.Post, $"{Policies}?commit=true", All);
        (await tenant.SendAsync(HttpMethod.Delete, "ai-gateway/gateways/g")).AssertSuccess();
        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Get, ""), (HttpMethod.Post, "/commit"), (HttpMethod.Get, "/019a0000-0000-7000-8000-000000000000")])
        {
            (await tenant.SendAsync(method, Policies + path)).AssertFailure(404, 7002);
        }

        await tenant.CreateGatewayAsync("g");
        Assert.Empty((await tenant.GetAsync($"{Policies}?includeStaging=true")).AssertSuccess().Result.EnumerateArray());
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static async Task<(string?, bool, int)> SimulateAsync(Tenant tenant, string body, string query = "")
    {
        var result = (await tenant.SendAsync(HttpMethod.Post, $"{Policies}/simulate{query}", body)).AssertSuccess().Result;
        return (Text(result.GetProperty("evaluation"), "decision"), result.GetProperty("enforcement").GetProperty("allowed").GetBoolean(), result.GetProperty("policiesEvaluated").GetInt32());
    }

    private async Task<Tenant> TenantAsync()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        return tenant;
    }
}
