using System.Collections.Frozen;
using GatewayActors.Abstractions.Secrets;

namespace GatewayActors.Front.StoredKeys;

/// <summary>One version of the secrets that exchanges of an account may use, sealed. Immutable.</summary>
internal sealed class SecretSet(UsableSecrets secrets)
{
    private readonly FrozenDictionary<string, UsableSecret> _byId = secrets.Secrets.ToFrozenDictionary(secret => secret.Id, StringComparer.Ordinal);
    private readonly FrozenDictionary<string, UsableSecret> _byName = secrets.Secrets.ToFrozenDictionary(secret => secret.Name, StringComparer.Ordinal);

    /// <summary>An account that never had any.</summary>
    public static SecretSet Empty { get; } = new(new() { Version = 0, Secrets = [] });

    /// <summary>The version to ask with.</summary>
    public long Version => secrets.Version;

    public UsableSecret? ById(string id) => _byId.GetValueOrDefault(id);

    public UsableSecret? ByName(string name) => _byName.GetValueOrDefault(name);

    public override string ToString() => $"{_byId.Count} secrets";
}
