using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Providers;
using GatewayActors.Providers.Custom;
using Orleans.Runtime;

namespace GatewayActors.Front.CustomProviders;

/// <summary>
/// Finds out where a provider is that the account has added itself: the one more call to a grain that such an exchange makes. Routing
/// has taken the path apart already.
/// </summary>
internal sealed partial class CustomProviderStage(AccountProviders accounts, ILogger<CustomProviderStage> logger)
{
    public async ValueTask InvokeAsync(Step step)
    {
        CustomProviderSet providers;
        try
        {
            // Once per exchange: like the gateway's configuration, what held at first holds for all of its steps.
            providers = step.Exchange.CustomProviders ??= await accounts.GetAsync(step.Exchange.Gateway.AccountId);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            LogNoDecision(step.Exchange.Id, exception);
            step.Fail(GatewayError.NoDecision);
            return;
        }

        var name = step.Route.Provider.Slug;
        if (providers.Find(name.AsSpan(CustomProvider.Prefix.Length)) is not { } entry)
        {
            step.Route = null!; // Nobody's: like any other name that means nothing, it leaves no log entry.
            step.Fail(RoutingStage.NoSuchProvider(name));
        }
        else if (!entry.IsEnabled)
        {
            step.Fail(new(GatewayErrorKind.InvalidProvider, $"The provider '{name}' is disabled."));
        }
        else if (LoopGuard.IsLoop(step.Exchange.Http.Request.Headers))
        {
            step.Fail(new(GatewayErrorKind.InvalidProvider, $"The provider '{name}' leads back to this gateway."));
        }
        else
        {
            Route(step, entry);
        }
    }

    private static void Route(Step step, CustomProviderEntry entry)
    {
        var named = step.Route.Address;
        var path = step.UsesOpenAIPath ? entry.Provider.OpenAIPath(named.Path) ?? named.Path : named.Path;
        var question = named.Url.IndexOf('?', StringComparison.Ordinal);
        var mapping = entry.Provider.Map(new ProviderRequest
        {
            Slug = entry.Provider.Slug,
            Rest = path,
            Query = question < 0 ? [] : named.Url.AsSpan(question),
            Headers = step,
        });
        if (mapping.Address is { } address)
        {
            step.Route = new(entry.Transport, address);
        }
        else
        {
            step.Fail(new(GatewayErrorKind.InvalidProvider, mapping.Problem ?? "The path cannot be mapped to the provider."));
        }
    }

    [LoggerMessage(EventId = 1204, EventName = "NoCustomProviders", Level = LogLevel.Error, Message = "No grain said where the provider of exchange {ExchangeId} is.")]
    private partial void LogNoDecision(Guid exchangeId, Exception exception);
}
