namespace GatewayActors.Front.Policies;

/// <summary>What conditions and actors can ask about a request.</summary>
internal enum PolicyFieldKind
{
    /// <summary><c>cf.user.id</c>.</summary>
    UserId,

    /// <summary><c>cf.user.email</c>.</summary>
    UserEmail,

    /// <summary><c>cf.user.groups</c>.</summary>
    UserGroups,

    /// <summary><c>cf.country</c>.</summary>
    Country,

    /// <summary><c>cf.custom.{name}</c>.</summary>
    Custom,

    /// <summary><c>metadata.{name}</c>.</summary>
    Metadata,
}

/// <summary>One field of a request.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Name">The claim or the key of the metadata; empty for the others.</param>
internal sealed record PolicyField(PolicyFieldKind Kind, string Name = "")
{
    /// <summary>The field of a path; null if the path does not lead to one.</summary>
    public static PolicyField? Find(IReadOnlyList<string> path) => path switch
    {
        ["cf", "user", "id"] => new(PolicyFieldKind.UserId),
        ["cf", "user", "email"] => new(PolicyFieldKind.UserEmail),
        ["cf", "user", "groups"] => new(PolicyFieldKind.UserGroups),
        ["cf", "country"] => new(PolicyFieldKind.Country),
        ["cf", "custom", var claim] => new(PolicyFieldKind.Custom, claim),
        ["metadata", var key] => new(PolicyFieldKind.Metadata, key),
        _ => null,
    };

    /// <summary>Whether a path can lead to a field with more behind it.</summary>
    public static bool IsBeginning(IReadOnlyList<string> path) => path is ["cf"] or ["cf", "user"] or ["cf", "custom"] or ["metadata"];
}
