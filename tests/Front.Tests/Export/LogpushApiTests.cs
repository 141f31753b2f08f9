using System.Text.Json;
using GatewayActors.Front.Secrets;
using GatewayActors.Front.Tests.Management;
using Xunit;

namespace GatewayActors.Front.Tests.Export;

[Collection(typeof(AdminTests))]
public sealed class LogpushApiTests(AdminHost host)
{
    private const string Jobs = "logpush/jobs";
    private const string Destination = "https://logs.example.com/in?header_Authorization=Basic%20YTpi";

    [Fact]
    public async Task Jobs_CreatedChangedAndDeleted_AreAsTheSdkExpects()
    {
        var tenant = await host.CreateTenantAsync();

        var created = (await tenant.SendAsync(HttpMethod.Post, Jobs, $$"""{"name":"a","dataset":"ai_gateway_events","destination_conf":"{{Destination}}","enabled":true,"max_upload_records":1000}""")).AssertSuccess().Result;

        Assert.Equal(
            """{"id":1,"dataset":"ai_gateway_events","destination_conf":"https://logs.example.com/in?header_Authorization=REDACTED","enabled":true,"name":"a","kind":"","max_upload_records":1000,"last_complete":null,"last_error":null,"error_message":null}""",
            created.GetRawText());
        Assert.Equal(created.GetRawText(), (await tenant.GetAsync($"{Jobs}/1")).AssertSuccess().Result.GetRawText());
        Assert.Equal(1, (await tenant.GetAsync(Jobs)).AssertSuccess().Result.GetArrayLength());

        var changed = (await tenant.SendAsync(HttpMethod.Put, $"{Jobs}/1", """{"enabled":false}""")).AssertSuccess().Result;
        Assert.Equal((false, "a"), (changed.GetProperty("enabled").GetBoolean(), changed.GetProperty("name").GetString()));
        Assert.Equal(1, (await tenant.SendAsync(HttpMethod.Delete, $"{Jobs}/1")).AssertSuccess().Result.GetProperty("id").GetInt32());
        (await tenant.GetAsync($"{Jobs}/1")).AssertFailure(404, 7002);
        Assert.Equal(2, (await CreateAsync(tenant)).GetProperty("id").GetInt32()); // Ids are not used again.
    }

    [Fact]
    public async Task Update_WithTheDestinationAsItWasShown_KeepsItsSecrets()
    {
        var tenant = await host.CreateTenantAsync();
        var shown = (await CreateAsync(tenant)).GetProperty("destination_conf").GetString();

        (await tenant.SendAsync(HttpMethod.Put, $"{Jobs}/1", $$"""{"destination_conf":"{{shown}}"}""")).AssertSuccess();

        var jobs = await host.Grains.GetGrain<Abstractions.Logpush.ILogpushGrain>(tenant.AccountId).ListAsync(TestContext.Current.CancellationToken);
        var stored = Assert.Single(jobs).Definition.Destination;
        Assert.DoesNotContain("YTpi", stored, StringComparison.Ordinal);
        Assert.Equal(Destination, host.Sealer.OpenText(tenant.AccountId, stored));
        Assert.Null(host.Sealer.OpenText("another-account", stored));
    }

    [Fact]
    public async Task Options_SetReplacedAndCleared_AreAnsweredAsTheyWereSet()
    {
        const string Filter = """{\"where\":{\"and\":[{\"key\":\"StatusCode\",\"operator\":\"geq\",\"value\":400}]}}""";
        const string Output = """{"field_names":["Model","StatusCode"],"output_type":"csv","timestamp_format":"unix","sample_rate":0.5,"batch_prefix":"a","record_delimiter":"","CVE-2021-44228":true}""";
        var tenant = await host.CreateTenantAsync();
        await CreateAsync(tenant);

        var set = (await tenant.SendAsync(HttpMethod.Put, $"{Jobs}/1", $$"""{"filter":"{{Filter}}","output_options":{{Output}}}""")).AssertSuccess().Result;
        Assert.Equal(Output, set.GetProperty("output_options").GetRawText());
        Assert.Equal(Filter.Replace("\\", "", StringComparison.Ordinal), set.GetProperty("filter").GetString());

        var kept = (await tenant.SendAsync(HttpMethod.Put, $"{Jobs}/1", """{"name":"n"}""")).AssertSuccess().Result;
        Assert.Equal((Output, set.GetProperty("filter").GetString()), (kept.GetProperty("output_options").GetRawText(), kept.GetProperty("filter").GetString()));

        var replaced = (await tenant.SendAsync(HttpMethod.Put, $"{Jobs}/1", """{"filter":"","output_options":{"output_type":"ndjson"}}""")).AssertSuccess().Result;
        Assert.Equal("""{"output_type":"ndjson"}""", replaced.GetProperty("output_options").GetRawText());
        Assert.False(replaced.TryGetProperty("filter", out _));

        var cleared = (await tenant.SendAsync(HttpMethod.Put, $"{Jobs}/1", """{"output_options":null}""")).AssertSuccess().Result;
        Assert.False(cleared.TryGetProperty("output_options", out _));
    }

    [Fact]
    public async Task Create_AFifthJob_IsRefused()
    {
        var tenant = await host.CreateTenantAsync();
        for (var number = 0; number < 4; number++)
        {
            await CreateAsync(tenant);
        }

        (await tenant.SendAsync(HttpMethod.Post, Jobs, Body)).AssertFailure(400, 7001);
    }

    [Theory]
    [InlineData("""{"destination_conf":"https://logs.example.com/"}""", "dataset")]
    [InlineData("""{"dataset":"http_requests","destination_conf":"https://logs.example.com/"}""", "dataset")]
    [InlineData("""{"dataset":"ai_gateway_events"}""", "destination_conf")]
    [InlineData("""{"dataset":"ai_gateway_events","destination_conf":"https://10.0.0.1/"}""", "destination_conf")]
    [InlineData("""{"dataset":"ai_gateway_events","destination_conf":"https://logs.example.com/","filter":"{}"}""", "filter")]
    [InlineData("""{"dataset":"ai_gateway_events","destination_conf":"https://logs.example.com/","output_options":3}""", "output_options")]
    [InlineData("""{"dataset":"ai_gateway_events","destination_conf":"https://logs.example.com/","filter":"{\"where\":{\"key\":\"None\",\"operator\":\"eq\",\"value\":1}}"}""", "filter")]
    [InlineData("""{"dataset":"ai_gateway_events","destination_conf":"https://logs.example.com/","filter":{"where":{}}}""", "filter")]
    [InlineData("""{"dataset":"ai_gateway_events","destination_conf":"https://logs.example.com/","output_options":{"output_type":"xml"}}""", "output_options.output_type")]
    [InlineData("""{"dataset":"ai_gateway_events","destination_conf":"https://logs.example.com/","output_options":{"field_names":["ClientIP"]}}""", "output_options.field_names")]
    [InlineData("""{"dataset":"ai_gateway_events","destination_conf":"https://logs.example.com/","output_options":{"field_names":["Model","Model"]}}""", "output_options.field_names")]
    [InlineData("""{"dataset":"ai_gateway_events","destination_conf":"https://logs.example.com/","output_options":{"sample_rate":1.1}}""", "output_options.sample_rate")]
    [InlineData("""{"dataset":"ai_gateway_events","destination_conf":"https://logs.example.com/","output_options":{"timestamp_format":"iso"}}""", "output_options.timestamp_format")]
    [InlineData("""{"dataset":"ai_gateway_events","destination_conf":"https://logs.example.com/","output_options":{"record_template":"{{.None}}"}}""", "output_options.record_template")]
    [InlineData("""{"dataset":"ai_gateway_events","destination_conf":"https://logs.example.com/","output_options":{"merge_subrequests":true}}""", "output_options.merge_subrequests")]
    [InlineData("""{"dataset":"ai_gateway_events","destination_conf":"https://logs.example.com/","output_options":{"CVE-2021-44228":"yes"}}""", "output_options.CVE-2021-44228")]
    [InlineData("""{"dataset":"ai_gateway_events","destination_conf":"https://logs.example.com/","output_options":{"colour":"red"}}""", "output_options.colour")]
    [InlineData("""{"dataset":"ai_gateway_events","destination_conf":"https://logs.example.com/","max_upload_records":"x"}""", "max_upload_records")]
    public async Task Create_BadField_IsNamed(string body, string field)
    {
        var answer = await (await host.CreateTenantAsync()).SendAsync(HttpMethod.Post, Jobs, body);

        answer.AssertFailure(400, 7001);
        Assert.StartsWith($"body.{field}: ", Assert.Single(answer.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_OfOneAccount_AreNotAnothers()
    {
        var (owner, stranger) = (await host.CreateTenantAsync(), await host.CreateTenantAsync());
        await CreateAsync(owner);

        Assert.Equal(0, (await stranger.GetAsync(Jobs)).AssertSuccess().Result.GetArrayLength());
        (await stranger.GetAsync($"{Jobs}/1")).AssertFailure(404, 7002);
        (await stranger.SendAsync(HttpMethod.Put, $"{Jobs}/1", "{}")).AssertFailure(404, 7002);
        (await stranger.SendAsync(HttpMethod.Delete, $"{Jobs}/1")).AssertFailure(404, 7002);
        (await host.SendAsync(HttpMethod.Get, $"accounts/{owner.AccountId}/{Jobs}", stranger.Token)).AssertFailure(403, 10000);
    }

    private static string Body => $$"""{"dataset":"ai_gateway_events","destination_conf":"{{Destination}}","enabled":true}""";

    private static async Task<JsonElement> CreateAsync(Tenant tenant) => (await tenant.SendAsync(HttpMethod.Post, Jobs, Body)).AssertSuccess().Result;
}
