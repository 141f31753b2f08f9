using GatewayActors.Front.Dlp.Detection;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

[Collection(typeof(AdminTests))]
public sealed class DlpProfileApiTests(AdminHost host)
{
    private const string Profiles = "dlp/profiles";
    private const string Custom = $"{Profiles}/custom";

    private static string Card => BuiltInProfile.All[0].Entries.First(entry => entry.Name.StartsWith("Visa", StringComparison.Ordinal)).Id.ToString("D");

    [Fact]
    public async Task List_OfANewAccount_HasTheBuiltInProfiles()
    {
        var listed = (await (await host.CreateTenantAsync()).GetAsync(Profiles)).AssertSuccess().Result;

        Assert.Equal(
            ["Financial Information", "Personally Identifiable Information", "Government Identifiers", "Healthcare Information", "Credentials and Secrets"],
            listed.EnumerateArray().Select(profile => profile.GetProperty("name").GetString()));
        Assert.Equal(
            """{"id":"0d1b0002-0000-4000-8000-000000000000","name":"Personally Identifiable Information","type":"predefined","allowed_match_count":0,"confidence_threshold":"low","context_awareness":{"enabled":false,"skip":{"files":false}},"ocr_enabled":false,"ai_context_enabled":false,"open_access":true,"entries":[{"id":"0d1b0002-0000-4000-8000-000000000001","name":"E-mail address","type":"predefined","enabled":true,"profile_id":"0d1b0002-0000-4000-8000-000000000000","confidence":{"available":false,"ai_context_available":false}},""",
            listed[1].GetRawText()[..520]);
        Assert.Equal(["E-mail address", "Phone number", "Date of birth"], listed[1].GetProperty("entries").EnumerateArray().Where(entry => entry.GetProperty("enabled").GetBoolean()).Select(entry => entry.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Custom_CreatedChangedAndDeleted_AreAsTheSdkExpects()
    {
        var tenant = await host.CreateTenantAsync();

        var created = (await tenant.SendAsync(HttpMethod.Post, Custom, $$$"""
            {"name":"Projects","description":"d","allowed_match_count":1,"confidence_threshold":"high","entries":[
              {"name":"code","enabled":true,"pattern":{"regex":"PRJ-[0-9]{4}"}},{"name":"card","enabled":false,"pattern":{"regex":"[0-9]{13,16}","validation":"luhn"}},
              {"name":"names","enabled":true,"words":["Blue Moon","Red Sun"]}],
             "shared_entries":[{"entry_id":"{{{Card}}}","enabled":true}],"ocr_enabled":false}
            """)).AssertSuccess().Result;

        var id = created.GetProperty("id").GetString()!;
        Assert.Equal(("custom", 1, "high"), (created.GetProperty("type").GetString(), created.GetProperty("allowed_match_count").GetInt32(), created.GetProperty("confidence_threshold").GetString()));
        var entries = created.GetProperty("entries");
        Assert.Equal(["custom", "custom", "word_list"], entries.EnumerateArray().Select(entry => entry.GetProperty("type").GetString()));
        Assert.Equal("""{"regex":"[0-9]{13,16}","validation":"luhn"}""", entries[1].GetProperty("pattern").GetRawText());
        Assert.Equal(Card, created.GetProperty("shared_entries")[0].GetProperty("id").GetString());
        Assert.Equal(created.GetRawText(), (await tenant.GetAsync($"{Custom}/{id}")).AssertSuccess().Result.GetRawText());
        Assert.Equal(created.GetRawText(), (await tenant.GetAsync($"{Profiles}/{id}")).AssertSuccess().Result.GetRawText());

        // What an update leaves out stays; an entry with its id keeps it.
        var renamed = (await tenant.SendAsync(HttpMethod.Put, $"{Custom}/{id}", """{"name":"Renamed"}""")).AssertSuccess().Result;
        Assert.Equal(("Renamed", 3, "d"), (renamed.GetProperty("name").GetString(), renamed.GetProperty("entries").GetArrayLength(), renamed.GetProperty("description").GetString()));
        var entryId = entries[0].GetProperty("id").GetString();
        var changed = (await tenant.SendAsync(HttpMethod.Put, $"{Custom}/{id}", $$$"""{"name":"Renamed","entries":[{"entry_id":"{{{entryId}}}","name":"code","enabled":true,"pattern":{"regex":"PRJ-[0-9]{5}"}}]}""")).AssertSuccess().Result;
        Assert.Equal(entryId, Assert.Single(changed.GetProperty("entries").EnumerateArray()).GetProperty("id").GetString());

        Assert.Equal(1, (await tenant.GetAsync("dlp/limits")).AssertSuccess().Result.GetProperty("used_custom_regex_entries").GetInt32());
        (await tenant.SendAsync(HttpMethod.Delete, $"{Custom}/{id}")).AssertSuccess();
        (await tenant.GetAsync($"{Custom}/{id}")).AssertFailure(404, 7002);
    }

    [Theory]
    [InlineData("{}", "body.name: Required")]
    [InlineData("""{"name":""}""", "body.name: String must contain at least 1 character(s)")]
    [InlineData("""{"name":"x","entries":{}}""", "body.entries: Expected array, received object")]
    [InlineData("""{"name":"x","entries":[{"name":"a","enabled":true}]}""", "body.entries.0.pattern: Required")]
    [InlineData("""{"name":"x","entries":[{"name":"a","enabled":true,"pattern":{"regex":"a+"}}]}""", "body.entries.0.pattern.regex: Invalid regex: a match must have a bounded length: in place of '*' and '+' write a range such as {1,100}")]
    [InlineData("""{"name":"x","entries":[{"name":"a","enabled":true,"pattern":{"regex":"("}}]}""", "body.entries.0.pattern.regex: Invalid regex: this is not a regular expression")]
    [InlineData("""{"name":"x","entries":[{"name":"a","enabled":true,"pattern":{"regex":"a","validation":"mod97"}}]}""", "body.entries.0.pattern.validation: Invalid enum value. Expected 'luhn'")]
    [InlineData("""{"name":"x","entries":[{"name":"a","enabled":true,"words":["a"]}]}""", "body.entries.0.words: A word must have at least 2 characters")]
    [InlineData("""{"name":"x","shared_entries":[{"entry_id":"0d1b0009-0000-4000-8000-000000000001","enabled":true}]}""", "body.shared_entries.0.entry_id: There is no built-in entry of this id")]
    [InlineData("""{"name":"x","confidence_threshold":"some"}""", "body.confidence_threshold: Invalid enum value. Expected 'low' | 'medium' | 'high' | 'very_high', received 'some'")]
    [InlineData("""{"name":"x","ocr_enabled":true}""", "body.ocr_enabled: ocr_enabled is not supported")]
    [InlineData("""{"name":"x","data_tags":["a"]}""", "body.data_tags: data_tags is not supported")]
    public async Task Create_BadField_IsNamed(string body, string error)
    {
        var answer = await (await host.CreateTenantAsync()).SendAsync(HttpMethod.Post, Custom, body);

        answer.AssertFailure(400, 7001);
        Assert.Equal(error, Assert.Single(answer.Errors));
    }

    [Fact]
    public async Task Create_NameTaken_IsRefused()
    {
        var tenant = await host.CreateTenantAsync();
        (await tenant.SendAsync(HttpMethod.Post, Custom, """{"name":"Same"}""")).AssertSuccess();

        var answer = await tenant.SendAsync(HttpMethod.Post, Custom, """{"name":"same"}""");

        answer.AssertFailure(400, 7001);
        Assert.Equal("body.name: A profile with this name already exists", Assert.Single(answer.Errors));
    }

    [Fact]
    public async Task Predefined_EntriesAreSwitched_AndPutBack()
    {
        var tenant = await host.CreateTenantAsync();
        var profile = $"{Profiles}/predefined/{BuiltInProfile.All[0].Id}";

        var set = (await tenant.SendAsync(HttpMethod.Put, $"{profile}/config", $$"""{"enabled_entries":["{{Card}}"],"allowed_match_count":3}""")).AssertSuccess().Result;
        Assert.Equal(Card, Assert.Single(set.GetProperty("enabled_entries").EnumerateArray()).GetString());
        var switched = (await tenant.SendAsync(HttpMethod.Put, $"{profile}/config", $$"""{"entries":[{"id":"{{Card}}","enabled":false}]}""")).AssertSuccess().Result;
        Assert.Equal((0, 3), (switched.GetProperty("enabled_entries").GetArrayLength(), switched.GetProperty("allowed_match_count").GetInt32()));
        Assert.Equal(switched.GetRawText(), (await tenant.GetAsync($"{profile}/config")).AssertSuccess().Result.GetRawText());

        (await tenant.SendAsync(HttpMethod.Delete, profile)).AssertSuccess();
        Assert.NotEqual(0, (await tenant.GetAsync($"{profile}/config")).AssertSuccess().Result.GetProperty("enabled_entries").GetArrayLength());

        var wrong = await tenant.SendAsync(HttpMethod.Put, $"{profile}/config", """{"enabled_entries":["x"]}""");
        wrong.AssertFailure(400, 7001);
        Assert.Equal("body.enabled_entries.0: The profile has no entry of this id", Assert.Single(wrong.Errors));
        (await tenant.GetAsync($"{Profiles}/predefined/{Guid.Empty}/config")).AssertFailure(404, 7002);
    }

    [Theory]
    [InlineData("""{"regex":"a{1,5}"}""", true)]
    [InlineData("""{"regex":"a+"}""", false)]
    [InlineData("""{"regex":"a+","max_match_bytes":null}""", true)]
    [InlineData("""{"regex":"a{1,5}","max_match_bytes":4}""", false)]
    [InlineData("""{"regex":"("}""", false)]
    public async Task Pattern_IsValidated(string body, bool isValid) =>
        Assert.Equal(isValid, (await (await host.CreateTenantAsync()).SendAsync(HttpMethod.Post, "dlp/patterns/validate", body)).AssertSuccess().Result.GetProperty("valid").GetBoolean());

    [Fact]
    public async Task Profiles_OfOneAccount_AreNotAnothers()
    {
        var (owner, stranger) = (await host.CreateTenantAsync(), await host.CreateTenantAsync());
        var id = (await owner.SendAsync(HttpMethod.Post, Custom, """{"name":"x"}""")).AssertSuccess().Result.GetProperty("id").GetString();

        Assert.Equal(5, (await stranger.GetAsync(Profiles)).AssertSuccess().Result.GetArrayLength());
        (await stranger.GetAsync($"{Profiles}/{id}")).AssertFailure(404, 7002);
        (await stranger.GetAsync($"{Custom}/{id}")).AssertFailure(404, 7002);
        (await stranger.SendAsync(HttpMethod.Put, $"{Custom}/{id}", """{"name":"y"}""")).AssertFailure(404, 7002);
        (await stranger.SendAsync(HttpMethod.Delete, $"{Custom}/{id}")).AssertFailure(404, 7002);
        (await host.SendAsync(HttpMethod.Get, $"accounts/{owner.AccountId}/{Profiles}", stranger.Token)).AssertFailure(403, 10000);
        var gateway = await stranger.SendAsync(HttpMethod.Post, "ai-gateway/gateways", Bodies.Gateway("main", $$$""","dlp":{"enabled":true,"action":"BLOCK","profiles":["{{{id}}}"]}"""));
        gateway.AssertFailure(400, 7001);
    }

    [Fact]
    public async Task Gateway_WithUnknownProfile_IsRefusedAndNamesIt()
    {
        var answer = await (await host.CreateTenantAsync()).SendAsync(HttpMethod.Post, "ai-gateway/gateways", Bodies.Gateway(
            "main", $$$""","dlp":{"enabled":true,"policies":[{"id":"p","action":"BLOCK","check":["REQUEST"],"enabled":true,"profiles":["{{{BuiltInProfile.All[0].Id}}}","nope"]}]}"""));

        answer.AssertFailure(400, 7001);
        Assert.Equal("body.dlp.policies.0.profiles.1: The account has no DLP profile 'nope'", Assert.Single(answer.Errors));
    }

    [Fact]
    public async Task Delete_OfAProfileThatAGatewayUses_IsRefused()
    {
        var tenant = await host.CreateTenantAsync();
        var id = (await tenant.SendAsync(HttpMethod.Post, Custom, """{"name":"x"}""")).AssertSuccess().Result.GetProperty("id").GetString();
        (await tenant.SendAsync(HttpMethod.Post, "ai-gateway/gateways", Bodies.Gateway("main", $$$""","dlp":{"enabled":true,"action":"BLOCK","profiles":["{{{id}}}"]}"""))).AssertSuccess();

        var refused = await tenant.SendAsync(HttpMethod.Delete, $"{Custom}/{id}");
        refused.AssertFailure(400, 7001);
        Assert.Contains("main", refused.Text, StringComparison.Ordinal);

        (await tenant.SendAsync(HttpMethod.Put, "ai-gateway/gateways/main", Bodies.Gateway("main", ""","dlp":null"""))).AssertSuccess();
        (await tenant.SendAsync(HttpMethod.Delete, $"{Custom}/{id}")).AssertSuccess();
    }
}
