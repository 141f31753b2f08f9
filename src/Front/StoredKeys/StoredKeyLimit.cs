using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Limits;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using Orleans.Runtime;

namespace GatewayActors.Front.StoredKeys;

/// <summary>Counts a step against the rate limit of its stored key; where it has none, no grain is asked.</summary>
internal sealed partial class StoredKeyLimit(IGrainFactory grains, ILogger<StoredKeyLimit> logger)
{
    private const string Kind = "key";
    private const string Everyone = "all";
    private const int DefaultPeriod = 60; // seconds

    public ValueTask TakeAsync(Step step) =>
        step.StoredKey is { Config: { RateLimit: > 0 } config } ? TakeAsync(step, config, config.RateLimit.Value) : ValueTask.CompletedTask;

    private async ValueTask TakeAsync(Step step, ProviderConfig config, long limit)
    {
        var gateway = step.Exchange.Gateway;
        var quota = grains.GetGrain<IQuotaGrain>(GrainKeys.Quota(gateway.AccountId, gateway.GatewayId, Kind, config.Id.ToString("N"), Everyone));
        var rule = new QuotaRule { Limit = limit, Window = TimeSpan.FromSeconds(config.RatePeriod ?? DefaultPeriod), Technique = LimitTechnique.Fixed };
        try
        {
            var decision = await AskAsync(quota, rule, new() { Id = step.LogId, Amount = 1 });
            if (!decision.IsGranted)
            {
                step.Fail(new(GatewayErrorKind.RateLimited, $"Rate limited: the stored key '{config.Alias}' of '{config.ProviderSlug}'") { RetryAfter = decision.RetryAfter });
            }
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            LogNoDecision(step.Exchange.Id, exception);
            step.Fail(GatewayError.NoDecision);
        }
    }

    private static async ValueTask<QuotaDecision> AskAsync(IQuotaGrain quota, QuotaRule rule, QuotaUse use)
    {
        try
        {
            return await quota.TakeAsync(rule, use, CancellationToken.None);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return await quota.TakeAsync(rule, use with { IsRepeated = true }, CancellationToken.None); // The silo is gone; another one has the grain now.
        }
    }

    [LoggerMessage(EventId = 1354, EventName = "NoKeyDecision", Level = LogLevel.Error, Message = "No grain decided about the stored key of exchange {ExchangeId}.")]
    private partial void LogNoDecision(Guid exchangeId, Exception exception);
}
