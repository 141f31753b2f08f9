using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Realtime;

/// <summary>Who has sent a message of a realtime session.</summary>
public enum RealtimeSender
{
    /// <summary>The client.</summary>
    Client,

    /// <summary>The provider.</summary>
    Provider,
}

/// <summary>One thing that a realtime session was used for, once the provider has said what it used.</summary>
public sealed record RealtimeTurn
{
    /// <summary>What it was: <c>response</c>, <c>transcription</c>, <c>speech</c>, <c>connection</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The provider's name of it; null if it has none.</summary>
    public string? Id { get; init; }

    /// <summary>How it ended, in the provider's word; null if it does not say.</summary>
    public string? Status { get; init; }

    /// <summary>What was used; null if the provider does not say.</summary>
    public TokenUsage? Usage { get; init; }

    /// <summary>What a price has to be put on, where that differs from <see cref="Usage"/>.</summary>
    public TokenUsage? Billed { get; init; }

    /// <summary>The model, where it is not that of the session.</summary>
    public string? Model { get; init; }
}
