using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.Billing;

/// <summary>Exchanges with the operator's credentials are paid by their account; those with keys of their own never.</summary>
public sealed class CreditTests
{
    private const decimal CostOfCompletion = 0.00021m; // 1,000 tokens in and 100 out of gpt-4o-mini.

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Exchange_WithCredits_IsCharged()
    {
        await using var host = await StartAsync(credits: true, usd: 1);

        Assert.Equal(200, (await SendAsync(host)).Status);

        Assert.Equal(CostOfCompletion, (await Credits(host).Charges.ReadAsync(_cancelled)).Usd);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Exchange_WithoutCredits_IsRefusedBeforeItsUpstream(int usd)
    {
        await using var host = await StartAsync(credits: true, usd);

        (await SendAsync(host)).AssertError(402, 2021);

        Assert.Empty(host.Script.Requests);
        Assert.False(Credits(host).Charges.TryRead(out _));
    }

    [Fact]
    public async Task Exchange_WithAKeyOfItsOwn_NeedsNone()
    {
        await using var host = await StartAsync(credits: true, usd: 0);

        Assert.Equal(200, (await SendAsync(host, ("authorization", "Bearer sk-own-key"))).Status);

        Assert.Equal(0, Credits(host).Asked);
        Assert.False(Credits(host).Charges.TryRead(out _));
    }

    [Fact]
    public async Task Exchange_WhereCreditsAreOff_IsFree()
    {
        await using var host = await StartAsync(credits: false, usd: 0);

        Assert.Equal(200, (await SendAsync(host)).Status);

        Assert.Equal(0, Credits(host).Asked);
        Assert.False(Credits(host).Charges.TryRead(out _));
    }

    [Fact]
    public async Task Charge_CostThatTheClientNames_IsNotWhatItPays()
    {
        await using var host = await StartAsync(credits: true, usd: 1);

        Assert.Equal(200, (await SendAsync(host, ("cf-aig-custom-cost", """{"total_cost":0}"""))).Status);

        Assert.Equal(CostOfCompletion, (await Credits(host).Charges.ReadAsync(_cancelled)).Usd);
    }

    [Fact]
    public async Task Exchange_OfAnotherAccount_IsNotPaidByThisOne()
    {
        const string other = "fedcba9876543210fedcba9876543210";
        await using var host = await StartAsync(credits: true, usd: 1);
        host.Gateways[Abstractions.GrainKeys.Gateway(other, "main")].Set(DataPlaneHost.Configuration());

        var answer = await host.SendToAsync(
            HttpMethod.Post, $"/v1/{other}/main/openai/chat/completions", new ByteArrayContent(Bodies.Chat), ("cf-aig-authorization", "Bearer " + host.Tokens.Add(other)));

        answer.AssertError(402, 2021);
        Assert.Equal(0, Credits(host).Asked);
    }

    [Fact]
    public async Task Charge_ThatFails_IsRepeatedWithItsId()
    {
        await using var host = await StartAsync(credits: true, usd: 1);
        Credits(host).Failure = new TimeoutException();

        await SendAsync(host);

        var first = await Credits(host).Charges.ReadAsync(_cancelled);
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(first, await Credits(host).Charges.ReadAsync(_cancelled));
    }

    private static async Task<DataPlaneHost> StartAsync(bool credits, decimal usd)
    {
        var host = await DataPlaneHost.StartAsync(options =>
        {
            options.Providers["openai"].ApiKey = "sk-operator-key";
            options.Billing.Credits = credits;
        });
        host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));
        Credits(host).Usd = usd;
        return host;
    }

    private static FakeCredits Credits(DataPlaneHost host) => host.Gateways.Credits(DataPlaneHost.Account);

    private static Task<FrontAnswer> SendAsync(DataPlaneHost host, params (string Name, string Value)[] headers) => host.SendAsync(
        HttpMethod.Post, "openai/chat/completions", Bodies.Chat, [("content-type", "application/json"), ("cf-aig-authorization", "Bearer " + host.Token), .. headers]);
}
