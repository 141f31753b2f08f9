using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Authentication;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GatewayActors.Grains.Tests.Accounts;

/// <summary>Several fronts, each with its own memory of tokens, over one cluster.</summary>
[Collection(typeof(ClusterTests))]
public sealed class RevocationTests(ClusterFixture fixture)
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(1);

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData("delete")]
    [InlineData("disable")]
    [InlineData("roll")]
    public async Task Change_OfATokenThatEveryFrontHolds_HoldsOnEachWithinTheSecond(string change)
    {
        var id = await fixture.CreateAccountAsync();
        var account = fixture.Account(id);
        var value = TokenValue.Create(id);
        var token = (await account.CreateTokenAsync(Tokens.Definition(), TokenValue.Hash(value), _cancelled))!;
        var fronts = fixture.Doors.Select(door => new TokenVerifier(door, new OperatorToken("operator-token"), _clock)).ToArray();
        foreach (var front in fronts)
        {
            Assert.NotNull(await front.VerifyAsync(value, client: null, _cancelled));
        }

        _clock.Advance(Promised / 2);
        await (change switch
        {
            "delete" => account.DeleteTokenAsync(token.Id, _cancelled),
            "disable" => account.UpdateTokenAsync(token.Id, Tokens.Definition() with { Disabled = true }, _cancelled),
            _ => (Task)account.RollTokenAsync(token.Id, "another", _cancelled),
        });

        // The longest memory is that of an answer which came just before the change.
        _clock.Advance(Promised);
        foreach (var front in fronts)
        {
            Assert.Null(await front.VerifyAsync(value, client: null, _cancelled));
        }
    }

    [Fact]
    public async Task Change_AnswerCameJustBeforeIt_IsTrustedForLessThanTheSecond()
    {
        var id = await fixture.CreateAccountAsync();
        var value = TokenValue.Create(id);
        var token = (await fixture.Account(id).CreateTokenAsync(Tokens.Definition(), TokenValue.Hash(value), _cancelled))!;
        var fronts = fixture.Doors.Select(door => new TokenVerifier(door, new OperatorToken("operator-token"), _clock)).ToArray();
        foreach (var front in fronts)
        {
            Assert.NotNull(await front.VerifyAsync(value, client: null, _cancelled));
        }

        await fixture.Account(id).DeleteTokenAsync(token.Id, _cancelled);
        _clock.Advance(TokenVerifier.Trusted - TimeSpan.FromMilliseconds(1));
        foreach (var front in fronts)
        {
            Assert.NotNull(await front.VerifyAsync(value, client: null, _cancelled)); // Remembered: this is what the promise is about.
        }

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        foreach (var front in fronts)
        {
            Assert.Null(await front.VerifyAsync(value, client: null, _cancelled));
        }
    }
}
