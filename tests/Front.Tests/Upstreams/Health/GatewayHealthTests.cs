using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Upstreams.Health;
using Xunit;

namespace GatewayActors.Front.Tests.Upstreams.Health;

public sealed class GatewayHealthTests
{
    private static readonly DateTimeOffset Start = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly GatewayHealth _health = new();

    [Fact]
    public void CooledUpstreams_ThatNobodyCallsAgain_AreForgotten()
    {
        for (var index = 0; index < 100; index++)
        {
            _health.NoteFailure($"cooled {index}", hasFailed: false, TimeSpan.FromSeconds(20), Start, Guid.Empty);
        }

        Enter("other", Start.AddSeconds(30));
        Assert.Equal(100, _health.Count); // Looked through once a minute at most.

        Enter("other", Start.AddSeconds(61));
        Assert.Equal((0, false), (_health.Count, _health.IsTroubled));
    }

    [Fact]
    public void FailedUpstreams_ThatNobodyCallsAgain_AreForgottenLater()
    {
        _health.NoteFailure("failed", hasFailed: true, null, Start, Guid.Empty);
        _health.Accept(Open("open", TimeSpan.FromSeconds(30)), Start);
        _health.Accept(new() { Version = 2, Upstreams = [.. Open("open", TimeSpan.FromSeconds(30)).Upstreams] }, Start.AddMinutes(5));

        Enter("other", Start + GatewayHealth.Remembered + TimeSpan.FromSeconds(1));
        Assert.Equal(1, _health.Count);
        Enter("other", Start.AddMinutes(5) + GatewayHealth.Remembered + TimeSpan.FromSeconds(1));
        Assert.Equal((0, false), (_health.Count, _health.IsTroubled));
    }

    [Fact]
    public void OpenUpstream_IsNotForgottenWhileItIsLeftAlone()
    {
        _health.Accept(Open("open", TimeSpan.FromHours(1)), Start);

        Assert.Equal(TimeSpan.FromMinutes(1), Enter("open", Start.AddMinutes(59)));
    }

    private static UpstreamHealth Open(string upstream, TimeSpan length) => new() { Version = 1, Upstreams = [new() { Upstream = upstream, OpenFor = length }] };

    private TimeSpan? Enter(string upstream, DateTimeOffset now) => _health.Enter(upstream, breaks: true, mindsCooling: true, now, Guid.CreateVersion7(), out _);
}
