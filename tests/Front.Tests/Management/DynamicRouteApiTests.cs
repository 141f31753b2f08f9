using System.Text.Json;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.DynamicRoutes;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DynamicRoutes;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

/// <summary>Dynamic routes by the admin API, in the shapes that clients of the reference read.</summary>
[Collection(typeof(AdminTests))]
public sealed class DynamicRouteApiTests(AdminHost host)
{
    private const string Routes = "ai-gateway/gateways/g/routes";

    private static readonly string Elements = RouteHost.Valid($"[{RouteHost.Start("m")},{RouteHost.Model("m", fallback: "e")},{RouteHost.End}]");
    private static readonly string Other = RouteHost.Valid($"[{RouteHost.Start("n")},{RouteHost.Model("n", fallback: "e")},{RouteHost.End}]");

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_Route_DeploysItsFirstVersion()
    {
        var tenant = await TenantAsync();

        var route = (await CreateAsync(tenant)).Result;

        Assert.Equal(
            ["created_at", "deployment", "elements", "gateway_id", "id", "modified_at", "name", "version"],
            route.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.Equal(("support", "g"), (route.GetProperty("name").GetString(), route.GetProperty("gateway_id").GetString()));
        Assert.Equal(Elements, route.GetProperty("elements").GetRawText());
        var (version, deployment) = (route.GetProperty("version"), route.GetProperty("deployment"));
        Assert.Equal(["active", "created_at", "data", "is_valid", "version_id"], version.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.Equal(("true", Elements, true), (version.GetProperty("active").GetString(), version.GetProperty("data").GetString(), version.GetProperty("is_valid").GetBoolean()));
        Assert.Equal(["created_at", "deployment_id", "version_id"], deployment.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.Equal(version.GetProperty("version_id").GetString(), deployment.GetProperty("version_id").GetString());
        Assert.True(DateTimeOffset.TryParse(route.GetProperty("created_at").GetString(), out _));
        Assert.Equal(route.GetRawText(), (await tenant.GetAsync($"{Routes}/{Id(route)}")).AssertSuccess().Result.GetRawText());
    }

    [Fact]
    public async Task Create_Route_BringsItToTheGatewaysAdmissions()
    {
        var tenant = await TenantAsync();
        var before = await GatewayAsync(tenant);

        var route = (await CreateAsync(tenant)).Result;

        var after = await GatewayAsync(tenant);
        Assert.True(after.Version > before.Version);
        var deployed = Assert.Single(after.Routes!);
        Assert.Equal((Id(route), "support", Elements), (deployed.Id, deployed.Name, deployed.Elements));
    }

    [Fact]
    public async Task Create_OlderDialect_IsAnsweredInTheNewer()
    {
        var tenant = await TenantAsync();

        var route = (await tenant.SendAsync(HttpMethod.Post, Routes, """
            {"name":"old","comment":"first","elements":[{"id":"s","type":"start","outputs":{"next":{"elementId":"r"}}},
             {"id":"r","type":"rate_limit","properties":{"limitType":"count","key":"user_id","limit":3,"interval":60,"technique":"fixed"},"outputs":{"success":{"elementId":"e"},"fallback":{"elementId":"e"}}},
             {"id":"e","type":"end"}]}
            """)).AssertSuccess().Result;

        Assert.Equal(
            """{"id":"r","type":"rate","properties":{"limitType":"count","key":"user_id","limit":3,"window":60},"outputs":{"success":{"elementId":"e"},"fallback":{"elementId":"e"}}}""",
            route.GetProperty("elements")[1].GetRawText());
        Assert.Equal("first", route.GetProperty("version").GetProperty("comment").GetString());
    }

    [Fact]
    public async Task Create_WithMistakes_ListsThemAll()
    {
        var tenant = await TenantAsync();

        var answer = await tenant.SendAsync(HttpMethod.Post, Routes, """
            {"name":"a b","elements":[{"id":"s","type":"start","outputs":{}},{"id":"m","type":"model","properties":{"provider":"openai","retries":9},"outputs":{}}]}
            """);

        answer.AssertFailure(400, 7001);
        Assert.Equal(
            [
                "body.name: Invalid name: letters, digits, underscores and hyphens",
                "body.elements.0.outputs.next: Element 's': Required",
                "body.elements.1.properties.model: Element 'm': Required",
                "body.elements.1.properties.retries: Element 'm': Number must be less than or equal to 5",
            ],
            answer.Errors);
    }

    [Fact]
    public async Task Create_DanglingGraph_IsRefused()
    {
        var tenant = await TenantAsync();

        var answer = await tenant.SendAsync(HttpMethod.Post, Routes, $$$$$"""{"name":"r","elements":[{{{{{RouteHost.Start("nowhere")}}}}}]}""");

        answer.AssertFailure(400, 7001);
        Assert.Equal(["body.elements.0.outputs.next.elementId: Element 's': there is no element 'nowhere'"], answer.Errors);
        Assert.Equal(0, (await tenant.GetAsync(Routes)).Body.GetProperty("result_info").GetProperty("total_count").GetInt32());
    }

    [Fact]
    public async Task Create_NameTwice_Is7005()
    {
        var tenant = await TenantAsync();
        await CreateAsync(tenant);

        var answer = await tenant.SendAsync(HttpMethod.Post, Routes, $$$$$"""{"name":"support","elements":{{{{{Elements}}}}}}""");

        answer.AssertFailure(400, 7005);
        Assert.Contains("already exists", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Routes_HasBothShapes()
    {
        var tenant = await TenantAsync();
        await CreateAsync(tenant, "one");
        await CreateAsync(tenant, "two");
        await CreateAsync(tenant, "three");

        var body = (await tenant.GetAsync($"{Routes}?per_page=2")).AssertSuccess().Body;

        var data = body.GetProperty("data");
        Assert.Equal((1, 2, "created_at", "desc"), (data.GetProperty("page").GetInt32(), data.GetProperty("per_page").GetInt32(), data.GetProperty("order_by").GetString(), data.GetProperty("order_by_direction").GetString()));
        Assert.Equal(["three", "two"], data.GetProperty("routes").EnumerateArray().Select(route => route.GetProperty("name").GetString()));
        Assert.Equal(data.GetProperty("routes").GetRawText(), body.GetProperty("result").GetRawText());
        Assert.All(data.GetProperty("routes").EnumerateArray(), route => Assert.Equal(tenant.AccountId, route.GetProperty("account_tag").GetString()));
        Assert.Equal((2, 3, 2), (body.GetProperty("result_info").GetProperty("count").GetInt32(), body.GetProperty("result_info").GetProperty("total_count").GetInt32(), body.GetProperty("result_info").GetProperty("total_pages").GetInt32()));
        Assert.Empty((await tenant.GetAsync($"{Routes}?page=3&per_page=2")).AssertSuccess().Body.GetProperty("data").GetProperty("routes").EnumerateArray());
        (await tenant.GetAsync($"{Routes}?per_page=101")).AssertFailure(400, 7001);
    }

    [Fact]
    public async Task Rename_Route_AnswersInEveryShape()
    {
        var tenant = await TenantAsync();
        var id = Id((await CreateAsync(tenant)).Result);
        await CreateAsync(tenant, "taken");

        var body = (await tenant.SendAsync(HttpMethod.Patch, $"{Routes}/{id}", """{"name":"renamed"}""")).AssertSuccess().Body;

        Assert.Equal("renamed", body.GetProperty("route").GetProperty("name").GetString());
        Assert.Equal("renamed", body.GetProperty("result").GetProperty("name").GetString());
        Assert.Equal((id, "renamed", "g"), (body.GetProperty("id").GetString(), body.GetProperty("name").GetString(), body.GetProperty("gateway_id").GetString()));
        Assert.Equal(Elements, body.GetProperty("elements").GetRawText());
        Assert.Equal(body.GetProperty("route").GetProperty("deployment").GetRawText(), body.GetProperty("deployment").GetRawText());
        Assert.Contains((await GatewayAsync(tenant)).Routes!, route => route.Name == "renamed");
        (await tenant.SendAsync(HttpMethod.Patch, $"{Routes}/{id}", """{"name":"taken"}""")).AssertFailure(400, 7005);
        (await tenant.SendAsync(HttpMethod.Patch, $"{Routes}/{id}", "{}")).AssertFailure(400, 7001);
        (await tenant.SendAsync(HttpMethod.Patch, $"{Routes}/{id}", """{"name":"renamed"}""")).AssertSuccess();
    }

    [Fact]
    public async Task Versions_CreateDeployAndRollBack_ChangeWhatIsLive()
    {
        var tenant = await TenantAsync();
        var created = (await CreateAsync(tenant)).Result;
        var (id, first) = (Id(created), created.GetProperty("version").GetProperty("version_id").GetString());

        var version = (await tenant.SendAsync(HttpMethod.Post, $"{Routes}/{id}/versions", $$$$$"""{"elements":{{{{{Other}}}}},"comment":"better"}""")).AssertSuccess().Result;
        var second = version.GetProperty("version").GetProperty("version_id").GetString();
        Assert.Equal((Other, "false"), (version.GetProperty("elements").GetRawText(), version.GetProperty("version").GetProperty("active").GetString()));
        Assert.Equal(Elements, Assert.Single((await GatewayAsync(tenant)).Routes!).Elements);

        var deployed = (await tenant.SendAsync(HttpMethod.Post, $"{Routes}/{id}/deployments", $$$$$"""{"version_id":"{{{{{second}}}}}"}""")).AssertSuccess().Result;
        Assert.Equal(Other, deployed.GetProperty("elements").GetRawText());
        Assert.Equal(Other, Assert.Single((await GatewayAsync(tenant)).Routes!).Elements);
        Assert.Equal(second, (await tenant.GetAsync($"{Routes}/{id}")).Result.GetProperty("deployment").GetProperty("version_id").GetString());

        var versions = (await tenant.GetAsync($"{Routes}/{id}/versions")).AssertSuccess().Body;
        Assert.Equal([(second, "true"), (first, "false")], versions.GetProperty("data").GetProperty("versions").EnumerateArray().Select(item => (item.GetProperty("version_id").GetString(), item.GetProperty("active").GetString())));
        Assert.Equal("better", versions.GetProperty("result")[0].GetProperty("comment").GetString());

        (await tenant.SendAsync(HttpMethod.Post, $"{Routes}/{id}/deployments", $$$$$"""{"version_id":"{{{{{first}}}}}","comment":"back"}""")).AssertSuccess();
        Assert.Equal(Elements, Assert.Single((await GatewayAsync(tenant)).Routes!).Elements);
        var deployments = (await tenant.GetAsync($"{Routes}/{id}/deployments")).AssertSuccess().Body.GetProperty("data").GetProperty("deployments");
        Assert.Equal([first, second, first], deployments.EnumerateArray().Select(item => item.GetProperty("version_id").GetString()));
        Assert.Equal("back", deployments[0].GetProperty("comment").GetString());
    }

    [Fact]
    public async Task Version_Get_HasDataAndElements()
    {
        var tenant = await TenantAsync();
        var created = (await CreateAsync(tenant)).Result;
        var (id, versionId) = (Id(created), created.GetProperty("version").GetProperty("version_id").GetString());

        var version = (await tenant.GetAsync($"{Routes}/{id}/versions/{versionId}")).AssertSuccess().Result;

        Assert.Equal((id, "support", "g", versionId, "true"), (version.GetProperty("id").GetString(), version.GetProperty("name").GetString(), version.GetProperty("gateway_id").GetString(), version.GetProperty("version_id").GetString(), version.GetProperty("active").GetString()));
        Assert.Equal((Elements, Elements, true), (version.GetProperty("data").GetString(), version.GetProperty("elements").GetRawText(), version.GetProperty("is_valid").GetBoolean()));
        Assert.Equal(version.GetProperty("created_at").GetString(), version.GetProperty("modified_at").GetString());
    }

    [Fact]
    public async Task Version_ThatIsNotValid_IsKeptAndCannotGoLive()
    {
        var tenant = await TenantAsync();
        var id = Id((await CreateAsync(tenant)).Result);

        var version = (await tenant.SendAsync(HttpMethod.Post, $"{Routes}/{id}/versions", $$$$$"""{"elements":[{{{{{RouteHost.Start("nowhere")}}}}}]}""")).AssertSuccess().Result.GetProperty("version");
        Assert.False(version.GetProperty("is_valid").GetBoolean());

        var answer = await tenant.SendAsync(HttpMethod.Post, $"{Routes}/{id}/deployments", $$$$$"""{"version_id":"{{{{{version.GetProperty("version_id").GetString()}}}}}"}""");
        answer.AssertFailure(400, 7001);
        Assert.Equal(["body.version_id: The version is not valid and cannot be deployed", "version.elements.0.outputs.next.elementId: Element 's': there is no element 'nowhere'"], answer.Errors);
        Assert.Equal(Elements, Assert.Single((await GatewayAsync(tenant)).Routes!).Elements);
        (await tenant.SendAsync(HttpMethod.Post, $"{Routes}/{id}/versions", """{"elements":[{"type":"start"}]}""")).AssertFailure(400, 7001);
    }

    [Fact]
    public async Task Delete_Route_AnswersWithItOnce()
    {
        var tenant = await TenantAsync();
        var id = Id((await CreateAsync(tenant)).Result);

        var deleted = (await tenant.SendAsync(HttpMethod.Delete, $"{Routes}/{id}")).AssertSuccess().Result;

        Assert.Equal(["created_at", "elements", "gateway_id", "id", "modified_at", "name"], deleted.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
        Assert.Null((await GatewayAsync(tenant)).Routes);
        (await tenant.SendAsync(HttpMethod.Delete, $"{Routes}/{id}")).AssertFailure(404, 7005);
        (await tenant.GetAsync($"{Routes}/{id}")).AssertFailure(404, 7005);
        Assert.Contains("not found", (await tenant.GetAsync($"{Routes}/{id}")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_OfWhatDoesNotExist_IsNotFound()
    {
        var tenant = await TenantAsync();
        var id = Id((await CreateAsync(tenant)).Result);
        foreach (var gateway in (string[])["none", "%20"])
        {
            (await tenant.GetAsync($"ai-gateway/gateways/{gateway}/routes")).AssertFailure(404, 7002);
            (await tenant.SendAsync(HttpMethod.Post, $"ai-gateway/gateways/{gateway}/routes", $$$$$"""{"name":"r","elements":{{{{{Elements}}}}}}""")).AssertFailure(404, 7002);
            (await tenant.GetAsync($"ai-gateway/gateways/{gateway}/routes/{id}")).AssertFailure(404, 7002);
        }

        foreach (var path in (string[])["", "/versions", "/deployments", "/versions/x"])
        {
            (await tenant.GetAsync($"{Routes}/nobody{path}")).AssertFailure(404, 7005);
        }

        (await tenant.GetAsync($"{Routes}/{id}/versions/x")).AssertFailure(404, 7005);
        (await tenant.SendAsync(HttpMethod.Post, $"{Routes}/nobody/versions", $$$$$"""{"elements":{{{{{Elements}}}}}}""")).AssertFailure(404, 7005);
        (await tenant.SendAsync(HttpMethod.Post, $"{Routes}/{id}/deployments", """{"version_id":"x"}""")).AssertFailure(404, 7005);
        (await tenant.SendAsync(HttpMethod.Post, $"{Routes}/{id}/deployments", "{}")).AssertFailure(400, 7001);
        (await tenant.SendAsync(HttpMethod.Post, $"{Routes}/nobody/explain", "{}")).AssertFailure(404, 7005);
    }

    [Fact]
    public async Task Gateway_DeletedAndCreatedAnew_HasNoRoutes()
    {
        var tenant = await TenantAsync();
        await CreateAsync(tenant);
        (await tenant.SendAsync(HttpMethod.Delete, "ai-gateway/gateways/g")).AssertSuccess();
        (await tenant.GetAsync(Routes)).AssertFailure(404, 7002);

        await tenant.CreateGatewayAsync("g");

        Assert.Empty((await tenant.GetAsync(Routes)).AssertSuccess().Result.EnumerateArray());
        await CreateAsync(tenant);
        Assert.Single((await GatewayAsync(tenant)).Routes!);
    }

    [Fact]
    public async Task Gateway_Updated_KeepsItsRoutes()
    {
        var tenant = await TenantAsync();
        await CreateAsync(tenant);

        (await tenant.SendAsync(HttpMethod.Put, "ai-gateway/gateways/g", Bodies.Gateway("g", ",\"cache_ttl\":60").Replace("\"cache_ttl\":0,", "", StringComparison.Ordinal))).AssertSuccess();

        Assert.Single((await GatewayAsync(tenant)).Routes!);
    }

    [Fact]
    public async Task Routes_OfTwoTenants_DoNotMeet()
    {
        var (one, other) = (await TenantAsync(), await TenantAsync());
        var id = Id((await CreateAsync(one)).Result);

        await CreateAsync(other); // The same name in the same gateway id: another wall.
        (await other.GetAsync($"{Routes}/{id}")).AssertFailure(404, 7005);
        (await other.SendAsync(HttpMethod.Delete, $"{Routes}/{id}")).AssertFailure(404, 7005);
        (await other.SendAsync(HttpMethod.Post, $"{Routes}/{id}/explain", "{}")).AssertFailure(404, 7005);
        (await host.SendAsync(HttpMethod.Get, $"accounts/{one.AccountId}/{Routes}", other.Token)).AssertFailure(403, 10000);
        (await one.GetAsync($"{Routes}/{id}")).AssertSuccess();
    }

    [Fact]
    public async Task Explain_Request_TellsEveryElementAndWhy()
    {
        var tenant = await TenantAsync();
        var id = Id((await CreateAsync(tenant, "r", $$$$$"""
            [{{{{{RouteHost.Start("c")}}}}},{"id":"c","type":"conditional","properties":{"conditions":{"metadata.plan":"paid"}},"outputs":{"true":{"elementId":"l"},"false":{"elementId":"b"}}},
             {"id":"l","type":"rate","properties":{"limitType":"count","key":"metadata.user_id","limit":1,"window":3600},"outputs":{"success":{"elementId":"p"},"fallback":{"elementId":"b"}}},
             {"id":"p","type":"percentage","outputs":{"100%":{"elementId":"a"}}},
             {{{{{RouteHost.Model("a", fallback: "b", provider: "anthropic", model: "claude-haiku-4-5")}}}}},{{{{{RouteHost.Model("b")}}}}},{{{{{RouteHost.End}}}}}]
            """)).Result);
        const string Question = """{"metadata":{"plan":"paid","user_id":"u"},"body":{"messages":[]},"headers":{"x":"y"}}""";

        // Twice: the limit of one would be used up by the first, if explaining counted.
        for (var i = 0; i < 2; i++)
        {
            var result = (await tenant.SendAsync(HttpMethod.Post, $"{Routes}/{id}/explain", Question)).AssertSuccess().Result;
            Assert.Equal(("answered", "anthropic", "claude-haiku-4-5", "a"), (result.GetProperty("outcome").GetString(), result.GetProperty("provider").GetString(), result.GetProperty("model").GetString(), result.GetProperty("element_id").GetString()));
            Assert.Equal(["s:next", "c:true", "l:success", "p:100%", "a:success", "e:end"], Path(result));
            Assert.Equal("sticky", result.GetProperty("path")[3].GetProperty("reason").GetString());
        }

        var failing = (await tenant.SendAsync(HttpMethod.Post, $"{Routes}/{id}/explain", Question[..^1] + ",\"failing\":[\"a\",\"b\"]}")).AssertSuccess().Result;
        Assert.Equal("failed", failing.GetProperty("outcome").GetString());
        Assert.Equal(["s:next", "c:true", "l:success", "p:100%", "a:failed", "b:failed"], Path(failing));
        Assert.Contains("assumed to fail", failing.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"body":[]}""", "body.body: Expected object, received array")]
    [InlineData("""{"headers":{"a":1}}""", "body.headers.a: Expected string, received number")]
    [InlineData("""{"failing":["",2]}""", "body.failing.0: String must contain at least 1 character(s)|body.failing.1: Expected string, received number")]
    [InlineData("""{"metadata":"x","endpoint":7}""", "body.metadata: Expected object, received string|body.endpoint: Expected string, received number")]
    public async Task Explain_WithMistakes_ListsThem(string body, string errors)
    {
        var tenant = await TenantAsync();
        var id = Id((await CreateAsync(tenant)).Result);

        var answer = await tenant.SendAsync(HttpMethod.Post, $"{Routes}/{id}/explain", body);

        answer.AssertFailure(400, 7001);
        Assert.Equal(errors.Split('|'), answer.Errors);
    }

    [Fact]
    public async Task Explain_AVersionThatIsNotLive_IsThatVersion()
    {
        var tenant = await TenantAsync();
        var id = Id((await CreateAsync(tenant)).Result);
        var version = (await tenant.SendAsync(HttpMethod.Post, $"{Routes}/{id}/versions", $$$$$"""{"elements":{{{{{Other}}}}}}""")).Result.GetProperty("version").GetProperty("version_id").GetString();

        var result = (await tenant.SendAsync(HttpMethod.Post, $"{Routes}/{id}/explain", $$$$$"""{"version_id":"{{{{{version}}}}}"}""")).AssertSuccess().Result;

        Assert.Equal((version, "n"), (result.GetProperty("version_id").GetString(), result.GetProperty("model").GetString()));
        (await tenant.SendAsync(HttpMethod.Post, $"{Routes}/{id}/explain", """{"version_id":"x"}""")).AssertFailure(404, 7005);
    }

    [Fact]
    public async Task Create_MoreThanAHundredRoutes_IsRefused()
    {
        var tenant = await TenantAsync();
        for (var i = 0; i < DynamicRouteLimits.MaxRoutes; i++)
        {
            await CreateAsync(tenant, $"r{i}");
        }

        var answer = await tenant.SendAsync(HttpMethod.Post, Routes, $$$$$"""{"name":"one-more","elements":{{{{{Elements}}}}}}""");

        answer.AssertFailure(400, 7001);
        Assert.Contains("at most 100 routes", answer.Text, StringComparison.Ordinal);
    }

    private static string Id(JsonElement route) => route.GetProperty("id").GetString()!;

    private static IEnumerable<string> Path(JsonElement explanation) =>
        explanation.GetProperty("path").EnumerateArray().Select(node => $"{node.GetProperty("element_id").GetString()}:{node.GetProperty("result").GetString()}");

    private static async Task<Answer> CreateAsync(Tenant tenant, string name = "support", string? elements = null) =>
        (await tenant.SendAsync(HttpMethod.Post, Routes, $$$$$"""{"name":"{{{{{name}}}}}","elements":{{{{{elements ?? Elements}}}}}}""")).AssertSuccess();

    private async Task<Tenant> TenantAsync()
    {
        var tenant = await host.CreateTenantAsync();
        await tenant.CreateGatewayAsync("g");
        return tenant;
    }

    private async Task<GatewayRecord> GatewayAsync(Tenant tenant) =>
        (await host.Grains.GetGrain<IGatewayGrain>(GrainKeys.Gateway(tenant.AccountId, "g")).GetAsync(_cancelled))!;
}
