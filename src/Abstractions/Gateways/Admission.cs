namespace GatewayActors.Abstractions.Gateways;

/// <summary>What a front tells a gateway about an exchange that wants to run.</summary>
[GenerateSerializer, Immutable, Alias("gateway.admission-query")]
public readonly record struct AdmissionQuery
{
    /// <summary>The version of the configuration that the caller holds; 0 for none.</summary>
    [Id(0)] public required long SeenVersion { get; init; }

    /// <summary>What the caller has proved about the client.</summary>
    [Id(1)] public required Caller Caller { get; init; }

    /// <summary>
    /// Count the exchange against the gateway's rate limit, if <see cref="SeenVersion"/> is the current version: a caller who does not
    /// know the configuration cannot know whether a cached answer, which counts nothing, may come first.
    /// </summary>
    [Id(2)] public bool TakesRate { get; init; }

    /// <summary>The version of the upstreams' health that the caller holds; 0 for none.</summary>
    [Id(3)] public long SeenHealth { get; init; }

    /// <summary>The exchange; needed only where <see cref="TakesRate"/>.</summary>
    [Id(4)] public Guid Exchange { get; init; }

    /// <summary>Whether the same was asked before, without an answer: then <see cref="Exchange"/> is not counted a second time.</summary>
    [Id(5)] public bool IsRepeated { get; init; }

    /// <summary>The version of the account's secrets that the caller knows of; 0 for none.</summary>
    [Id(10)] public long SeenSecrets { get; init; }

    /// <summary>The version of the account's profiles of data loss prevention that the caller knows of; 0 for none.</summary>
    [Id(11)] public long SeenDlp { get; init; }
}

/// <summary>What a front has proved about the client of an exchange.</summary>
public enum Caller
{
    /// <summary>No valid API token with the right to run.</summary>
    Anonymous,

    /// <summary>A valid API token of the gateway's account with the permission AI Gateway Run (or Edit).</summary>
    Authenticated,
}

/// <summary>The answer to one admission.</summary>
[GenerateSerializer, Immutable, Alias("gateway.admission")]
public sealed record Admission
{
    /// <summary>Whether the exchange may run, and if not, why.</summary>
    [Id(0)] public required AdmissionVerdict Verdict { get; init; }

    /// <summary>The version of the configuration that the verdict was made with; 0 if there is no gateway.</summary>
    [Id(1)] public required long Version { get; init; }

    /// <summary>The gateway, if <see cref="Version"/> is not the version the caller holds.</summary>
    [Id(2)] public GatewayRecord? Gateway { get; init; }

    /// <summary>
    /// What the gateway's rate limit said; null where it was not asked. Null does not mean that there is no limit: see
    /// <see cref="AdmissionQuery.TakesRate"/>.
    /// </summary>
    [Id(3)] public RateLimitDecision? Rate { get; init; }

    /// <summary>How the gateway's upstreams are, if that is not what the caller holds by <see cref="AdmissionQuery.SeenHealth"/>.</summary>
    [Id(4)] public UpstreamHealth? Health { get; init; }

    /// <summary>
    /// The version of the account's secrets, if that is not what the caller knows of by <see cref="AdmissionQuery.SeenSecrets"/>. What an
    /// exchange uses of them is of this version or a newer one.
    /// </summary>
    [Id(10)] public long? Secrets { get; init; }

    /// <summary>
    /// The version of the account's profiles of data loss prevention, if the gateway uses any and it is not what the caller knows of by
    /// <see cref="AdmissionQuery.SeenDlp"/>.
    /// </summary>
    [Id(11)] public long? Dlp { get; init; }
}

/// <summary>The answer of a gateway's rate limit to one exchange.</summary>
[GenerateSerializer, Immutable, Alias("gateway.rate-limit-decision")]
public sealed record RateLimitDecision
{
    /// <summary>Whether the exchange may go on. Only then it has been counted.</summary>
    [Id(0)] public required bool IsTaken { get; init; }

    /// <summary>Requests per window.</summary>
    [Id(1)] public required long Limit { get; init; }

    /// <summary>Requests left in the window.</summary>
    [Id(2)] public required long Remaining { get; init; }

    /// <summary>Until requests become free again: the end of a fixed window; of a sliding one, the moment its oldest request leaves.</summary>
    [Id(3)] public required TimeSpan ResetAfter { get; init; }
}

/// <summary>The verdicts of an admission.</summary>
public enum AdmissionVerdict
{
    /// <summary>The exchange may run.</summary>
    Admitted,

    /// <summary>There is no such gateway, or no such account.</summary>
    GatewayNotFound,

    /// <summary>The gateway asks for an API token, and the caller has proved none.</summary>
    Unauthorized,

    /// <summary>The gateway's rate limit is used up; <see cref="Admission.Rate"/> says until when.</summary>
    RateLimited,
}
