using System.Text;
using System.Text.Json;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

/// <summary>The Secrets Store of the admin API.</summary>
[Collection(typeof(AdminTests))]
public sealed class SecretsStoreApiTests(AdminHost host)
{
    private const string Stores = "secrets_store/stores";

    [Fact]
    public async Task Store_OnePerAccount_IsCreatedReadListedAndDeleted()
    {
        var tenant = await host.CreateTenantAsync();

        Assert.Empty((await tenant.GetAsync(Stores)).AssertSuccess().Result.EnumerateArray());
        var made = (await tenant.SendAsync(HttpMethod.Post, Stores, """{"name":"mine"}""")).AssertSuccess().Result;
        var id = Text(made, "id");
        Assert.Equal(("mine", tenant.AccountId, 32), (Text(made, "name"), Text(made, "account_id"), id.Length));
        Assert.True(DateTimeOffset.TryParse(Text(made, "created"), out _) && DateTimeOffset.TryParse(Text(made, "modified"), out _));

        var second = await tenant.SendAsync(HttpMethod.Post, Stores, """{"name":"another"}""");
        second.AssertFailure(400, 1003);
        Assert.Equal("maximum_stores_exceeded", Symbol(second));

        Assert.Equal(id, Text((await tenant.GetAsync($"{Stores}/{id}")).AssertSuccess().Result, "id"));
        var list = (await tenant.GetAsync($"{Stores}?page=1&per_page=10&order=name&direction=asc")).AssertSuccess();
        Assert.Equal(id, Text(Assert.Single(list.Result.EnumerateArray()), "id"));
        Assert.Equal(1, list.Body.GetProperty("result_info").GetProperty("total_count").GetInt32());
        Assert.Empty((await tenant.GetAsync($"{Stores}?page=2")).AssertSuccess().Result.EnumerateArray());

        var deleted = (await tenant.SendAsync(HttpMethod.Delete, $"{Stores}/{id}")).AssertSuccess();
        Assert.Equal(JsonValueKind.Null, deleted.Result.ValueKind);
        AssertSymbol(await tenant.GetAsync($"{Stores}/{id}"), 404, 1001, "store_not_found");
        AssertSymbol(await tenant.SendAsync(HttpMethod.Delete, $"{Stores}/{id}"), 404, 1001, "store_not_found");
    }

    [Fact]
    public async Task Store_WithSecrets_IsDeletedByForceOnly()
    {
        var tenant = await host.CreateTenantAsync();
        var store = await CreateStoreAsync(tenant);
        await CreateAsync(tenant, store, Secret("A"));

        AssertSymbol(await tenant.SendAsync(HttpMethod.Delete, $"{Stores}/{store}"), 409, 1003, "store_not_empty");
        (await tenant.SendAsync(HttpMethod.Delete, $"{Stores}/{store}?force=true")).AssertSuccess();
        Assert.Equal((100, 0), await QuotaAsync(tenant));
    }

    [Theory]
    [InlineData("", "invalid_json_body")]
    [InlineData("[]", "invalid_json_body")]
    [InlineData("""[{"name":"a"},{"name":"b"}]""", "invalid_json_body")]
    [InlineData("3", "invalid_json_body")]
    [InlineData("{}", "store_name_empty")]
    [InlineData("""{"name":""}""", "store_name_empty")]
    [InlineData("""{"name":7}""", "store_name_empty")]
    [InlineData("""{"name":"a b"}""", "store_name_invalid")]
    public async Task Store_MalformedBody_IsRefusedWithItsSymbol(string body, string symbol) =>
        AssertSymbol(await (await host.CreateTenantAsync()).SendAsync(HttpMethod.Post, Stores, body), 400, 1001, symbol);

    [Fact]
    public async Task Store_ArrayOfOne_IsAnsweredWithAnArray()
    {
        var made = (await (await host.CreateTenantAsync()).SendAsync(HttpMethod.Post, Stores, """[{"name":"old"}]""")).AssertSuccess();

        Assert.Equal("old", Text(Assert.Single(made.Result.EnumerateArray()), "name"));
    }

    [Fact]
    public async Task Secrets_Created_AreActiveWithoutTheirValues()
    {
        var tenant = await host.CreateTenantAsync();
        var store = await CreateStoreAsync(tenant);

        var made = (await CreateAsync(tenant, store, Secret("B", scopes: """["workers","ai_gateway"]"""), Secret("A", comment: "\"\""))).AssertSuccess();

        var (first, second) = (made.Result[0], made.Result[1]);
        Assert.Equal(("B", store, "active"), (Text(first, "name"), Text(first, "store_id"), Text(first, "status")));
        Assert.Equal(["workers", "ai_gateway"], first.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.False(first.TryGetProperty("comment", out _));
        Assert.Equal("", Text(second, "comment"));
        Assert.DoesNotContain("value-of", made.Text, StringComparison.Ordinal);
        var read = (await tenant.GetAsync($"{Stores}/{store}/secrets/{Text(first, "id")}")).AssertSuccess();
        Assert.Equal(first.GetRawText(), read.Result.GetRawText());
        Assert.Equal((100, 2), await QuotaAsync(tenant));
    }

    [Theory]
    [InlineData("""{"name":"a"}""", "invalid_json_body")]
    [InlineData("[]", "invalid_json_body")]
    [InlineData("[7]", "invalid_json_body")]
    [InlineData("[", "invalid_json_body")]
    [InlineData("""[{"value":"v","scopes":["workers"]}]""", "secret_name_empty")]
    [InlineData("""[{"name":"","value":"v","scopes":["workers"]}]""", "secret_name_empty")]
    [InlineData("""[{"name":"a b","value":"v","scopes":["workers"]}]""", "secret_name_invalid")]
    [InlineData("""[{"name":{},"value":"v","scopes":["workers"]}]""", "secret_name_invalid")]
    [InlineData("""[{"name":"a","scopes":["workers"]}]""", "secret_value_empty")]
    [InlineData("""[{"name":"a","value":"","scopes":["workers"]}]""", "secret_value_empty")]
    [InlineData("""[{"name":"a","value":5,"scopes":["workers"]}]""", "secret_value_empty")]
    [InlineData("""[{"name":"a","value":"v"}]""", "secret_scopes_empty")]
    [InlineData("""[{"name":"a","value":"v","scopes":[]}]""", "secret_scopes_empty")]
    [InlineData("""[{"name":"a","value":"v","scopes":["nope"]}]""", "secret_scope_invalid")]
    [InlineData("""[{"name":"a","value":"v","scopes":[1]}]""", "secret_scope_invalid")]
    [InlineData("""[{"name":"a","value":"v","scopes":["workers"],"comment":1}]""", "secret_comment_invalid")]
    public async Task Secrets_MalformedBody_IsRefusedWithItsSymbol(string body, string symbol)
    {
        var tenant = await host.CreateTenantAsync();
        var store = await CreateStoreAsync(tenant);

        AssertSymbol(await tenant.SendAsync(HttpMethod.Post, $"{Stores}/{store}/secrets", body), 400, 1001, symbol);
        Assert.Equal((100, 0), await QuotaAsync(tenant));
    }

    [Fact]
    public async Task Secrets_TooLongValue_IsRefusedAndTheLongestIsNot()
    {
        var tenant = await host.CreateTenantAsync();
        var store = await CreateStoreAsync(tenant);

        AssertSymbol(await CreateAsync(tenant, store, Secret("a", value: new('é', 32_769))), 400, 1001, "secret_value_too_large");
        (await CreateAsync(tenant, store, Secret("a", value: new('é', 32_768)))).AssertSuccess();
    }

    [Fact]
    public async Task Secrets_OneOfManyRefused_CreatesNone()
    {
        var tenant = await host.CreateTenantAsync();
        var store = await CreateStoreAsync(tenant);
        await CreateAsync(tenant, store, Secret("taken"));

        AssertSymbol(await CreateAsync(tenant, store, Secret("new"), Secret("taken")), 400, 1003, "secret_name_already_exists");
        AssertSymbol(await CreateAsync(tenant, store, Secret("twice"), Secret("twice")), 400, 1003, "secret_name_already_exists");
        AssertSymbol(await CreateAsync(tenant, store, [.. Enumerable.Range(0, 100).Select(number => Secret($"n{number}"))]), 400, 1003, "maximum_secrets_exceeded");
        Assert.Equal((100, 1), await QuotaAsync(tenant));
    }

    [Fact]
    public async Task Secrets_Listed_AreOrderedSearchedFilteredAndPaged()
    {
        var tenant = await host.CreateTenantAsync();
        var store = await CreateStoreAsync(tenant);
        await CreateAsync(tenant, store, Secret("b", scopes: """["workers"]"""), Secret("a", scopes: """["ai_gateway"]""", comment: "\"Find ME\""), Secret("c", scopes: """["workers","ai_gateway"]"""));

        Assert.Equal("abc", await NamesAsync("?order=name&direction=asc"));
        Assert.Equal("cba", await NamesAsync("?order=name&direction=desc"));
        Assert.Equal("cb", await NamesAsync("?order=name&per_page=2"));
        Assert.Equal("a", await NamesAsync("?order=name&per_page=2&page=2"));
        Assert.Equal("", await NamesAsync("?per_page=2&page=3"));
        Assert.Equal("a", await NamesAsync("?search=find+me"));
        Assert.Equal("bc", await NamesAsync("?scopes=workers&order=name&direction=asc"));
        Assert.Equal("c", await NamesAsync("?scopes=workers&scopes=ai_gateway"));
        Assert.Equal("c", await NamesAsync("?scopes=workers,ai_gateway"));
        Assert.Equal("bca", await NamesAsync("?order=comment&direction=asc"));
        Assert.Equal(3, (await tenant.GetAsync($"{Stores}/{store}/secrets?per_page=1")).Body.GetProperty("result_info").GetProperty("total_count").GetInt32());
        AssertSymbol(await tenant.GetAsync($"{Stores}/{store}/secrets?scopes=nope"), 400, 1001, "secret_scope_invalid");
        (await tenant.GetAsync($"{Stores}/{store}/secrets?per_page=0")).AssertFailure(400, 7001);
        (await tenant.GetAsync($"{Stores}/{store}/secrets?order=size")).AssertFailure(400, 7001);

        async Task<string> NamesAsync(string query) =>
            string.Concat((await tenant.GetAsync($"{Stores}/{store}/secrets{query}")).AssertSuccess().Result.EnumerateArray().Select(secret => Text(secret, "name")));
    }

    [Fact]
    public async Task Secret_Patched_KeepsIdAndNameAndWhatIsLeftOut()
    {
        var tenant = await host.CreateTenantAsync();
        var store = await CreateStoreAsync(tenant);
        var id = Text((await CreateAsync(tenant, store, Secret("a", comment: "\"before\""))).Result[0], "id");
        var path = $"{Stores}/{store}/secrets/{id}";

        var changed = (await tenant.SendAsync(HttpMethod.Patch, path, """{"scopes":["dex","access"],"comment":null,"name":"a"}""")).AssertSuccess().Result;
        Assert.Equal((id, "a"), (Text(changed, "id"), Text(changed, "name")));
        Assert.Equal(["dex", "access"], changed.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.False(changed.TryGetProperty("comment", out _));
        Assert.Equal("after", Text((await tenant.SendAsync(HttpMethod.Patch, path, """{"value":"x","comment":"after"}""")).AssertSuccess().Result, "comment"));
        Assert.Equal("after", Text((await tenant.SendAsync(HttpMethod.Patch, path, "{}")).AssertSuccess().Result, "comment"));

        AssertSymbol(await tenant.SendAsync(HttpMethod.Patch, path, """{"scopes":[]}"""), 400, 1001, "secret_scopes_empty");
        AssertSymbol(await tenant.SendAsync(HttpMethod.Patch, path, """{"value":""}"""), 400, 1001, "secret_value_empty");
        AssertSymbol(await tenant.SendAsync(HttpMethod.Patch, path, """{"name":"b"}"""), 400, 1001, "secret_name_immutable");
        AssertSymbol(await tenant.SendAsync(HttpMethod.Patch, path, "[]"), 400, 1001, "invalid_json_body");
        AssertSymbol(await tenant.SendAsync(HttpMethod.Patch, $"{Stores}/{store}/secrets/{new string('0', 32)}", "{}"), 404, 1001, "secret_not_found");
        AssertSymbol(await tenant.SendAsync(HttpMethod.Patch, $"{Stores}/{new string('0', 32)}/secrets/{id}", "{}"), 404, 1001, "store_not_found");
    }

    [Fact]
    public async Task Secret_Duplicated_IsAnotherOfTheSameStore()
    {
        var tenant = await host.CreateTenantAsync();
        var store = await CreateStoreAsync(tenant);
        var id = Text((await CreateAsync(tenant, store, Secret("a"))).Result[0], "id");
        var path = $"{Stores}/{store}/secrets/{id}/duplicate";

        var copy = (await tenant.SendAsync(HttpMethod.Post, path, """{"name":"b","scopes":["workers"],"comment":""}""")).AssertSuccess().Result;

        Assert.Equal(("b", ""), (Text(copy, "name"), Text(copy, "comment")));
        Assert.NotEqual(id, Text(copy, "id"));
        AssertSymbol(await tenant.SendAsync(HttpMethod.Post, path, """{"name":"a","scopes":["workers"]}"""), 400, 1003, "secret_name_already_exists");
        AssertSymbol(await tenant.SendAsync(HttpMethod.Post, path, """{"name":"c"}"""), 400, 1001, "secret_scopes_empty");
        AssertSymbol(await tenant.SendAsync(HttpMethod.Post, $"{Stores}/{store}/secrets/{new string('0', 32)}/duplicate", """{"name":"c","scopes":["workers"]}"""), 404, 1001, "secret_not_found");
    }

    [Fact]
    public async Task Secret_Deleted_IsAnsweredWith202AndGone()
    {
        var tenant = await host.CreateTenantAsync();
        var store = await CreateStoreAsync(tenant);
        var id = Text((await CreateAsync(tenant, store, Secret("a"))).Result[0], "id");

        var deleted = await tenant.SendAsync(HttpMethod.Delete, $"{Stores}/{store}/secrets/{id}");

        Assert.Equal((202, true, JsonValueKind.Null), (deleted.Status, deleted.Body.GetProperty("success").GetBoolean(), deleted.Result.ValueKind));
        AssertSymbol(await tenant.GetAsync($"{Stores}/{store}/secrets/{id}"), 404, 1001, "secret_not_found");
        AssertSymbol(await tenant.SendAsync(HttpMethod.Delete, $"{Stores}/{store}/secrets/{id}"), 404, 1001, "secret_not_found");
    }

    [Theory]
    [InlineData("""{"ids":["{0}","{1}"]}""")]
    [InlineData("""{"secret_ids":["{0}","{1}","{0}"]}""")]
    [InlineData("""["{0}","{1}"]""")]
    [InlineData("""[{"id":"{0}"},{"id":"{1}"}]""")]
    public async Task Secrets_DeletedInBulk_AreThoseOfTheBody(string body)
    {
        var tenant = await host.CreateTenantAsync();
        var store = await CreateStoreAsync(tenant);
        var made = (await CreateAsync(tenant, store, Secret("a"), Secret("b"), Secret("c"))).Result;

        var answer = await tenant.SendAsync(
            HttpMethod.Delete, $"{Stores}/{store}/secrets", body.Replace("{0}", Text(made[0], "id"), StringComparison.Ordinal).Replace("{1}", Text(made[1], "id"), StringComparison.Ordinal));

        Assert.Equal(202, answer.Status);
        Assert.Equal("c", Text(Assert.Single((await tenant.GetAsync($"{Stores}/{store}/secrets")).Result.EnumerateArray()), "name"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"ids":[]}""")]
    [InlineData("""{"ids":[7]}""")]
    [InlineData("""{"ids":"all"}""")]
    public async Task Secrets_DeletedInBulkWithoutIds_StayWhereTheyAre(string? body)
    {
        var tenant = await host.CreateTenantAsync();
        var store = await CreateStoreAsync(tenant);
        await CreateAsync(tenant, store, Secret("a"));

        AssertSymbol(await tenant.SendAsync(HttpMethod.Delete, $"{Stores}/{store}/secrets", body), 400, 1001, "invalid_json_body");
        Assert.Equal((100, 1), await QuotaAsync(tenant));
    }

    [Fact]
    public async Task Secrets_DeletedInBulkWithAnUnknownId_StayWhereTheyAre()
    {
        var tenant = await host.CreateTenantAsync();
        var store = await CreateStoreAsync(tenant);
        var id = Text((await CreateAsync(tenant, store, Secret("a"))).Result[0], "id");

        AssertSymbol(await tenant.SendAsync(HttpMethod.Delete, $"{Stores}/{store}/secrets", $$"""{"ids":["{{id}}","{{new string('0', 32)}}"]}"""), 404, 1001, "secret_not_found");
        Assert.Equal((100, 1), await QuotaAsync(tenant));
    }

    [Fact]
    public async Task Store_OfAnotherAccount_IsNowhere()
    {
        var (owner, stranger) = (await host.CreateTenantAsync(), await host.CreateTenantAsync());
        var store = await CreateStoreAsync(owner);
        var id = Text((await CreateAsync(owner, store, Secret("a"))).Result[0], "id");
        var own = await CreateStoreAsync(stranger);

        AssertSymbol(await stranger.GetAsync($"{Stores}/{store}"), 404, 1001, "store_not_found");
        AssertSymbol(await stranger.GetAsync($"{Stores}/{store}/secrets"), 404, 1001, "store_not_found");
        AssertSymbol(await stranger.GetAsync($"{Stores}/{store}/secrets/{id}"), 404, 1001, "store_not_found");
        AssertSymbol(await stranger.GetAsync($"{Stores}/{own}/secrets/{id}"), 404, 1001, "secret_not_found");
        AssertSymbol(await stranger.SendAsync(HttpMethod.Patch, $"{Stores}/{own}/secrets/{id}", """{"value":"stolen"}"""), 404, 1001, "secret_not_found");
        AssertSymbol(await stranger.SendAsync(HttpMethod.Post, $"{Stores}/{own}/secrets/{id}/duplicate", """{"name":"b","scopes":["workers"]}"""), 404, 1001, "secret_not_found");
        AssertSymbol(await stranger.SendAsync(HttpMethod.Delete, $"{Stores}/{own}/secrets/{id}"), 404, 1001, "secret_not_found");
        AssertSymbol(await stranger.SendAsync(HttpMethod.Delete, $"{Stores}/{own}/secrets", $$"""["{{id}}"]"""), 404, 1001, "secret_not_found");
        AssertSymbol(await stranger.SendAsync(HttpMethod.Delete, $"{Stores}/{store}?force=true"), 404, 1001, "store_not_found");
        Assert.Equal((100, 1), await QuotaAsync(owner));
        Assert.Equal((100, 0), await QuotaAsync(stranger));
    }

    internal static async Task<string> CreateStoreAsync(Tenant tenant) =>
        Text((await tenant.SendAsync(HttpMethod.Post, Stores, """{"name":"default_secrets_store"}""")).AssertSuccess().Result, "id");

    internal static Task<Answer> CreateAsync(Tenant tenant, string store, params string[] secrets) =>
        tenant.SendAsync(HttpMethod.Post, $"{Stores}/{store}/secrets", $"[{string.Join(',', secrets)}]");

    internal static string Secret(string name, string? value = null, string scopes = """["ai_gateway"]""", string? comment = null) =>
        $$"""{"name":"{{name}}","value":"{{value ?? "value-of-" + name}}","scopes":{{scopes}}{{(comment is null ? "" : $",\"comment\":{comment}")}}}""";

    internal static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    internal static void AssertSymbol(Answer answer, int status, int code, string symbol)
    {
        answer.AssertFailure(status, code);
        Assert.Equal(symbol, Symbol(answer));
    }

    private static string Symbol(Answer answer) => Text(answer.Body.GetProperty("errors")[0], "message");

    private static async Task<(int Quota, int Usage)> QuotaAsync(Tenant tenant)
    {
        var secrets = (await tenant.GetAsync("secrets_store/quota")).AssertSuccess().Result.GetProperty("secrets");
        return (secrets.GetProperty("quota").GetInt32(), secrets.GetProperty("usage").GetInt32());
    }
}
