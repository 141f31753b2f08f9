using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers;
using Xunit;

namespace GatewayActors.Front.Tests.Upstreams;

public sealed class RetryRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void IsRetryable_ByStatus_FollowsTheTable()
    {
        int[] retryable = [408, 409, 425, 429, 500, 501, 502, 503, 504, 520, 529, 599];
        for (var status = 300; status < 600; status++)
        {
            Assert.True(RetryRules.IsRetryable(status, Headers()) == (retryable.Contains(status) || status >= 500), $"{status}");
        }
    }

    [Theory]
    [InlineData(500, "false", false)]
    [InlineData(429, "false", false)]
    [InlineData(400, "true", true)]
    [InlineData(401, "true", true)]
    [InlineData(500, "maybe", true)]
    [InlineData(400, "maybe", false)]
    public void IsRetryable_UpstreamSaysSo_Obeys(int status, string word, bool expected) =>
        Assert.Equal(expected, RetryRules.IsRetryable(status, Headers(("x-should-retry", word))));

    [Theory]
    [InlineData("2", 2_000)]
    [InlineData("0", 0)]
    [InlineData("1.5", 1_500)]
    [InlineData(" 3 ", 3_000)]
    [InlineData("Wed, 01 Jul 2026 12:00:04 GMT", 4_000)]
    [InlineData("Wed, 01 Jul 2026 11:00:00 GMT", 0)]
    public void RetryAfter_InEveryForm_IsRead(string value, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), RetryRules.RetryAfter(Headers(("retry-after", value)), Now));

    [Theory]
    [InlineData("")]
    [InlineData("soon")]
    [InlineData("-1")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("1e400")]
    [InlineData("99999999999999999999999999")]
    [InlineData("2, 3")]
    [InlineData("Wed, 01 Jul 2026")]
    public void RetryAfter_Garbage_IsNothing(string value)
    {
        Assert.Null(RetryRules.RetryAfter(Headers(("retry-after", value)), Now));
        Assert.Null(RetryRules.RetryAfter(Headers(("retry-after-ms", value)), Now));
    }

    [Fact]
    public void RetryAfter_Milliseconds_WinOverSeconds()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(250), RetryRules.RetryAfter(Headers(("retry-after-ms", "250"), ("retry-after", "1")), Now));
        Assert.Equal(TimeSpan.FromSeconds(1), RetryRules.RetryAfter(Headers(("retry-after-ms", "x"), ("retry-after", "1")), Now));
        Assert.Null(RetryRules.RetryAfter(Headers(), Now));
    }

    [Theory]
    [InlineData(RetryBackoff.Constant, 500, new[] { 500, 500, 500, 500 })]
    [InlineData(RetryBackoff.Linear, 500, new[] { 500, 1_000, 1_500, 2_000 })]
    [InlineData(RetryBackoff.Exponential, 500, new[] { 500, 1_000, 2_000, 4_000 })]
    [InlineData(RetryBackoff.Exponential, 20_000, new[] { 20_000, 40_000, 60_000, 60_000 })]
    [InlineData(RetryBackoff.Linear, 60_000, new[] { 60_000, 60_000, 60_000, 60_000 })]
    [InlineData(RetryBackoff.Exponential, 0, new[] { 0, 0, 0, 0 })]
    public void DelayAfter_ByBackoff_Grows(RetryBackoff backoff, int delay, int[] expected)
    {
        var policy = new AttemptPolicy { MaxAttempts = 5, Delay = TimeSpan.FromMilliseconds(delay), Backoff = backoff };

        Assert.Equal(expected.Select(milliseconds => TimeSpan.FromMilliseconds(milliseconds)), Enumerable.Range(1, 4).Select(policy.DelayAfter));
    }

    private static Source Headers(params (string Name, string Value)[] headers) => new(headers);

    private sealed class Source((string Name, string Value)[] headers) : IHeaderSource
    {
        public string? this[string name] => headers.FirstOrDefault(header => header.Name == name).Value;
    }
}
