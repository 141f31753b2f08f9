using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Secrets;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Secrets;
using Orleans.Runtime;

namespace GatewayActors.Front.StoredKeys;

/// <summary>
/// Puts a stored key in the place of the client's, where the client names one, or brings none and may use the gateway's. The only place where
/// values of secrets are opened.
/// </summary>
internal sealed partial class StoredKeyStage(AccountSecrets secrets, SecretSealer sealer, ILogger<StoredKeyStage> logger)
{
    /// <summary>Whether there is anything to find out: not for exchanges of accounts without secrets that do not speak of any.</summary>
    public static bool Concerns(Step step) => step.Exchange.SecretsVersion > 0 || step.Headers.ByokAlias is not null || step.Headers.KeyReference is not null || step.KeyAlias is not null;

    public async ValueTask InvokeAsync(Step step)
    {
        SecretSet set;
        try
        {
            // Once per exchange: like the gateway's configuration, what held at first holds for all of its steps.
            set = step.Exchange.Secrets ??= await secrets.GetAsync(step.Exchange.Gateway.AccountId, step.Exchange.SecretsVersion);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            LogNoDecision(step.Exchange.Id, exception);
            step.Fail(GatewayError.NoDecision);
            return;
        }

        if (Choose(step, set) is { } choice && step.Error is null)
        {
            Use(step, choice);
        }
    }

    /// <summary>To be called when the credential is what will be sent: it must be able to.</summary>
    public static void Check(Step step)
    {
        if (step.StoredKey is not { } key)
        {
            return;
        }

        key.HideToo(step.AccessToken);
        if (step.AccessToken?.AsSpan().ContainsAnyExceptInRange(' ', '~') == true)
        {
            step.Fail(Missing($"The stored key '{key.Name}' of '{step.Route.Provider.Slug}' holds characters that cannot be sent"));
        }
    }

    private static Choice? Choose(Step step, SecretSet set)
    {
        var keys = step.Exchange.Snapshot.Keys;
        var provider = step.Route.Provider.Slug;
        if (step.Headers.KeyReference is { } reference)
        {
            if (Refer(step, set, reference) is { } named)
            {
                return named;
            }

            step.Fail(new(GatewayErrorKind.Unauthorized, "cf-aig-authorization holds neither an API token nor the name of a secret that this account has for AI gateways."));
            return null;
        }

        foreach (var candidate in SecretReference.In(step))
        {
            if (Refer(step, set, candidate) is { } named)
            {
                return named;
            }
        }

        if (CredentialStage.HasRealCredential(step))
        {
            return null; // The client's own goes as it is; nothing else is asked.
        }

        var alias = step.KeyAlias ?? step.Headers.ByokAlias;
        if (alias is null && !(step.Exchange.Snapshot.RequiresToken && step.Exchange.IsAuthenticated))
        {
            return null; // Behind an open gateway only who names a key uses one.
        }

        var config = alias is null or StoredKeyName.DefaultAlias ? keys.DefaultOf(provider) : keys.Find(provider, alias);
        var name = StoredKeyName.Of(step.Exchange.Gateway.GatewayId, provider, config?.Alias ?? alias ?? StoredKeyName.DefaultAlias);
        var secret = (config is null ? null : set.ById(config.SecretId)) ?? set.ByName(name);
        if (secret is not null)
        {
            return new(secret, config, config?.Alias ?? alias ?? StoredKeyName.DefaultAlias);
        }

        if (config is not null)
        {
            step.Fail(Missing($"The secret of the stored key '{config.Alias}' of '{provider}' was not found"));
        }
        else if (alias is not null)
        {
            var aliases = string.Join(", ", keys.Of(provider).Select(config => $"'{config.Alias}'"));
            step.Fail(Missing($"Provider '{provider}' has no BYOK credential named '{RoutingStage.Readable(alias)}'. Configured aliases: {(aliases.Length > 0 ? aliases : "none")}"));
        }

        return null;
    }

    /// <summary>A secret of the account by its name, else a key of the provider by its alias.</summary>
    private static Choice? Refer(Step step, SecretSet set, string reference)
    {
        var keys = step.Exchange.Snapshot.Keys;
        var provider = step.Route.Provider.Slug;
        if (set.ByName(reference) is { } secret)
        {
            return new(secret, keys.OfSecret(provider, secret.Id), reference);
        }

        return keys.Find(provider, reference) is { } config && set.ById(config.SecretId) is { } aliased ? new(aliased, config, reference) : null;
    }

    private void Use(Step step, in Choice choice)
    {
        var provider = step.Route.Provider;
        if (sealer.Open(step.Exchange.Gateway.AccountId, choice.Secret.Sealed)?.Trim() is not { } value)
        {
            LogShut(choice.Secret.Id, step.Exchange.Gateway.AccountId);
            step.Fail(new(GatewayErrorKind.Internal, $"The stored key '{choice.Name}' of '{provider.Slug}' cannot be opened: the gateway's key ring does not hold the key that has sealed it."));
            return;
        }

        var parts = provider.TakeApart(value);
        step.StoredKey = new(choice.Name, choice.Secret.Id, choice.Config, value);
        step.StoredKey.HideToo(parts.Key);
        step.AccessToken = parts.Key;
        if (parts.Home is { } home)
        {
            RoutingStage.MapAgain(step, home);
        }

        // Another credential must not travel beside it.
        var address = provider.WithoutQueryCredentials(step.Route.Address);
        if (!ReferenceEquals(address, step.Route.Address))
        {
            step.Route = new(step.Route.Transport, address);
        }
    }

    private static GatewayError Missing(string description) => new(GatewayErrorKind.CredentialsRequired, description);

    [LoggerMessage(EventId = 1251, EventName = "NoSecrets", Level = LogLevel.Error, Message = "No grain said which secrets the account of exchange {ExchangeId} has.")]
    private partial void LogNoDecision(Guid exchangeId, Exception exception);

    [LoggerMessage(EventId = 1252, EventName = "SecretStaysShut", Level = LogLevel.Error,
        Message = "The secret {SecretId} of account {AccountId} cannot be opened: the key ring does not hold its key, or it was sealed for another account.")]
    private partial void LogShut(string secretId, string accountId);

    private readonly record struct Choice(UsableSecret Secret, ProviderConfig? Config, string Name);
}
