namespace GatewayActors.Abstractions.Accounts;

/// <summary>What an API token may do, and when: everything a caller of the admin API can set.</summary>
[GenerateSerializer, Immutable, Alias("gateway.account.token-definition")]
public sealed record ApiTokenDefinition
{
    /// <summary>What people call it.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Whether it is switched off.</summary>
    [Id(1)] public required bool Disabled { get; init; }

    /// <summary>What it allows and denies. At least one.</summary>
    [Id(2)] public required IReadOnlyList<ApiTokenPolicy> Policies { get; init; }

    /// <summary>Refused before this time.</summary>
    [Id(3)] public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Refused from this time on.</summary>
    [Id(4)] public DateTimeOffset? ExpiresOn { get; init; }

    /// <summary>Networks (CIDR) a client must come from; null or empty: any.</summary>
    [Id(5)] public IReadOnlyList<string>? AllowedNetworks { get; init; }

    /// <summary>Networks (CIDR) a client must not come from.</summary>
    [Id(6)] public IReadOnlyList<string>? DeniedNetworks { get; init; }
}

/// <summary>One policy of an API token.</summary>
[GenerateSerializer, Immutable, Alias("gateway.account.token-policy")]
public sealed record ApiTokenPolicy
{
    /// <summary>32 hex digits.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Whether the groups are denied rather than allowed. A denial wins over every permission.</summary>
    [Id(1)] public required bool Deny { get; init; }

    /// <summary>Ids out of <see cref="PermissionGroups.All"/>.</summary>
    [Id(2)] public required IReadOnlyList<string> PermissionGroupIds { get; init; }

    /// <summary>What it applies to: <c>com.cloudflare.api.account.{id}</c> → <c>*</c>.</summary>
    [Id(3)] public required IReadOnlyDictionary<string, string> Resources { get; init; }
}

/// <summary>A stored API token. Its value is not stored, only the value's hash.</summary>
[GenerateSerializer, Immutable, Alias("gateway.account.token")]
public sealed record ApiTokenRecord
{
    /// <summary>32 lower-case hex digits.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The account it belongs to.</summary>
    [Id(1)] public required string AccountId { get; init; }

    /// <summary>What it may do, and when.</summary>
    [Id(2)] public required ApiTokenDefinition Definition { get; init; }

    /// <summary>When it was created.</summary>
    [Id(3)] public required DateTimeOffset IssuedOn { get; init; }

    /// <summary>When it was last changed.</summary>
    [Id(4)] public required DateTimeOffset ModifiedOn { get; init; }

    /// <summary>
    /// What the policies come to on the token's own account: everything allowed by one of them and denied by none.
    /// </summary>
    public Permissions EffectivePermissions()
    {
        var resource = PermissionGroups.AccountResource(AccountId);
        Permissions allowed = default, denied = default;
        foreach (var policy in Definition.Policies)
        {
            if (!policy.Resources.ContainsKey(resource) && !policy.Resources.ContainsKey(PermissionGroups.AnyAccountResource))
            {
                continue;
            }

            foreach (var group in policy.PermissionGroupIds)
            {
                var permissions = PermissionGroups.Find(group)?.Grants ?? default;
                allowed |= policy.Deny ? default : permissions;
                denied |= policy.Deny ? permissions : default;
            }
        }

        return allowed & ~denied;
    }
}
