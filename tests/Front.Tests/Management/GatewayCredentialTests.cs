using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Management.Gateways;
using GatewayActors.Front.Secrets;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

/// <summary>Credentials within a gateway's configuration: grains have them sealed, clients see what they have sent.</summary>
[Collection(typeof(AdminTests))]
public sealed class GatewayCredentialTests(AdminHost host)
{
    private const string Path = "ai-gateway/gateways";
    private const string Otel = """[{"url":"https://otel.example.com/v1?key=of-url","headers":{"X-Key":"of-header"},"authorization":"Bearer of-auth","content_type":"json"}]""";
    private const string Stripe = """{"authorization":"Bearer of-stripe","usage_events":[{"payload":"p"}]}""";

    private static readonly string[] Credentials = ["of-url", "of-header", "of-auth", "of-stripe"];

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Credentials_OfANewGateway_AreSealedInTheGrainAndOpenInTheAnswer()
    {
        var tenant = await host.CreateTenantAsync();

        var created = (await tenant.SendAsync(HttpMethod.Post, Path, Bodies.Gateway("g", $",\"otel\":{Otel},\"stripe\":{Stripe}"))).AssertSuccess().Result;

        Assert.Equal((Otel, Stripe), (created.GetProperty("otel").GetRawText(), created.GetProperty("stripe").GetRawText()));
        Assert.Equal(created.GetRawText(), (await tenant.GetAsync($"{Path}/g")).AssertSuccess().Result.GetRawText());
        Assert.Equal(created.GetRawText(), (await tenant.GetAsync(Path)).AssertSuccess().Result[0].GetRawText());
        var stored = (await StoredAsync(tenant)).Configuration;
        var texts = Texts(stored);
        Assert.Equal(4, texts.Length);
        Assert.All(texts, text => Assert.True(SealedTexts.IsSealed(text)));
        Assert.All(texts, text => Assert.Null(host.Sealer.OpenText("another-account", text)));
        Assert.All(Credentials, credential => Assert.DoesNotContain(texts, text => text.Contains(credential, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Update_ThatChangesNoCredential_ChangesNothingThatIsSealed()
    {
        var tenant = await host.CreateTenantAsync();
        (await tenant.SendAsync(HttpMethod.Post, Path, Bodies.Gateway("g", $",\"otel\":{Otel},\"stripe\":{Stripe}"))).AssertSuccess();
        var before = Texts((await StoredAsync(tenant)).Configuration);

        (await tenant.SendAsync(HttpMethod.Put, $"{Path}/g", Bodies.Gateway("g"))).AssertSuccess();
        Assert.Equal(before, Texts((await StoredAsync(tenant)).Configuration));

        (await tenant.SendAsync(HttpMethod.Put, $"{Path}/g", Bodies.Gateway("g", $",\"otel\":{Otel.Replace("of-header", "of-another", StringComparison.Ordinal)}"))).AssertSuccess();
        var after = Texts((await StoredAsync(tenant)).Configuration);
        Assert.Equal(3, before.Intersect(after).Count());
        Assert.Contains(after, text => host.Sealer.OpenText(tenant.AccountId, text) == "of-another");
    }

    [Fact]
    public async Task Credentials_StoredInTheClear_AreReadAndSealedWithTheNextUpdate()
    {
        var tenant = await host.CreateTenantAsync();
        var clear = new GatewayConfiguration
        {
            CacheInvalidateOnUpdate = false,
            CacheTtl = 0,
            CollectLogs = true,
            RateLimitingInterval = 0,
            RateLimitingLimit = 0,
            Otel = [new() { Url = "https://otel.example.com/v1?key=of-url", Headers = new Dictionary<string, string> { ["X-Key"] = "of-header" }, Authorization = "of-auth" }],
        };
        await Gateway(tenant).CreateAsync(clear, _cancelled);

        var shown = (await tenant.GetAsync($"{Path}/g")).AssertSuccess().Result.GetProperty("otel")[0];
        Assert.Equal("of-header", shown.GetProperty("headers").GetProperty("X-Key").GetString());

        (await tenant.SendAsync(HttpMethod.Put, $"{Path}/g", Bodies.Gateway("g"))).AssertSuccess();
        var texts = Texts((await StoredAsync(tenant)).Configuration);
        Assert.All(texts, text => Assert.True(SealedTexts.IsSealed(text)));
        Assert.Equal("of-header", (await tenant.GetAsync($"{Path}/g")).AssertSuccess().Result.GetProperty("otel")[0].GetProperty("headers").GetProperty("X-Key").GetString());
    }

    [Fact]
    public async Task Credentials_WhoseKeyIsGone_StaySealedWhenTheyAreSentBack()
    {
        var tenant = await host.CreateTenantAsync();
        var lost = host.Sealer.SealText("another-account", "of-header");
        await Gateway(tenant).CreateAsync(
            new()
            {
                CacheInvalidateOnUpdate = false,
                CacheTtl = 0,
                CollectLogs = true,
                RateLimitingInterval = 0,
                RateLimitingLimit = 0,
                Otel = [new() { Url = "https://otel.example.com/v1", Headers = new Dictionary<string, string> { ["X-Key"] = lost } }],
            },
            _cancelled);

        var shown = (await tenant.GetAsync($"{Path}/g")).AssertSuccess().Result.GetProperty("otel").GetRawText();
        (await tenant.SendAsync(HttpMethod.Put, $"{Path}/g", Bodies.Gateway("g", $",\"otel\":{shown}"))).AssertSuccess();

        Assert.Equal(lost, (await StoredAsync(tenant)).Configuration.Otel![0].Headers["X-Key"]);
    }

    [Fact]
    public async Task Credential_ThatLooksSealed_IsSealedLikeAnyOther()
    {
        var tenant = await host.CreateTenantAsync();
        var body = Bodies.Gateway("g", ""","otel":[{"url":"https://otel.example.com","headers":{"X-Key":"sealed:v1:AAAA"}}]""");

        var created = (await tenant.SendAsync(HttpMethod.Post, Path, body)).AssertSuccess().Result;

        Assert.Equal("sealed:v1:AAAA", created.GetProperty("otel")[0].GetProperty("headers").GetProperty("X-Key").GetString());
        Assert.Equal("sealed:v1:AAAA", host.Sealer.OpenText(tenant.AccountId, (await StoredAsync(tenant)).Configuration.Otel![0].Headers["X-Key"]));
    }

    private static string[] Texts(GatewayConfiguration configuration) =>
    [
        .. (configuration.Otel ?? []).SelectMany(exporter => exporter.Headers.Values.Append(exporter.Url).Append(exporter.Authorization ?? "")).Where(text => text.Length > 0),
        .. configuration.Stripe is { } stripe ? [stripe.Authorization] : Array.Empty<string>(),
    ];

    private async Task<GatewayRecord> StoredAsync(Tenant tenant) => (await Gateway(tenant).GetAsync(_cancelled))!;

    private IGatewayGrain Gateway(Tenant tenant) => host.Grains.GetGrain<IGatewayGrain>(GrainKeys.Gateway(tenant.AccountId, "g"));
}
