using GatewayActors.Front.Secrets;
using GatewayActors.Front.StoredKeys;

namespace GatewayActors.Front.Export;

/// <summary>References into the account's Secrets Store, by the name or the id of a secret whose scopes let the gateway use it.</summary>
internal sealed class StoredSecretReferences(AccountSecrets secrets, SecretSealer sealer) : ISecretReferences
{
    public async ValueTask<string?> FindAsync(string accountId, string reference, CancellationToken cancellationToken)
    {
        // The newest: no admission says which version holds here.
        var set = await secrets.GetAsync(accountId, long.MaxValue);
        return (set.ByName(reference) ?? set.ById(reference)) is { } secret
            && sealer.Open(accountId, secret.Sealed) is { } value
            && !value.AsSpan().ContainsAnyExceptInRange(' ', '~')
                ? value
                : null;
    }
}
