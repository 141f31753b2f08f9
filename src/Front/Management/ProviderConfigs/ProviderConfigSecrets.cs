using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Secrets;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Management.Secrets;
using GatewayActors.Front.Secrets;
using GatewayActors.Front.StoredKeys;

namespace GatewayActors.Front.Management.ProviderConfigs;

/// <summary>Finds or writes the secret of a provider config.</summary>
internal sealed class ProviderConfigSecrets(ISecretsStoreGrain secrets, SecretSealer sealer, GatewayRecord gateway)
{
    /// <summary>The secret of a new config: that of the id, else the one of the config's own name.</summary>
    /// <param name="config">The config.</param>
    /// <param name="secretId">The secret that the caller names; null for none.</param>
    /// <param name="value">The value that it gets; null to leave it.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public async Task<FoundSecret> FindAsync(ProviderConfig config, string? secretId, string? value, CancellationToken cancellationToken)
    {
        var contents = await secrets.GetAsync(cancellationToken);
        var name = StoredKeyName.Of(gateway.Id, config.ProviderSlug, config.Alias);
        var existing = contents.Secrets.FirstOrDefault(secret => secretId is null ? secret.Name == name : secret.Id == secretId);
        if (secretId is not null && existing is null)
        {
            return Refuse("The secret was not found", "secret_id");
        }

        if (existing is null && value is null)
        {
            return Refuse("secret or secret_id is required", "secret");
        }

        if (value is null || secretId is not null)
        {
            if (!existing!.IsUsable)
            {
                return Refuse($"The secret must have the scope {SecretScopes.AiGateway}", secretId is null ? "secret" : "secret_id");
            }

            return value is null
                ? new(existing, IsNew: false, null)
                : Answer(await secrets.UpdateAsync(contents.Store!.Id, existing.Id, Patch(value), cancellationToken), isNew: false);
        }

        return SecretReader.IsName(name)
            ? Answer(await secrets.PutKeyAsync(gateway.Configuration.StoreId, Draft(name, value), cancellationToken), isNew: existing is null)
            : Refuse("The names of gateway, provider and alias together make the name of the secret, which is too long", "alias");
    }

    /// <summary>Gives the secret of a config another value; makes it anew if it was deleted.</summary>
    public async Task<FoundSecret> RotateAsync(ProviderConfig config, string value, CancellationToken cancellationToken)
    {
        var contents = await secrets.GetAsync(cancellationToken);
        if (contents.Secrets.FirstOrDefault(secret => secret.Id == config.SecretId) is { } existing)
        {
            var change = await secrets.UpdateAsync(contents.Store!.Id, existing.Id, Patch(value), cancellationToken);
            if (change.Outcome == SecretsOutcome.Done)
            {
                return Answer(change, isNew: config.OwnsSecret);
            }
        }

        var name = StoredKeyName.Of(gateway.Id, config.ProviderSlug, config.Alias);
        var isNew = contents.Secrets.All(secret => secret.Name != name);
        return Answer(await secrets.PutKeyAsync(gateway.Configuration.StoreId, Draft(name, value), cancellationToken), isNew);
    }

    private SecretPatch Patch(string value) => new() { Sealed = sealer.Seal(gateway.AccountId, value), Preview = SecretReader.Preview(value) };

    private SecretDraft Draft(string name, string value) => new()
    {
        Name = name,
        Sealed = sealer.Seal(gateway.AccountId, value),
        Preview = SecretReader.Preview(value),
        Scopes = [SecretScopes.AiGateway],
    };

    private static FoundSecret Answer(SecretsChange change, bool isNew) => change.Outcome switch
    {
        SecretsOutcome.Done => new(change.Secrets[0], isNew, null),
        SecretsOutcome.StoreNotFound => Refuse("The gateway's store_id was not found among the stores of the account", "secret"),
        SecretsOutcome.TooMany => Refuse("The maximum number of secrets is reached", "secret"),
        SecretsOutcome.AccountNotFound or SecretsOutcome.SecretNotFound or SecretsOutcome.NameTaken or SecretsOutcome.StoreExists or SecretsOutcome.StoreNotEmpty =>
            Refuse("The secret was not found", "secret_id"), // Deleted in this moment.
    };

    private static FoundSecret Refuse(string message, string field) => new(null, false, ApiProblem.Invalid(message, "body", field));
}

/// <summary>The secret of a config, or why there is none.</summary>
/// <param name="Secret">The secret.</param>
/// <param name="IsNew">Whether it belongs to the config alone.</param>
/// <param name="Problem">Why there is none.</param>
internal readonly record struct FoundSecret(SecretRecord? Secret, bool IsNew, ApiProblem? Problem);
