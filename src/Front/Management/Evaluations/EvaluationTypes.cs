using GatewayActors.Abstractions.Evaluations;

namespace GatewayActors.Front.Management.Evaluations;

/// <summary>The evaluators as the admin API shows them. Their ids are fixed: clients keep them.</summary>
internal static class EvaluationTypes
{
    // The day on which the reference introduced them.
    private const string Since = "2024-09-26T00:00:00.000Z";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<EvaluationTypeResource> All { get; } =
    [
        Type(Evaluator.Cost, "e7a10000-0000-4000-8000-000000000001", "Cost", "cost", "Average cost of a request in US dollars, of the logs whose cost is known", isMandatory: true),
        Type(Evaluator.Speed, "e7a10000-0000-4000-8000-000000000002", "Speed", "speed", "Average duration of a request in milliseconds", isMandatory: true),
        Type(Evaluator.HumanFeedback, "e7a10000-0000-4000-8000-000000000003", "Human feedback", "human_feedback", "Share of thumbs up, from 0 to 1, among the logs with feedback", isMandatory: false),
    ];

    /// <summary>The evaluator of an id; null if there is none.</summary>
    public static Evaluator? Find(string id) => All.FirstOrDefault(type => type.Id == id)?.Evaluator;

    /// <summary>The id of an evaluator.</summary>
    public static string IdOf(Evaluator evaluator) => All.First(type => type.Evaluator == evaluator).Id;

    private static EvaluationTypeResource Type(Evaluator evaluator, string id, string name, string type, string description, bool isMandatory) => new(evaluator)
    {
        Id = id,
        Name = name,
        Type = type,
        Description = description,
        Mandatory = isMandatory,
        Enable = true,
        CreatedAt = Since,
        ModifiedAt = Since,
    };
}
