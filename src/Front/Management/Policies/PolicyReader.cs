using System.Text.Json;
using GatewayActors.Abstractions.Policies;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Policies;
using GatewayActors.Front.Policies.Cel;

namespace GatewayActors.Front.Management.Policies;

/// <summary>Reads what bodies say about policies, with one error for every mistake.</summary>
internal static class PolicyReader
{
    private const int MaxName = 256;

    // More than any budget, and no number that sums could not hold.
    private const decimal MostAmount = 1_000_000_000;

    private const decimal LeastAmount = 0.000001m;

    public static Words<PolicyActionKind> Kinds { get; } =
        new((PolicyActionKind.NoLimit, "no-limit"), (PolicyActionKind.Block, "block"), (PolicyActionKind.Limit, "limit"));

    public static Words<PolicyPeriod> Periods { get; } =
        new((PolicyPeriod.Hourly, "hourly"), (PolicyPeriod.Daily, "daily"), (PolicyPeriod.Weekly, "weekly"), (PolicyPeriod.Monthly, "monthly"));

    private static Words<Technique> Techniques { get; } = new((Technique.NamedInterval, "named-interval"));

    /// <summary>Reads a policy, or what changes of one; of no use if a mistake was noted.</summary>
    /// <param name="body">The body.</param>
    /// <param name="need">Whether the fields must be there.</param>
    /// <param name="errors">Where mistakes are noted.</param>
    public static PolicyPatch Read(JsonElement body, Need need, List<ApiError> errors)
    {
        var reader = new ObjectReader(body, ["body"], errors);
        var name = reader.Text("name", 1, MaxName, need).Value;
        if (name is not null && string.IsNullOrWhiteSpace(name))
        {
            reader.Fail("name", "The name must not be blank");
        }

        return new()
        {
            Name = name,
            Actor = ReadActor(reader),
            Resource = ReadResource(body, reader, need, errors),
            Condition = ReadCondition(reader, need),
            Action = ReadAction(reader, need),
        };
    }

    /// <summary>The whole of a new policy.</summary>
    public static PolicyDefinition Whole(PolicyPatch patch) =>
        new() { Name = patch.Name!, Actor = patch.Actor ?? "", Resource = patch.Resource!, Condition = patch.Condition!, Action = patch.Action! };

    private static string? ReadActor(ObjectReader reader)
    {
        var actor = reader.Text("actor", 0, PolicyLimits.MaxActorLength).Value;
        if (actor is not null && PolicyActor.Parse(actor, out var mistake) is null)
        {
            reader.Fail("actor", mistake!);
        }

        return actor;
    }

    private static string? ReadCondition(ObjectReader reader, Need need)
    {
        var condition = reader.Text("condition", 1, PolicyLimits.MaxConditionLength, need).Value;
        if (condition is not null && CelExpression.Parse(condition, out var mistake) is null)
        {
            reader.Fail("condition", $"Invalid CEL expression. {mistake}");
        }

        return condition;
    }

    private static string? ReadResource(JsonElement body, ObjectReader reader, Need need, List<ApiError> errors)
    {
        if (!body.TryGetProperty("resource", out var value))
        {
            return need == Need.NotNull ? Fail("Required") : null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString() == "*" ? value.GetRawText() : Fail("""Expected "*" or an object with model, provider or both""");
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            return Fail($"Expected string or object, received {JsonKinds.Name(value.ValueKind)}");
        }

        var known = errors.Count;
        var count = 0;
        foreach (var member in value.EnumerateObject())
        {
            if (member.Name is not ("model" or "provider"))
            {
                errors.Add(ApiErrors.Invalid("Unknown field: a resource has model, provider or both", "body", "resource", member.Name));
                continue;
            }

            count++;
            CheckNames(member, errors);
        }

        return errors.Count > known ? null : count > 0 ? value.GetRawText() : Fail("A resource has model, provider or both");

        string? Fail(string message)
        {
            reader.Fail("resource", message);
            return null;
        }
    }

    private static void CheckNames(JsonProperty member, List<ApiError> errors)
    {
        JsonElement[] names = member.Value.ValueKind == JsonValueKind.Array ? [.. member.Value.EnumerateArray()] : [member.Value];
        if (names.Length is 0 or > PolicyLimits.MaxResourceNames)
        {
            errors.Add(ApiErrors.Invalid($"Array must contain 1 to {PolicyLimits.MaxResourceNames} elements", "body", "resource", member.Name));
        }
        else if (!names.All(name => name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 and <= PolicyLimits.MaxResourceNameLength }))
        {
            errors.Add(ApiErrors.Invalid($"Expected strings of 1 to {PolicyLimits.MaxResourceNameLength} characters", "body", "resource", member.Name));
        }
        else if (member.Name == "provider" && names.Any(name => name.GetString()!.Contains('*', StringComparison.Ordinal)))
        {
            errors.Add(ApiErrors.Invalid("A provider is named in full, without '*'", "body", "resource", member.Name));
        }
    }

    private static PolicyAction? ReadAction(ObjectReader reader, Need need)
    {
        if (reader.Object("action", need).Value is not { } action || action.Word("type", Kinds, Need.NotNull).Value is not { } kind)
        {
            return null;
        }

        switch (kind)
        {
            case PolicyActionKind.Block:
                return new() { Kind = kind, Except = action.Boolean("except").Value ?? false };
            case PolicyActionKind.Limit:
                var amount = action.Number("amount", LeastAmount, MostAmount, Need.NotNull).Value ?? 0;
                var period = action.Word("period", Periods, Need.NotNull).Value ?? PolicyPeriod.Hourly;
                _ = action.Word("technique", Techniques);
                return new() { Kind = kind, Amount = amount, Period = period };
            case PolicyActionKind.NoLimit:
            default:
                return new() { Kind = kind };
        }
    }

    private enum Technique
    {
        NamedInterval,
    }
}
