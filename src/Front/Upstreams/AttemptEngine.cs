using System.Runtime.CompilerServices;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams.Health;
using Polly;
using Polly.Retry;

namespace GatewayActors.Front.Upstreams;

/// <summary>Makes attempts at one target until one may be committed or none is left.</summary>
internal sealed partial class AttemptEngine
{
    private static readonly ResiliencePropertyKey<Step> StepKey = new("step");

    private readonly AttemptSender _sender;
    private readonly HedgedSender _hedged;
    private readonly UpstreamGate _gate;
    private readonly ILogger<AttemptEngine> _logger;
    private readonly TimeSpan _maxRetryAfter;

    // By the most attempts; what else varies is read from the step.
    private readonly ResiliencePipeline<AttemptResult>[] _retries;

    public AttemptEngine(AttemptSender sender, UpstreamGate gate, GatewayOptions options, TimeProvider timeProvider, ILogger<AttemptEngine> logger)
    {
        (_sender, _hedged, _gate, _logger) = (sender, new(sender, timeProvider), gate, logger);
        _maxRetryAfter = options.Upstream.MaxRetryAfter;
        _retries = [.. Enumerable.Range(1, AttemptPolicy.MostAttempts - 1).Select(retries => CreateRetries(retries, timeProvider))];
    }

    /// <returns>The answer to commit; null if the step has failed or its client is gone.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))] // It waits for the upstream in nearly every exchange.
    public async ValueTask<Attempt?> RunAsync(Step step)
    {
        if (!await _gate.EnterAsync(step))
        {
            return null;
        }

        var result = step.Probe != Guid.Empty ? await _sender.SendAsync(step)
            : step.AttemptPolicy.MaxAttempts == 1 ? await TryAsync(step)
            : await RunWithRetriesAsync(step);
        if (step.Body.KeepFailure is { } keepFailure)
        {
            LogNotKept(step.Exchange.Id, keepFailure);
            step.Headers.Warn("The request's body could not be kept for another attempt.");
        }

        if (result.Failure is { } failure)
        {
            step.Fail(failure);
        }

        return result.Answer;
    }

    private ValueTask<AttemptResult> TryAsync(Step step) => step.AttemptPolicy.HedgeDelay is null ? _sender.SendAsync(step) : _hedged.SendAsync(step);

    private async ValueTask<AttemptResult> RunWithRetriesAsync(Step step)
    {
        var context = ResilienceContextPool.Shared.Get(step.Aborted);
        context.Properties.Set(StepKey, step);
        try
        {
            return await _retries[step.AttemptPolicy.MaxAttempts - 2].ExecuteAsync(
                static (context, engine) => engine.TryAsync(context.Properties.GetValue(StepKey, null!)),
                context,
                this);
        }
        catch (OperationCanceledException) when (step.Aborted.IsCancellationRequested)
        {
            step.Exchange.ClientGone = true; // While it waited for the next attempt.
            return default;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private ResiliencePipeline<AttemptResult> CreateRetries(int retries, TimeProvider timeProvider) =>
        new ResiliencePipelineBuilder<AttemptResult> { TimeProvider = timeProvider }
            .AddRetry(new RetryStrategyOptions<AttemptResult>
            {
                MaxRetryAttempts = retries,
                ShouldHandle = args => ValueTask.FromResult(
                    args.Outcome.Result is { MayRetry: true } result
                    && !(result.RetryAfter > _maxRetryAfter)
                    && args.Context.Properties.GetValue(StepKey, null!) is { AttemptsBegun: < AttemptPolicy.MostAttempts, Body.IsRepeatable: true }),
                DelayGenerator = static args => ValueTask.FromResult<TimeSpan?>(Delay(args)),
                OnRetry = static args =>
                {
                    // Here and not later: the connection should not wait with us.
                    args.Outcome.Result.Answer?.Dispose();
                    return ValueTask.CompletedTask;
                },
            })
            .Build();

    private static TimeSpan Delay(RetryDelayGeneratorArguments<AttemptResult> args)
    {
        var step = args.Context.Properties.GetValue(StepKey, null!);
        var delay = step.AttemptPolicy.DelayAfter(args.AttemptNumber + 1);
        return args.Outcome.Result.RetryAfter is { } asked && asked > delay ? asked : delay;
    }

    [LoggerMessage(EventId = 1203, EventName = "BodyNotKept", Level = LogLevel.Warning,
        Message = "The body of exchange {ExchangeId} could not be kept for another attempt.")]
    private partial void LogNotKept(Guid exchangeId, Exception exception);
}
