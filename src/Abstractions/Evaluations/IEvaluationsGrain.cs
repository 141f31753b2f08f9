using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Abstractions.Evaluations;

/// <summary>Owns the evaluations of one gateway, and computes them.</summary>
/// <remarks>
/// Key: <see cref="GrainKeys.Gateway"/>. Never asked by an exchange. What a write method has returned is stored; an evaluation that is not
/// computed yet is entered in <see cref="Work.IPendingWorkGrain"/> before that, so it is computed even if nobody asks for it again.
/// </remarks>
[GrainInterfaceType("gateway.evaluations"), Alias("gateway.evaluations")]
public interface IEvaluationsGrain : IGrainWithStringKey
{
    /// <summary>All evaluations in the order of their creation; null if there is no such gateway.</summary>
    [Alias("list")]
    Task<IReadOnlyList<Evaluation>?> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Makes an evaluation of datasets as they are now, and begins to compute it.</summary>
    [Alias("create")]
    Task<EvaluationChange> CreateAsync(EvaluationDraft draft, CancellationToken cancellationToken = default);

    /// <summary>Deletes an evaluation; the result is what it was.</summary>
    [Alias("delete")]
    Task<EvaluationChange> DeleteAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Goes on with what is not computed yet, if that does not happen already.</summary>
    [Alias("resume")]
    Task ResumeAsync(CancellationToken cancellationToken = default);

    /// <summary>Takes down what was found; the grain's own computation calls it. Null: it is given up.</summary>
    [Alias("record")]
    Task RecordAsync(Guid id, LogAggregate? found, CancellationToken cancellationToken = default);

    /// <summary>Forgets everything, because the gateway has been deleted.</summary>
    [Alias("clear")]
    Task ClearAsync(CancellationToken cancellationToken = default);
}

/// <summary>An evaluation that is to be made; checked by the caller.</summary>
[GenerateSerializer, Immutable, Alias("gateway.evaluation.draft")]
public sealed record EvaluationDraft
{
    /// <summary>Unique in the gateway.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The datasets, at least one, each once.</summary>
    [Id(1)] public required IReadOnlyList<Guid> DatasetIds { get; init; }

    /// <summary>What is to be computed, at least one, each once.</summary>
    [Id(2)] public required IReadOnlyList<Evaluator> Evaluators { get; init; }
}

/// <summary>The result of a change of an evaluation.</summary>
[GenerateSerializer, Immutable, Alias("gateway.evaluation.change")]
public sealed record EvaluationChange
{
    /// <summary>What happened.</summary>
    [Id(0)] public required EvaluationOutcome Outcome { get; init; }

    /// <summary>The evaluation after the change (before it, for a deletion); null unless <see cref="Outcome"/> is Done.</summary>
    [Id(1)] public Evaluation? Evaluation { get; init; }

    /// <summary>The datasets that were the reason of a refusal.</summary>
    [Id(2)] public IReadOnlyList<Guid> DatasetIds { get; init; } = [];
}

/// <summary>The outcomes of a change of an evaluation.</summary>
public enum EvaluationOutcome
{
    /// <summary>Stored.</summary>
    Done,

    /// <summary>There is no such gateway.</summary>
    GatewayNotFound,

    /// <summary>There is no such evaluation.</summary>
    NotFound,

    /// <summary>Another evaluation of the gateway has this name.</summary>
    NameTaken,

    /// <summary>The gateway has as many evaluations as the operator allows.</summary>
    TooMany,

    /// <summary>The gateway has no such dataset.</summary>
    DatasetNotFound,

    /// <summary>A dataset is switched off.</summary>
    DatasetDisabled,
}
