using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Caching;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Gateways;
using Orleans.Runtime;

namespace GatewayActors.Front.Pipeline;

/// <summary>
/// Asks the gateway's grain whether the exchange may run, and takes the newest configuration with the answer: one call, so a change of
/// configuration holds for the very next exchange on every node without any invalidation.
/// </summary>
internal sealed partial class AdmissionStage(GatewayHandles handles, TimeProvider timeProvider, ILogger<AdmissionStage> logger)
{
    public async ValueTask InvokeAsync(Exchange exchange)
    {
        var gateway = exchange.Gateway;
        var query = new AdmissionQuery
        {
            SeenVersion = gateway.SeenVersion,
            Caller = exchange.IsAuthenticated ? Caller.Authenticated : Caller.Anonymous,
            TakesRate = !CacheStage.MayAnswer(exchange), // An answer out of the cache takes nothing.
            SeenHealth = gateway.Health.SeenVersion,
            SeenSecrets = gateway.SeenSecrets,
            SeenDlp = gateway.SeenDlp,
            Exchange = exchange.Id,
        };
        Admission admission;
        try
        {
            admission = await AdmitAsync(gateway, query);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            LogNoDecision(exchange.Id, exception);
            exchange.Fail(GatewayError.NoDecision);
            return;
        }

        switch (admission.Verdict)
        {
            case AdmissionVerdict.Admitted or AdmissionVerdict.RateLimited:
                // A refusal by the rate limit is answered when it is known where the exchange would have gone: it is logged.
                exchange.Rate = admission.Rate;
                exchange.Snapshot = gateway.Accept(admission);
                handles.Keep(gateway);
                exchange.SecretsVersion = admission.Secrets ?? query.SeenSecrets;
                if (admission.Secrets is { } secrets)
                {
                    gateway.SeenSecrets = secrets;
                }

                exchange.DlpVersion = admission.Dlp ?? query.SeenDlp;
                if (admission.Dlp is { } dlp)
                {
                    gateway.SeenDlp = dlp;
                }

                if (admission.Health is { } health)
                {
                    gateway.Health.Accept(health, timeProvider.GetUtcNow());
                }

                break;
            case AdmissionVerdict.GatewayNotFound:
                handles.Forget(gateway);
                exchange.Fail(new(GatewayErrorKind.GatewayNotFound, $"There is no gateway '{gateway.GatewayId}' in this account."));
                break;
            case AdmissionVerdict.Unauthorized:
                exchange.Fail(new(GatewayErrorKind.Unauthorized, "This gateway needs an API token of its account with the permission AI Gateway Run, in cf-aig-authorization or in the place of the provider's key."));
                break;
        }
    }

    private static async ValueTask<Admission> AdmitAsync(GatewayHandle gateway, AdmissionQuery query)
    {
        // Without a token: the grain answers at once, and carrying a token to it costs more than the answer.
        try
        {
            return await gateway.Grain.AdmitAsync(query, CancellationToken.None);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            // The silo that held the grain is gone, or the grain could not store the gateway it was to create: the second call may
            // find another silo, or what another activation has stored. The first may have counted the exchange, and only its answer was lost.
            return await gateway.Grain.AdmitAsync(query with { IsRepeated = true }, CancellationToken.None);
        }
    }

    [LoggerMessage(EventId = 1001, EventName = "NoDecision", Level = LogLevel.Error, Message = "No grain decided about exchange {ExchangeId}.")]
    private partial void LogNoDecision(Guid exchangeId, Exception exception);
}
