using System.Text.Json;

namespace GatewayActors.Front.DynamicRoutes.Conditions;

/// <summary>Reads a condition in the way of MongoDB's queries, and notes every mistake with its path.</summary>
/// <param name="fail">Takes a mistake: the names below the condition that lead to it, and a sentence.</param>
internal sealed class ConditionReader(Action<IReadOnlyList<string>, string> fail)
{
    private const int MaxOperands = 1_000;

    public RouteCondition Read(JsonElement condition) => ReadAll(condition, []);

    private AllOf ReadAll(JsonElement condition, IReadOnlyList<string> at)
    {
        if (condition.ValueKind != JsonValueKind.Object)
        {
            fail(at, "A condition must be an object of paths and what they are compared with.");
            return new([]);
        }

        List<RouteCondition> parts = [];
        foreach (var (name, value) in condition.EnumerateObject().Select(property => (property.Name, property.Value)))
        {
            IReadOnlyList<string> here = [.. at, name];
            switch (name)
            {
                case "$and":
                    parts.Add(new AllOf(ReadList(value, here)));
                    break;
                case "$or":
                    parts.Add(new AnyOf(ReadList(value, here)));
                    break;
                case "$not":
                    parts.Add(new NoneOf(ReadAll(value, here)));
                    break;
                default:
                    if (name.StartsWith('$'))
                    {
                        fail(here, $"'{(name.Length > 32 ? name[..32] + "…" : name)}' cannot stand here: only $and, $or, $not, or a path.");
                    }
                    else if (RoutePath.TryParse(name, out var path, out var problem))
                    {
                        parts.AddRange(ReadTests(path, value, here));
                    }
                    else
                    {
                        fail(here, problem);
                    }

                    break;
            }
        }

        return new(parts);
    }

    private RouteCondition[] ReadList(JsonElement list, IReadOnlyList<string> at)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > MaxOperands)
        {
            fail(at, $"{at[^1]} needs an array of 1 to {MaxOperands} conditions.");
            return [];
        }

        return [.. list.EnumerateArray().Select((item, index) => ReadAll(item, [.. at, $"{index}"]))];
    }

    private IEnumerable<RouteCondition> ReadTests(RoutePath path, JsonElement value, IReadOnlyList<string> at)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            yield return Test(path, "$eq", value, at); // A plain value.
            yield break;
        }

        var count = 0;
        foreach (var property in value.EnumerateObject())
        {
            count++;
            IReadOnlyList<string> here = [.. at, property.Name];
            yield return property.Name == "$not" ? new NoneOf(new AllOf([.. ReadTests(path, property.Value, here)])) : Test(path, property.Name, property.Value, here);
        }

        if (count == 0)
        {
            fail(at, "An operator is missing.");
        }
    }

    private ValueTest Test(RoutePath path, string name, JsonElement operand, IReadOnlyList<string> at)
    {
        if (operand.ValueKind == JsonValueKind.Array && operand.GetArrayLength() > MaxOperands)
        {
            fail(at, $"An array must contain at most {MaxOperands} elements.");
        }

        var test = ConditionOperators.Create(name, operand, out var problem);
        if (problem is not null)
        {
            fail(at, problem);
        }

        return new(path, test);
    }
}
