namespace GatewayActors.Front.Universal;

/// <summary>One element of a universal request, as the client wrote it.</summary>
internal sealed record UniversalStep
{
    /// <summary>A slug or alias, or <c>compat</c>.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's path, with a query if it has one, without leading slashes.</summary>
    public required string Endpoint { get; init; }

    /// <summary>What goes to the provider, and what is meant for the gateway about this step alone.</summary>
    public required IHeaderDictionary Headers { get; init; }

    /// <summary>The members of <c>config</c>, each under the name of the header that means the same.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Config { get; init; }

    /// <summary>Where the provider's body stands in the client's.</summary>
    public required Range Query { get; init; }
}
