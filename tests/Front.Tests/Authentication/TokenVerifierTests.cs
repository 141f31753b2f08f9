using System.Net;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Authentication;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;
using Xunit;

namespace GatewayActors.Front.Tests.Authentication;

public sealed class TokenVerifierTests
{
    private const string OperatorValue = "the operator's";
    private static readonly string AccountId = new('a', 32);

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly FakeAccounts _accounts;
    private readonly TokenVerifier _verifier;
    private readonly string _value = TokenValue.Create(AccountId);

    public TokenVerifierTests()
    {
        (var factory, _accounts) = FakeAccounts.Make();
        _verifier = new(factory, new(OperatorValue), _time);
    }

    [Fact]
    public async Task VerifyAsync_KnownToken_AsksOnceAndThenCompletesAtOnce()
    {
        Know(FakeAccounts.Token(AccountId));

        var first = await VerifyAsync(_value);
        var second = VerifyWithoutWaiting(_value);

        Assert.Equal(AccountId, first!.AccountId);
        Assert.Equal(Permissions.GatewayRead | Permissions.GatewayMetadataRead, first.Permissions);
        Assert.Same(first, second);
        Assert.Equal(1, _accounts.Calls);
    }

    [Fact]
    public async Task VerifyAsync_RevokedToken_IsRefusedWithinASecond()
    {
        Know(FakeAccounts.Token(AccountId));
        Assert.NotNull(await VerifyAsync(_value));
        _accounts.Set(_value, () => Task.FromResult<ApiTokenRecord?>(null));

        _time.Advance(TimeSpan.FromMilliseconds(749));
        Assert.NotNull(await VerifyAsync(_value));

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(await VerifyAsync(_value));
        Assert.Equal(2, _accounts.Calls);
    }

    [Fact]
    public async Task VerifyAsync_NewToken_IsKnownWithinASecondOfAFirstRefusal()
    {
        Assert.Null(await VerifyAsync(_value));
        Know(FakeAccounts.Token(AccountId));
        Assert.Null(VerifyWithoutWaiting(_value));

        _time.Advance(TokenVerifier.Trusted);

        Assert.NotNull(await VerifyAsync(_value));
    }

    [Fact]
    public async Task VerifyAsync_FiftyAtOnce_AskOnce()
    {
        var answer = new TaskCompletionSource<ApiTokenRecord?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _accounts.Set(_value, () => answer.Task);

        var verifications = new Task<TokenPrincipal?>[50];
        Parallel.For(0, verifications.Length, i => verifications[i] = VerifyAsync(_value));
        answer.SetResult(FakeAccounts.Token(AccountId));

        Assert.All(await Task.WhenAll(verifications), Assert.NotNull);
        Assert.Equal(1, _accounts.Calls);
    }

    [Fact]
    public async Task VerifyAsync_SlowSilo_IsAskedAgainByWhoComesLater()
    {
        var slow = new TaskCompletionSource<ApiTokenRecord?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _accounts.Set(_value, () => slow.Task);
        var before = VerifyAsync(_value);
        _accounts.Set(_value, () => Task.FromResult<ApiTokenRecord?>(null));

        _time.Advance(TokenVerifier.Trusted);
        Assert.Null(await VerifyAsync(_value)); // Revoked after the first question: its late answer must not let this one in.

        slow.SetResult(FakeAccounts.Token(AccountId));
        Assert.NotNull(await before);
        Assert.Null(await VerifyAsync(_value));
    }

    [Fact]
    public async Task VerifyAsync_FailedLookUp_ThrowsAndAsksAgainNextTime()
    {
        _accounts.Set(_value, () => Task.FromException<ApiTokenRecord?>(new InvalidOperationException("storage")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => VerifyAsync(_value));

        Know(FakeAccounts.Token(AccountId));

        Assert.NotNull(await VerifyAsync(_value));
    }

    [Fact]
    public async Task VerifyAsync_SiloGone_TriesOnceMore()
    {
        var calls = 0;
        _accounts.Set(_value, () => calls++ == 0
            ? Task.FromException<ApiTokenRecord?>(new SiloUnavailableException())
            : Task.FromResult<ApiTokenRecord?>(FakeAccounts.Token(AccountId)));

        Assert.NotNull(await VerifyAsync(_value));
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task VerifyAsync_FirstCallerGone_OthersGetTheAnswer()
    {
        var answer = new TaskCompletionSource<ApiTokenRecord?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _accounts.Set(_value, () => answer.Task);
        using var gone = new CancellationTokenSource();
        var first = _verifier.VerifyAsync(_value, null, gone.Token).AsTask();
        var second = VerifyAsync(_value);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        answer.SetResult(FakeAccounts.Token(AccountId));

        Assert.NotNull(await second);
        Assert.Equal(1, _accounts.Calls);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sk-proj-0123456789")]
    [InlineData("gwa_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_0000000000000000000000000000000000000000000deadbeef")]
    public void VerifyAsync_ForeignValue_AsksAndKeepsNothing(string value)
    {
        Assert.Null(VerifyWithoutWaiting(value));
        Assert.Equal(0, _accounts.Calls);
        Assert.Equal(0, _verifier.HeldAnswers);
    }

    [Fact]
    public void VerifyAsync_OperatorsToken_MayDoEverythingEverywhere()
    {
        var principal = VerifyWithoutWaiting(OperatorValue);

        Assert.True(principal!.IsOperator);
        Assert.True(principal.Can(Permissions.All, AccountId));
        Assert.Equal(TokenValue.Hash(OperatorValue)[..32], principal.TokenId);
        Assert.Null(VerifyWithoutWaiting(OperatorValue + " "));
    }

    [Fact]
    public async Task VerifyAsync_UnknownTokensWithoutEnd_FillABoundedSpace()
    {
        for (var i = 0; i < TokenVerifier.MaxUnknown + 100; i++)
        {
            Assert.Null(await VerifyAsync(TokenValue.Create(AccountId)));
        }

        Assert.Equal(TokenVerifier.MaxUnknown, _verifier.HeldAnswers);

        _time.Advance(TokenVerifier.Trusted);
        Assert.Null(await VerifyAsync(_value));
        Assert.Equal(1, _verifier.HeldAnswers); // The others were outdated and made room.
    }

    [Fact]
    public async Task VerifyAsync_ExpiryBetweenTwoCalls_HoldsWithoutAsking()
    {
        Know(FakeAccounts.Token(AccountId, token => token with { ExpiresOn = _time.GetUtcNow().AddMilliseconds(100) }));
        Assert.NotNull(await VerifyAsync(_value));

        _time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Null(VerifyWithoutWaiting(_value));
    }

    [Fact]
    public async Task VerifyAsync_NotYetValid_IsRefusedUntilItsTime()
    {
        Know(FakeAccounts.Token(AccountId, token => token with { NotBefore = _time.GetUtcNow().AddMilliseconds(100) }));
        Assert.Null(await VerifyAsync(_value));

        _time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.NotNull(VerifyWithoutWaiting(_value));
    }

    [Fact]
    public async Task VerifyAsync_DisabledToken_IsRefused()
    {
        Know(FakeAccounts.Token(AccountId, token => token with { Disabled = true }));

        Assert.Null(await VerifyAsync(_value));
    }

    [Theory]
    [InlineData("10.0.0.0/8", null, "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", null, "::ffff:10.1.2.3", true)]
    [InlineData("10.9.9.9/8", null, "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", null, "11.0.0.1", false)]
    [InlineData("10.0.0.0/8", null, null, false)]
    [InlineData("10.0.0.0/8", "10.1.2.3", "10.1.2.3", false)]
    [InlineData("10.0.0.0/8", "10.1.2.3", "10.1.2.4", true)]
    [InlineData(null, "2001:db8::/32", "2001:db8::1", false)]
    [InlineData(null, "2001:db8::/32", "2001:db9::1", true)]
    [InlineData("2001:db8::/32", null, "10.1.2.3", false)]
    [InlineData("::ffff:10.0.0.0/104", null, "10.1.2.3", true)]
    [InlineData("nonsense", null, "10.1.2.3", false)]
    [InlineData(null, "nonsense", "10.1.2.3", false)]
    public async Task VerifyAsync_NetworkRules_HoldForEveryClient(string? allowed, string? denied, string? client, bool valid)
    {
        Know(FakeAccounts.Token(AccountId, token => token with
        {
            AllowedNetworks = allowed is null ? null : [allowed],
            DeniedNetworks = denied is null ? null : [denied],
        }));

        var principal = await _verifier.VerifyAsync(_value, client is null ? null : IPAddress.Parse(client), TestContext.Current.CancellationToken);

        Assert.Equal(valid, principal is not null);
    }

    [Fact]
    public void OperatorToken_TooShort_IsRefused() => Assert.Throws<ArgumentException>(() => new OperatorToken("1234567"));

    private void Know(ApiTokenRecord token) => _accounts.Set(_value, () => Task.FromResult<ApiTokenRecord?>(token));

    private Task<TokenPrincipal?> VerifyAsync(string value) => _verifier.VerifyAsync(value, null, TestContext.Current.CancellationToken).AsTask();

    private TokenPrincipal? VerifyWithoutWaiting(string value)
    {
        var verification = VerifyAsync(value);
        Assert.True(verification.IsCompletedSuccessfully);
        return verification.GetAwaiter().GetResult();
    }
}
