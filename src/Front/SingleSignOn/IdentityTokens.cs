using System.Text.Json;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Policies;

namespace GatewayActors.Front.SingleSignOn;

/// <summary>Recognizes tokens of configured issuers among the keys that clients send to the data plane.</summary>
internal sealed class IdentityTokens(SignOnCatalog signOns)
{
    /// <summary>The cookie in which browsers send an identity.</summary>
    public const string Cookie = "CF_Authorization";

    private const string Begin = "eyJ"; // {" in Base64: every such token begins with an object.

    /// <summary>The headers that are for identities alone.</summary>
    public static IReadOnlyList<string> Places { get; } = ["cf-access-jwt-assertion", "cf-access-token"];

    /// <summary>Whether no issuer is configured.</summary>
    public bool IsEmpty { get; } = signOns.All.Count == 0;

    /// <summary>
    /// The sign-on whose issuer a value claims to be of, if it is meant for this gateway; null for every other key, so that tokens of the same issuer
    /// for a provider reach it. Says nothing about its being valid.
    /// </summary>
    public SignOn? Find(ReadOnlySpan<char> value) =>
        IsEmpty || !value.StartsWith(Begin, StringComparison.Ordinal) || value.Count('.') != 2 ? null : FindByClaims(value.ToString());

    private SignOn? FindByClaims(string token) =>
        IssuerTokens.TryReadAddress(token, out var issuer, out var audiences) && signOns.FindByIssuer(issuer) is { } signOn && audiences.Any(signOn.Audiences.Contains)
            ? signOn
            : null;

    /// <summary>Whoever an identity provider has signed on, as policies see them.</summary>
    /// <param name="person">Who.</param>
    /// <param name="claims">All claims of the token; undefined for a session, which keeps none but its groups.</param>
    public static RequestIdentity IdentityOf(Person person, JsonElement claims) => new()
    {
        Subject = person.Subject,
        Email = person.Email,
        Groups = person.Groups is { Count: > 0 } groups ? groups : null,
        Country = claims.ValueKind == JsonValueKind.Object && Claims.Text(claims, "country") is { Length: 2 } country ? country : null,
        Custom = claims.ValueKind == JsonValueKind.Object
            ? claims.EnumerateObject().Where(claim => claim.Name is not ("sub" or "email")).ToDictionary(claim => claim.Name, claim => claim.Value, StringComparer.Ordinal)
            : null,
    };
}
