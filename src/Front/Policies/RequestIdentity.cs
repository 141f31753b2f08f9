using System.Text.Json;

namespace GatewayActors.Front.Policies;

/// <summary>Who the person or program behind a request is, as a verified token of an identity provider says. Immutable.</summary>
/// <remarks>Nothing of it comes from headers that clients can set. Names and values are those of the token's claims.</remarks>
internal sealed record RequestIdentity
{
    /// <summary>The claim <c>sub</c>: <c>cf.user.id</c> in policies.</summary>
    public string? Subject { get; init; }

    /// <summary>The claim <c>email</c>: <c>cf.user.email</c>.</summary>
    public string? Email { get; init; }

    /// <summary>The groups: <c>cf.user.groups</c>; null where the token says nothing about them.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>The other claims, by name: <c>cf.custom.{claim}</c>.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Custom { get; init; }

    /// <summary>The country, as two letters: <c>cf.country</c>.</summary>
    public string? Country { get; init; }
}
