namespace GatewayActors.Abstractions.SingleSignOn;

/// <summary>That an identity provider has signed somebody on, and what it said about them.</summary>
[GenerateSerializer, Immutable, Alias("gateway.person.session")]
public sealed record PersonSession
{
    /// <summary>32 lower-case hex digits.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The name of the sign-on in the operator's configuration.</summary>
    [Id(1)] public required string SignOn { get; init; }

    /// <summary>The identity provider: a session counts only while the sign-on still names it.</summary>
    [Id(2)] public required string Issuer { get; init; }

    /// <summary>Who, as the identity provider identifies people.</summary>
    [Id(3)] public required string Subject { get; init; }

    /// <summary>Their address, where the provider tells one and does not call it unverified.</summary>
    [Id(4)] public string? Email { get; init; }

    /// <summary>Their name.</summary>
    [Id(5)] public string? Name { get; init; }

    /// <summary>Their given name.</summary>
    [Id(6)] public string? GivenName { get; init; }

    /// <summary>Their family name.</summary>
    [Id(7)] public string? FamilyName { get; init; }

    /// <summary>The claims that roles may depend on, with their values. Roles themselves are not stored: they are the operator's to change.</summary>
    [Id(8)] public required IReadOnlyDictionary<string, IReadOnlyList<string>> Claims { get; init; }

    /// <summary>When the person signed on.</summary>
    [Id(9)] public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the session ends by itself.</summary>
    [Id(10)] public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>What a session's token is given for. Both values stay outside; these are their hashes.</summary>
[GenerateSerializer, Immutable, Alias("gateway.person.code")]
public sealed record SessionCode
{
    /// <summary>The hash of the code.</summary>
    [Id(0)] public required string CodeHash { get; init; }

    /// <summary>The hash of what the browser that signed on keeps.</summary>
    [Id(1)] public required string BrowserHash { get; init; }

    /// <summary>Until when the code counts.</summary>
    [Id(2)] public required DateTimeOffset ExpiresAt { get; init; }
}
