using System.Collections.Frozen;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Inspection;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Guardrails;

/// <summary>Has texts evaluated by a gateway's engine and by its own rules: in parts where they are long, several at once.</summary>
internal sealed partial class GuardrailEvaluator(
    IEnumerable<IGuardrailEngine> engines, RememberedVerdicts remembered, EvaluationLog log, GatewayOptions options, TimeProvider timeProvider, ILogger<GuardrailEvaluator> logger)
{
    // The longest words that a gateway can have are found in it, wherever a stream is cut.
    private const int LocalOverlap = 2048;

    // How many times as long as one call all of them may take.
    private const int TimesOfAll = 6;

    private readonly FrozenDictionary<string, IGuardrailEngine> _engines = engines.ToFrozenDictionary(engine => engine.Name, StringComparer.Ordinal);

    /// <summary>The name of the engine that a gateway uses.</summary>
    public string EngineOf(GuardrailPolicy policy) => policy.Engine ?? options.Guardrails.Engine;

    /// <summary>How streams are cut for an engine: what costs nothing looks at every event.</summary>
    public StreamWindow WindowOf(GuardrailPolicy policy) =>
        _engines.TryGetValue(EngineOf(policy), out var engine) && !engine.IsLocal ? new(Characters: 256, Overlap: policy.Rules is null ? 512 : LocalOverlap) : new(1, LocalOverlap);

    /// <summary>Evaluates texts.</summary>
    public async ValueTask<GuardrailOutcome> EvaluateAsync(
        Step step, InspectedSide side, GuardrailPolicy policy, IReadOnlyList<InspectedText> texts, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        var actions = policy.Of(side);
        var found = FindByRules(policy, texts);
        var name = EngineOf(policy);
        var verdict = default(ScannerVerdict);
        if ((found & actions.Block) == Hazards.None)
        {
            verdict = _engines.TryGetValue(name, out var engine) ? await AskAsync(step, side, engine, actions, texts, cancellationToken) : ScannerVerdict.Unavailable;
            found |= verdict.Found;
        }

        if (verdict.State == ScannerState.Unavailable)
        {
            LogUnavailable(name, step.Exchange.Id, verdict.StatusCode);
        }

        var outcome = new GuardrailOutcome(name, found & actions.Flag, found & actions.Block, verdict.State);
        log.Write(step, side, outcome, verdict, timeProvider.GetElapsedTime(started));
        return outcome;
    }

    private static Hazards FindByRules(GuardrailPolicy policy, IReadOnlyList<InspectedText> texts) =>
        policy.Rules is { } rules ? texts.Aggregate(Hazards.None, (found, text) => found | rules.Find(text.Text)) : Hazards.None;

    private async ValueTask<ScannerVerdict> AskAsync(
        Step step, InspectedSide side, IGuardrailEngine engine, GuardrailActions actions, IReadOnlyList<InspectedText> texts, CancellationToken cancellationToken)
    {
        var wanted = actions.All & engine.Covers(side);
        if (wanted == Hazards.None)
        {
            return default;
        }

        if (engine.IsLocal)
        {
            var found = Hazards.None;
            foreach (var text in texts)
            {
                found |= (await engine.EvaluateAsync(new(step, side, text.Text, wanted), cancellationToken)).Found;
            }

            return new(found, ScannerState.Answered);
        }

        var context = engine.WantsContext && side == InspectedSide.Response ? LatestTurn.Of(step) : null;
        var queries = TextChunks.Join(texts.Where(text => !text.IsSeamless && !string.IsNullOrWhiteSpace(text.Text)).Select(text => text.Text), engine.MaxCharacters)
            .Select(chunk => new ScannerQuery(step, side, chunk, wanted) { Context = context });
        return await AskAsync(engine, queries, actions.Block, cancellationToken);
    }

    /// <summary>Asks about several texts at once; what must be blocked ends the others.</summary>
    private async ValueTask<ScannerVerdict> AskAsync(IGuardrailEngine engine, IEnumerable<ScannerQuery> queries, Hazards blocked, CancellationToken cancellationToken)
    {
        var all = default(ScannerVerdict);
        var sync = new Lock();
        using var timeout = new CancellationTokenSource(options.Guardrails.Timeout * TimesOfAll, timeProvider);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await Parallel.ForEachAsync(queries, new ParallelOptions { MaxDegreeOfParallelism = options.Guardrails.Parallelism, CancellationToken = stop.Token }, async (query, token) =>
            {
                var verdict = await AskAsync(engine, query, token);
                lock (sync)
                {
                    all = ScannerVerdict.Add(all, verdict);
                }

                if ((verdict.Found & blocked) != Hazards.None)
                {
                    await stop.CancelAsync();
                }
            });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // One was enough; or all of them took too long.
        }

        cancellationToken.ThrowIfCancellationRequested();
        return timeout.IsCancellationRequested ? ScannerVerdict.Add(all, ScannerVerdict.Unavailable) : all;
    }

    private async ValueTask<ScannerVerdict> AskAsync(IGuardrailEngine engine, ScannerQuery query, CancellationToken cancellationToken)
    {
        var name = RememberedVerdicts.NameOf(query, engine.Name);
        if (remembered.TryGet(name, out var known))
        {
            return new(known, ScannerState.Answered);
        }

        var verdict = await AskInTimeAsync(engine, query, cancellationToken);
        if (verdict.State == ScannerState.Answered)
        {
            remembered.Add(name, verdict.Found);
        }

        return verdict;
    }

    private async ValueTask<ScannerVerdict> AskInTimeAsync(IGuardrailEngine engine, ScannerQuery query, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Guardrails.Timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await engine.EvaluateAsync(query, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ScannerVerdict.Unavailable; // Too slow is as good as not there.
        }
    }

    [LoggerMessage(EventId = 1281, EventName = "ScannerUnavailable", Level = LogLevel.Warning,
        Message = "The scanner {Engine} gave no verdict for exchange {ExchangeId}; its status was {Status}, 0 where it did not answer in time, cannot be reached, or has no credential.")]
    private partial void LogUnavailable(string engine, Guid exchangeId, int status);
}
