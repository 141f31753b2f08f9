using GatewayActors.Abstractions.Dlp;

namespace GatewayActors.Grains.Dlp;

/// <summary>What is stored of an account's profiles. Fields are only added, each with the next free id. Replaced whole by every change.</summary>
[GenerateSerializer, Immutable, Alias("gateway.dlp-profiles.state")]
internal sealed record DlpProfilesState
{
    /// <summary>The last version given out, also after everything was deleted.</summary>
    [Id(0)] public long Version { get; init; }

    /// <summary>Oldest first.</summary>
    [Id(1)] public IReadOnlyList<DlpProfileRecord> Profiles { get; init; } = [];

    /// <summary>In the order in which they were first set.</summary>
    [Id(2)] public IReadOnlyList<DlpPredefinedSettings> Predefined { get; init; } = [];
}
