using System.Text.Json;
using GatewayActors.Abstractions.Limits;
using GatewayActors.Front.DynamicRoutes.Conditions;

namespace GatewayActors.Front.DynamicRoutes.Model;

/// <summary>One element of a route's graph. Targets are ids of other elements.</summary>
/// <param name="Id">Unique in the graph.</param>
internal abstract record RouteElement(string Id)
{
    /// <summary>The type, as it is written.</summary>
    public abstract string Type { get; }

    /// <summary>The ports that lead on, with their targets.</summary>
    public abstract IEnumerable<(string Port, string Target)> Outputs { get; }

    /// <summary>A port that may be missing.</summary>
    protected static IEnumerable<(string Port, string Target)> Port(string name, string? target) => target is null ? [] : [(name, target)];
}

/// <summary>Where every request enters.</summary>
internal sealed record StartElement(string Id, string Next) : RouteElement(Id)
{
    public override string Type => "start";

    public override IEnumerable<(string Port, string Target)> Outputs => [("next", Next)];
}

/// <summary>Asks a question about the request.</summary>
/// <param name="Id">See the base.</param>
/// <param name="Condition">The question.</param>
/// <param name="Source">The question as it was written; null for none.</param>
/// <param name="IfTrue">Where to go on if it matches.</param>
/// <param name="IfFalse">Where to go on else.</param>
internal sealed record ConditionalElement(string Id, RouteCondition Condition, JsonElement? Source, string IfTrue, string IfFalse) : RouteElement(Id)
{
    public override string Type => "conditional";

    public override IEnumerable<(string Port, string Target)> Outputs => [("true", IfTrue), ("false", IfFalse)];
}

/// <summary>Splits requests by weights.</summary>
/// <param name="Id">See the base.</param>
/// <param name="Branches">The weights in per cent, in their order.</param>
/// <param name="Else">What the weights leave over; null if they make 100.</param>
/// <param name="StickyKey">What keeps a caller on a branch: a path; null for the tag <c>user_id</c>.</param>
internal sealed record PercentageElement(string Id, IReadOnlyList<PercentageBranch> Branches, string? Else, RoutePath? StickyKey) : RouteElement(Id)
{
    public override string Type => "percentage";

    public override IEnumerable<(string Port, string Target)> Outputs => [.. Branches.Select(branch => (branch.Port, branch.Target)), .. Port("else", Else)];
}

/// <summary>One weight.</summary>
internal readonly record struct PercentageBranch(string Port, decimal Percent, string Target);

/// <summary>Counts requests or dollars.</summary>
/// <param name="Id">See the base.</param>
/// <param name="IsCost">Whether dollars are counted, rather than requests.</param>
/// <param name="KeyText">The key as it was written.</param>
/// <param name="Key">What requests are counted apart by; null for all together.</param>
/// <param name="Rule">How much in which time.</param>
/// <param name="Success">Where to go on within the limit.</param>
/// <param name="Fallback">Where to go on else; null to end with an error.</param>
internal sealed record RateElement(string Id, bool IsCost, string KeyText, RoutePath? Key, QuotaRule Rule, string Success, string? Fallback) : RouteElement(Id)
{
    public override string Type => "rate";

    public override IEnumerable<(string Port, string Target)> Outputs => [("success", Success), .. Port("fallback", Fallback)];
}

/// <summary>Calls a model, or another route.</summary>
/// <param name="Id">See the base.</param>
/// <param name="Provider">A provider as it stands in front of a model's name, or <c>dynamic</c>.</param>
/// <param name="Model">The model, or the other route's name.</param>
internal sealed record ModelElement(string Id, string Provider, string Model) : RouteElement(Id)
{
    /// <summary>What stands for a provider where another route is called.</summary>
    public const string NestedProvider = "dynamic";

    public override string Type => "model";

    /// <summary>How long an attempt may take to its first byte, in milliseconds; null or 0 for what the request or the gateway says.</summary>
    public int? Timeout { get; init; }

    /// <summary>Further attempts; null for what the request or the gateway says.</summary>
    public int? Retries { get; init; }

    /// <summary>The alias of the stored key that the call takes.</summary>
    public string? Alias { get; init; }

    /// <summary>Where to go on when it answers; null to end with its answer.</summary>
    public string? Success { get; init; }

    /// <summary>Where to go on when it fails; null to end with its failure.</summary>
    public string? Fallback { get; init; }

    /// <summary>Whether another route is called.</summary>
    public bool IsNested => Provider == NestedProvider;

    public override IEnumerable<(string Port, string Target)> Outputs => [.. Port("success", Success), .. Port("fallback", Fallback)];
}

/// <summary>Ends a route with the last answer.</summary>
internal sealed record EndElement(string Id) : RouteElement(Id)
{
    public override string Type => "end";

    public override IEnumerable<(string Port, string Target)> Outputs => [];
}
