using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.SingleSignOn;
using Xunit;

namespace GatewayActors.Grains.Tests.SingleSignOn;

/// <summary>Sessions, their codes, and how they end.</summary>
[Collection(typeof(ClusterTests))]
public sealed class PersonGrainTests(ClusterFixture fixture)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly string _key = GrainKeys.Person("corp", Guid.CreateVersion7().ToString("N"));

    private IPersonGrain Person => fixture.Client.GetGrain<IPersonGrain>(_key);

    [Fact]
    public async Task RedeemCode_Right_GivesTheSessionItsToken()
    {
        await StartAsync("1");
        Assert.Null(await Person.FindSessionAsync("value-1", _cancelled));

        var session = await Person.RedeemCodeAsync("code-1", "browser-1", "value-1", _cancelled);

        Assert.Equal("1", session!.Id);
        Assert.Equal(["staff"], session.Claims["groups"]);
        Assert.Equal("1", (await Person.FindSessionAsync("value-1", _cancelled))!.Id);
        Assert.Null(await Person.FindSessionAsync("value-2", _cancelled));
    }

    [Fact]
    public async Task RedeemCode_ByManyAtOnce_IsDoneOnceAndEndsTheSession()
    {
        await StartAsync("1");

        var answers = await Task.WhenAll(fixture.Doors.SelectMany((door, index) =>
            Enumerable.Range(0, 5).Select(call => door.GetGrain<IPersonGrain>(_key).RedeemCodeAsync("code-1", "browser-1", $"value-{index}-{call}", _cancelled))));

        Assert.Single(answers, answer => answer is not null);
        foreach (var door in fixture.Doors.Index())
        {
            Assert.Null(await Person.FindSessionAsync($"value-{door.Index}-0", _cancelled));
        }
    }

    [Theory]
    [InlineData("code-2", "browser-1", true)] // Says nothing about the other one.
    [InlineData("code-1", "browser-2", false)]
    public async Task RedeemCode_Wrong_IsRefused(string code, string browser, bool survives)
    {
        await StartAsync("1");

        Assert.Null(await Person.RedeemCodeAsync(code, browser, "value-1", _cancelled));
        Assert.Equal(survives, await Person.RedeemCodeAsync("code-1", "browser-1", "value-2", _cancelled) is not null);
    }

    [Fact]
    public async Task RedeemCode_TooLate_IsRefused()
    {
        await StartAsync("1", codeLifetime: TimeSpan.Zero);

        Assert.Null(await Person.RedeemCodeAsync("code-1", "browser-1", "value-1", _cancelled));
    }

    [Fact]
    public async Task FindSession_Over_IsNull()
    {
        await StartAsync("1", lifetime: TimeSpan.FromHours(1));
        await Person.RedeemCodeAsync("code-1", "browser-1", "value-1", _cancelled);
        await StartAsync("2", lifetime: TimeSpan.Zero);

        Assert.Null(await Person.RedeemCodeAsync("code-2", "browser-2", "value-2", _cancelled));
        Assert.NotNull(await Person.FindSessionAsync("value-1", _cancelled));
        Assert.Null(await Person.FindSessionAsync("value-2", _cancelled));
    }

    [Fact]
    public async Task EndSession_EndsThatOne()
    {
        foreach (var id in (string[])["1", "2"])
        {
            await StartAsync(id);
            await Person.RedeemCodeAsync($"code-{id}", $"browser-{id}", $"value-{id}", _cancelled);
        }

        Assert.True(await Person.EndSessionAsync("value-1", _cancelled));
        Assert.False(await Person.EndSessionAsync("value-1", _cancelled));
        Assert.Null(await Person.FindSessionAsync("value-1", _cancelled));
        Assert.NotNull(await Person.FindSessionAsync("value-2", _cancelled));

        Assert.Equal(1, await Person.EndAllSessionsAsync(_cancelled));
        Assert.Null(await Person.FindSessionAsync("value-2", _cancelled));
    }

    [Fact]
    public async Task StartSession_TooMany_TheOldestGoes()
    {
        for (var i = 0; i <= 20; i++)
        {
            await StartAsync($"{i}");
            await Person.RedeemCodeAsync($"code-{i}", $"browser-{i}", $"value-{i}", _cancelled);
        }

        Assert.Null(await Person.FindSessionAsync("value-0", _cancelled));
        Assert.NotNull(await Person.FindSessionAsync("value-1", _cancelled));
        Assert.NotNull(await Person.FindSessionAsync("value-20", _cancelled));
    }

    [Fact]
    public void Key_OfAPerson_IsThatOfNobodyElse()
    {
        string[] keys = [GrainKeys.Person("a", "b"), GrainKeys.Person("a", "B"), GrainKeys.Person("b", "b"), GrainKeys.Person("a", "b ")];

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.All(keys, key => Assert.True(Identifiers.IsAccountId(key)));
    }

    [Fact]
    public void TokenValue_OfASession_IsNoneOfAnAccount()
    {
        var value = TokenValue.CreateSession(_key);

        Assert.True(TokenValue.TryParseSession(value, out var key));
        Assert.Equal(_key, key);
        Assert.False(TokenValue.TryParse(value, out _));
        Assert.False(TokenValue.TryParseSession(TokenValue.Create(_key), out _));
        Assert.True(TokenValue.IsOurs(value));
        Assert.False(TokenValue.IsOurs(value[..^1] + "x"));
    }

    private Task StartAsync(string id, TimeSpan? lifetime = null, TimeSpan? codeLifetime = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        return Person.StartSessionAsync(
            new()
            {
                Id = id,
                SignOn = "corp",
                Issuer = "https://issuer.test",
                Subject = "somebody",
                Claims = new Dictionary<string, IReadOnlyList<string>> { ["groups"] = ["staff"] },
                StartedAt = now,
                ExpiresAt = now + (lifetime ?? TimeSpan.FromHours(1)),
            },
            new() { CodeHash = $"code-{id}", BrowserHash = $"browser-{id}", ExpiresAt = now + (codeLifetime ?? TimeSpan.FromMinutes(1)) },
            _cancelled);
    }
}
