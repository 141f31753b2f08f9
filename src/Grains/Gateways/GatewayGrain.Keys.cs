using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Secrets;

namespace GatewayActors.Grains.Gateways;

/// <summary>The keys of providers: which secrets they are, and how new the account's secrets are.</summary>
internal sealed partial class GatewayGrain
{
    public ValueTask SetSecretsVersionAsync(long version, CancellationToken cancellationToken = default)
    {
        _secretsVersion = Math.Max(_secretsVersion, version);
        if (_admissions is null)
        {
            DeactivateOnIdle();
        }

        return ValueTask.CompletedTask;
    }

    public Task<ProviderConfigChange> AddProviderConfigAsync(ProviderConfig config, CancellationToken cancellationToken = default) =>
        ChangeConfigsAsync(configs => ProviderConfigBook.Add(configs, config));

    public Task<ProviderConfigChange> SetProviderConfigSecretAsync(Guid id, string secretId, bool ownsSecret, CancellationToken cancellationToken = default) =>
        ChangeConfigsAsync(configs => ProviderConfigBook.SetSecret(configs, id, secretId, ownsSecret, timeProvider.GetUtcNow()));

    public Task<ProviderConfigChange> RemoveProviderConfigAsync(Guid id, CancellationToken cancellationToken = default) =>
        ChangeConfigsAsync(configs => ProviderConfigBook.Remove(configs, id));

    private async Task<ProviderConfigChange> ChangeConfigsAsync(Func<IReadOnlyList<ProviderConfig>, ProviderConfigBook.Result> change)
    {
        if (_admissions is not { Gateway: var gateway })
        {
            DeactivateOnIdle();
            return new() { Outcome = ProviderConfigOutcome.GatewayNotFound };
        }

        var (outcome, config, configs) = change(gateway.ProviderConfigs ?? []);
        if (outcome == ProviderConfigOutcome.Done)
        {
            // A new version, because only that brings the configs to the fronts.
            await WriteAsync(gateway with { Version = stored.State.LastVersion + 1, ProviderConfigs = configs.Count > 0 ? configs : null });
        }

        return new() { Outcome = outcome, Config = config };
    }

    /// <summary>Once per activation and creation: from then on the store tells of changes.</summary>
    private async Task LearnSecretsVersionAsync()
    {
        var version = await GrainFactory.GetGrain<ISecretsStoreGrain>(GrainKeys.SecretsStore(_accountId)).GetVersionAsync(CancellationToken.None);
        _secretsVersion = Math.Max(_secretsVersion, version);
    }

    // Nearly always the callers know: only an answer that has to tell them something is made anew.
    private Admission WithSecrets(Admission admission, in AdmissionQuery query) =>
        query.SeenSecrets == _secretsVersion || admission.Verdict is not (AdmissionVerdict.Admitted or AdmissionVerdict.RateLimited)
            ? admission
            : admission with { Secrets = _secretsVersion };
}
