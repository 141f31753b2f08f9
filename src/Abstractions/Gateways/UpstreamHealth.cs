namespace GatewayActors.Abstractions.Gateways;

/// <summary>What a front has seen of one upstream of a gateway since its last report.</summary>
[GenerateSerializer, Immutable, Alias("gateway.upstream-report")]
public readonly record struct UpstreamReport
{
    /// <summary>The longest that one answer can make an upstream be left alone: a mistaken header must not do it for days.</summary>
    public static readonly TimeSpan MaxCoolFor = TimeSpan.FromHours(1);

    /// <summary>The name that all fronts give this upstream. Holds no credential, only a hash of one.</summary>
    [Id(0)] public required string Upstream { get; init; }

    /// <summary>Whether it has answered, before <see cref="Failures"/>.</summary>
    [Id(1)] public bool HasAnswered { get; init; }

    /// <summary>How often it has failed in a row, after that.</summary>
    [Id(2)] public int Failures { get; init; }

    /// <summary>How long it asks to be left alone, of which <see cref="MaxCoolFor"/> counts; null if it does not.</summary>
    [Id(3)] public TimeSpan? CoolFor { get; init; }

    /// <summary>A call that was to find out about it and has ended without finding out; empty for none.</summary>
    [Id(4)] public Guid EndedProbe { get; init; }
}

/// <summary>The answer to a call that wants to find out whether an upstream is well again.</summary>
[GenerateSerializer, Immutable, Alias("gateway.upstream-probe")]
public readonly record struct UpstreamProbe
{
    /// <summary>How long a call that finds out may keep others away; a slow answer is no bad sign.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <summary>Whether this call finds out.</summary>
    [Id(0)] public bool IsGranted { get; init; }

    /// <summary>How long the upstream is still left alone; zero, and not granted: its circuit breaker is closed, everybody may call it.</summary>
    [Id(1)] public TimeSpan Wait { get; init; }
}

/// <summary>The upstreams of a gateway about which there is something to say; all others are well.</summary>
[GenerateSerializer, Immutable, Alias("gateway.upstream-health")]
public sealed record UpstreamHealth
{
    /// <summary>Grows with every change, also over activations of the gateway's grain; 0 before the first.</summary>
    [Id(0)] public required long Version { get; init; }

    /// <summary>One entry per upstream.</summary>
    [Id(1)] public required IReadOnlyList<UpstreamCondition> Upstreams { get; init; }
}

/// <summary>How one upstream is. Times are counted from the answer, because clocks of nodes differ.</summary>
[GenerateSerializer, Immutable, Alias("gateway.upstream-condition")]
public sealed record UpstreamCondition
{
    /// <summary>The name of <see cref="UpstreamReport.Upstream"/>.</summary>
    [Id(0)] public required string Upstream { get; init; }

    /// <summary>How long it still asks to be left alone; zero if it does not.</summary>
    [Id(1)] public TimeSpan CoolFor { get; init; }

    /// <summary>How long its circuit breaker stays open; zero: half-open, a call may find out; null: closed.</summary>
    [Id(2)] public TimeSpan? OpenFor { get; init; }

    /// <summary>How long a call may still take to find out, for which others wait; zero: none is finding out.</summary>
    [Id(3)] public TimeSpan ProbeFor { get; init; }
}
