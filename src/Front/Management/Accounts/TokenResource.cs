using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Accounts;

/// <summary>An API token as the admin API shows it.</summary>
internal sealed record TokenResource
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Status { get; init; }

    public required string IssuedOn { get; init; }

    public required string ModifiedOn { get; init; }

    public string? NotBefore { get; init; }

    public string? ExpiresOn { get; init; }

    public required IReadOnlyList<TokenPolicyResource> Policies { get; init; }

    public TokenConditionResource? Condition { get; init; }

    /// <summary>Only in the answer to the creation.</summary>
    public string? Value { get; init; }

    public static TokenResource From(ApiTokenRecord token, DateTimeOffset now, string? value = null)
    {
        var definition = token.Definition;
        return new()
        {
            Id = token.Id,
            Name = definition.Name,
            Status = TokenStatus.Of(definition, now),
            IssuedOn = Times.Format(token.IssuedOn),
            ModifiedOn = Times.Format(token.ModifiedOn),
            NotBefore = definition.NotBefore is { } notBefore ? Times.Format(notBefore) : null,
            ExpiresOn = definition.ExpiresOn is { } expiresOn ? Times.Format(expiresOn) : null,
            Policies = [.. definition.Policies.Select(TokenPolicyResource.From)],
            Condition = definition is { AllowedNetworks: null, DeniedNetworks: null }
                ? null
                : new(new(definition.AllowedNetworks, definition.DeniedNetworks)),
            Value = value,
        };
    }
}

/// <summary>One policy of a token.</summary>
internal sealed record TokenPolicyResource(
    string Id, string Effect, IReadOnlyList<TokenGroupResource> PermissionGroups, IReadOnlyDictionary<string, string> Resources)
{
    public static TokenPolicyResource From(ApiTokenPolicy policy) => new(
        policy.Id,
        policy.Deny ? "deny" : "allow",
        [.. policy.PermissionGroupIds.Select(TokenGroupResource.From)],
        policy.Resources);
}

/// <summary>One permission group of a policy.</summary>
internal sealed record TokenGroupResource(string Id, string? Name)
{
    public static TokenGroupResource From(string id) => new(id, PermissionGroups.Find(id)?.Name);
}

/// <summary>Where a token may be used.</summary>
internal sealed record TokenConditionResource(RequestIpResource RequestIp);

/// <summary>Networks that clients must, or must not, come from.</summary>
internal sealed record RequestIpResource(IReadOnlyList<string>? In, IReadOnlyList<string>? NotIn);

/// <summary>The answer to a verification.</summary>
internal sealed record TokenStatusResource(string Id, string Status, string? NotBefore, string? ExpiresOn);

/// <summary>A permission group that policies can name.</summary>
internal sealed record PermissionGroupResource(string Id, string Name, IReadOnlyList<string> Scopes, string Category, bool IsSelectable);

/// <summary>The states of a token.</summary>
internal static class TokenStatus
{
    public const string Active = "active";
    public const string Disabled = "disabled";
    public const string Expired = "expired";

    public static string Of(ApiTokenDefinition definition, DateTimeOffset now) =>
        definition.Disabled ? Disabled : definition.ExpiresOn <= now ? Expired : Active;
}
