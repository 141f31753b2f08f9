using GatewayActors.Abstractions.Policies;
using GatewayActors.Front.Policies.Cel;

namespace GatewayActors.Front.Policies;

/// <summary>What all policies together say about a request.</summary>
internal enum PolicyVerdict
{
    /// <summary>It may go on; nothing limits it.</summary>
    NoLimit,

    /// <summary>It may go on if every one of its caps has room.</summary>
    CheckLimits,

    /// <summary>It is refused: a policy blocks it, or none lets it through.</summary>
    Block,

    /// <summary>A condition could not be evaluated.</summary>
    Failed,
}

/// <summary>A cap of one budget in one period.</summary>
/// <param name="Bucket">The budget, as people see it.</param>
/// <param name="Key">The budget: no two have the same.</param>
/// <param name="Period">The period.</param>
/// <param name="Amount">US dollars.</param>
/// <param name="Policy">The policy that says so: of several the one with the highest amount.</param>
internal sealed record PolicyCap(string Bucket, string Key, PolicyPeriod Period, decimal Amount, PolicyDefinition Policy);

/// <summary>The answer of the policies, whose order does not matter.</summary>
internal sealed record PolicyDecision(PolicyVerdict Verdict)
{
    /// <summary>The policy that blocks; null where no policy lets the request through.</summary>
    public PolicyDefinition? Blocking { get; init; }

    /// <summary>All caps that the request needs room in.</summary>
    public IReadOnlyList<PolicyCap> Caps { get; init; } = [];

    /// <summary>The budgets that are lifted.</summary>
    public IReadOnlyList<string> Unlimited { get; init; } = [];

    public static PolicyDecision Of(IReadOnlyList<PolicyRule> rules, PolicySubject subject)
    {
        var hasFailed = false;
        var buckets = new Dictionary<string, Bucket>(StringComparer.Ordinal);
        foreach (var rule in rules)
        {
            // 1. Whom and what it is about. A block is not evaded by leaving out what it asks for.
            var isBlock = rule.Action.Kind == PolicyActionKind.Block;
            if (rule.Resource.Matches(subject) == (isBlock && rule.Action.Except))
            {
                continue;
            }

            var meets = rule.Meets(subject);
            hasFailed |= meets.Fault == CelFault.Failed;
            if (meets.Value is not true && !(isBlock && meets.Fault == CelFault.Missing))
            {
                continue;
            }

            // 2. Any block refuses.
            if (isBlock)
            {
                return new(PolicyVerdict.Block) { Blocking = rule.Definition };
            }

            // 3. The others belong to the budget of their actor and resource.
            if (rule.Actor?.Resolve(subject) is { } actor)
            {
                Add(buckets, rule, actor);
            }
        }

        // 4. Who is not let through by any policy is not let through; unless one could not be asked.
        if (hasFailed)
        {
            return new(PolicyVerdict.Failed);
        }

        if (buckets.Count == 0)
        {
            return new(PolicyVerdict.Block);
        }

        PolicyCap[] caps = [.. buckets.Values.Where(bucket => !bucket.IsUnlimited).SelectMany(bucket => bucket.Caps.Values)];
        return new(caps.Length > 0 ? PolicyVerdict.CheckLimits : PolicyVerdict.NoLimit)
        {
            Caps = caps,
            Unlimited = [.. buckets.Values.Where(bucket => bucket.IsUnlimited).Select(bucket => bucket.Name)],
        };
    }

    private static void Add(Dictionary<string, Bucket> buckets, PolicyRule rule, string actor)
    {
        // The actor's length in front: what a caller says about itself cannot pretend to be a resource.
        var key = $"{actor.Length}:{actor}/{rule.Resource.Name}";
        if (!buckets.TryGetValue(key, out var bucket))
        {
            buckets.Add(key, bucket = new(rule.Resource.Name.Length == 0 ? actor : $"{actor} ({rule.Resource.Name})"));
        }

        var (action, period) = (rule.Action, rule.Action.Period);
        if (action.Kind == PolicyActionKind.NoLimit)
        {
            bucket.IsUnlimited = true;
        }
        else if (!bucket.Caps.TryGetValue(period, out var cap) || cap.Amount < action.Amount)
        {
            bucket.Caps[period] = new(bucket.Name, key, period, action.Amount, rule.Definition);
        }
    }

    private sealed class Bucket(string name)
    {
        public string Name => name;

        public bool IsUnlimited { get; set; }

        public Dictionary<PolicyPeriod, PolicyCap> Caps { get; } = [];
    }
}
