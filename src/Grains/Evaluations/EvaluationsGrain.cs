using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Datasets;
using GatewayActors.Abstractions.Evaluations;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Abstractions.Work;
using GatewayActors.Grains.Datasets;
using GatewayActors.Grains.Gateways;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GatewayActors.Grains.Evaluations;

/// <remarks>
/// A timer computes, interleaved with calls, so that nobody waits for a long query. It changes nothing itself: what it finds comes back as
/// a call, which like every call that writes runs alone.
/// </remarks>
[GrainType("gateway.evaluations")]
internal sealed partial class EvaluationsGrain(
    [PersistentState("evaluations")] IPersistentState<EvaluationsState> stored,
    ILogStore logs,
    IOptions<DatasetOptions> options,
    TimeProvider timeProvider,
    ILogger<EvaluationsGrain> logger) : GatewayPartGrain<EvaluationsState>(stored), IEvaluationsGrain
{
    /// <summary>How often an evaluation is tried before it is given up.</summary>
    public const int MaxAttempts = 5;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private IGrainTimer? _work;
    private Guid? _running;
    private int _failures;

    private PendingWorkItem Item => new() { Kind = PendingWorkKind.Evaluations, Key = this.GetPrimaryKeyString() };

    private IPendingWorkGrain PendingWork => GrainFactory.GetGrain<IPendingWorkGrain>(GrainKeys.PendingWork);

    private Evaluation? Pending => State.Evaluations.FirstOrDefault(evaluation => !evaluation.IsProcessed);

    public async Task<IReadOnlyList<Evaluation>?> ListAsync(CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return null;
        }

        Work();
        return [.. State.Evaluations.Select(WithProgress)];
    }

    public async Task<EvaluationChange> CreateAsync(EvaluationDraft draft, CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return Refuse(EvaluationOutcome.GatewayNotFound);
        }

        if (State.Evaluations.Any(evaluation => evaluation.Name == draft.Name))
        {
            return Refuse(EvaluationOutcome.NameTaken);
        }

        if (State.Evaluations.Count >= options.Value.MaxEvaluations)
        {
            return Refuse(EvaluationOutcome.TooMany);
        }

        var known = await GrainFactory.GetGrain<IDatasetsGrain>(this.GetPrimaryKeyString()).ListAsync(CancellationToken.None) ?? [];
        Guid[] missing = [.. draft.DatasetIds.Except(known.Select(dataset => dataset.Id))];
        if (missing.Length > 0)
        {
            return Refuse(EvaluationOutcome.DatasetNotFound) with { DatasetIds = missing };
        }

        Dataset[] datasets = [.. draft.DatasetIds.Select(id => known.First(dataset => dataset.Id == id))];
        Guid[] disabled = [.. datasets.Where(dataset => !dataset.Definition.Enable).Select(dataset => dataset.Id)];
        if (disabled.Length > 0)
        {
            return Refuse(EvaluationOutcome.DatasetDisabled) with { DatasetIds = disabled };
        }

        var now = timeProvider.GetUtcNow();
        var evaluation = new Evaluation
        {
            Id = Guid.CreateVersion7(now),
            Name = draft.Name,
            Datasets = datasets,
            Results =
            [
                .. draft.Evaluators.Select(evaluator => new EvaluationResult
                {
                    Id = Guid.CreateVersion7(now), Evaluator = evaluator, Status = EvaluationStatus.Pending, ModifiedAt = now,
                }),
            ],
            CreatedAt = now,
            ModifiedAt = now,
        };
        await PendingWork.AddAsync(Item, CancellationToken.None);
        await StoreAsync(State with { Evaluations = [.. State.Evaluations, evaluation] });
        Work();
        return Done(evaluation);
    }

    public async Task<EvaluationChange> DeleteAsync(Guid id, CancellationToken cancellationToken = default)
    {
        if (!await OpenAsync())
        {
            return Refuse(EvaluationOutcome.GatewayNotFound);
        }

        if (State.Evaluations.FirstOrDefault(other => other.Id == id) is not { } evaluation)
        {
            return Refuse(EvaluationOutcome.NotFound);
        }

        await StoreAsync(State with { Evaluations = [.. State.Evaluations.Where(other => other.Id != id)] });
        return Done(evaluation);
    }

    public async Task ResumeAsync(CancellationToken cancellationToken = default)
    {
        if (await OpenAsync() && Pending is not null)
        {
            Work();
        }
        else
        {
            await PendingWork.RemoveAsync(Item, CancellationToken.None);
        }
    }

    public async Task RecordAsync(Guid id, LogAggregate? found, CancellationToken cancellationToken = default)
    {
        // It may have been deleted meanwhile, or the gateway with it.
        if (State.Evaluations.FirstOrDefault(other => other.Id == id) is not { IsProcessed: false } evaluation)
        {
            return;
        }

        var now = timeProvider.GetUtcNow();
        var finished = evaluation with
        {
            Results = [.. evaluation.Results.Select(result => Evaluators.Finish(result, found, now))],
            TotalLogs = found?.Entries ?? 0,
            ModifiedAt = now,
        };
        await StoreAsync(State with { Evaluations = [.. State.Evaluations.Select(other => other.Id == id ? finished : other)] });
        if (Pending is null)
        {
            await PendingWork.RemoveAsync(Item, CancellationToken.None);
        }
    }

    protected override Task OnClearingAsync() => PendingWork.RemoveAsync(Item, CancellationToken.None);

    private void Work()
    {
        if (_work is null && Pending is not null)
        {
            _work = this.RegisterGrainTimer(ComputeAsync, new GrainTimerCreationOptions(TimeSpan.Zero, RetryAfter) { Interleave = true, KeepAlive = true });
        }
    }

    private async Task ComputeAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (Pending is { } evaluation)
            {
                _running = evaluation.Id;
                await ComputeAsync(evaluation, cancellationToken);
                _failures = 0;
            }

            // Nothing was awaited since the look: what is made from now on starts another one.
            _work?.Dispose();
            _work = null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // This activation ends; the next one goes on.
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            _failures++;
            LogFailed(GrainContext.GrainId, _failures, exception); // The timer's next tick tries again.
        }
        finally
        {
            _running = null;
        }
    }

    private async Task ComputeAsync(Evaluation evaluation, CancellationToken cancellationToken)
    {
        LogAggregate? found = null;
        if (_failures < MaxAttempts)
        {
            var (accountId, gatewayId) = GrainKeys.ParseGateway(this.GetPrimaryKeyString());
            found = await logs.AggregateAsync(
                accountId,
                gatewayId,
                [.. evaluation.Datasets.Select(dataset => DatasetSelection.Of(dataset.Definition, evaluation.CreatedAt))],
                cancellationToken);
        }

        await this.AsReference<IEvaluationsGrain>().RecordAsync(evaluation.Id, found, CancellationToken.None);
    }

    private Evaluation WithProgress(Evaluation evaluation) => evaluation.Id != _running || evaluation.IsProcessed
        ? evaluation
        : evaluation with { Results = [.. evaluation.Results.Select(result => result with { Status = EvaluationStatus.Running })] };

    private static EvaluationChange Done(Evaluation evaluation) => new() { Outcome = EvaluationOutcome.Done, Evaluation = evaluation };

    private static EvaluationChange Refuse(EvaluationOutcome outcome) => new() { Outcome = outcome };

    [LoggerMessage(EventId = 2301, EventName = "EvaluationFailed", Level = LogLevel.Warning,
        Message = "{Gateway} could not compute an evaluation, attempt {Attempt}.")]
    private partial void LogFailed(GrainId gateway, int attempt, Exception exception);
}
