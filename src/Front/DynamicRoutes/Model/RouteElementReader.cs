using System.Globalization;
using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.DynamicRoutes.Conditions;
using GatewayActors.Front.Management.Gateways;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.DynamicRoutes.Model;

/// <summary>Reads one element of a graph.</summary>
internal static class RouteElementReader
{
    public const int MaxBranches = 5;

    private const int MaxTimeout = 3_600_000; // Milliseconds of an hour.
    private const int MaxRetries = 5;
    private const long MaxWindow = 100L * 366 * 24 * 3600; // A century, in seconds.
    private const decimal MaxLimit = 1_000_000_000_000;

    /// <param name="element">The element.</param>
    /// <param name="reader">Reads it; its mistakes make it malformed.</param>
    /// <param name="id">The element's id.</param>
    /// <param name="invalid">Mistakes in what is well-formed.</param>
    /// <returns>The element; null if it is malformed.</returns>
    public static RouteElement? Read(JsonElement element, ObjectReader reader, string id, List<ApiError> invalid)
    {
        var known = reader.Errors.Count;
        RouteElement? read = reader.Text("type", 1, 64, Need.NotNull).Value switch
        {
            null => null,
            "start" => new StartElement(id, Target(Outputs(reader), "next", Need.NotNull) ?? ""),
            "conditional" => ReadConditional(element, reader, id, invalid),
            "percentage" => ReadPercentage(reader, id, invalid),
            "rate" or "rate_limit" => ReadRate(reader, id, invalid),
            "model" => ReadModel(reader, id, invalid),
            "end" => ReadEnd(reader, id),
            var type => Unknown(reader, type),
        };
        return reader.Errors.Count == known ? read : null;
    }

    private static RouteElement? Unknown(ObjectReader reader, string type)
    {
        reader.Fail("type", $"Unknown type '{type}'. Known are start, conditional, percentage, rate, model, end");
        return null;
    }

    private static EndElement ReadEnd(ObjectReader reader, string id)
    {
        reader.Object("outputs"); // The older dialect has none.
        return new(id);
    }

    private static ConditionalElement ReadConditional(JsonElement element, ObjectReader reader, string id, List<ApiError> invalid)
    {
        var outputs = Outputs(reader);
        var properties = reader.Object("properties", Need.NotNull).Value;
        RouteCondition condition = new AllOf([]);
        JsonElement? source = null;
        if (properties is not null)
        {
            var name = properties.Has("conditions") ? "conditions" : "condition";
            if (element.GetProperty("properties").TryGetProperty(name, out var written) && written.ValueKind != JsonValueKind.Null)
            {
                source = written;
                condition = new ConditionReader((at, problem) => invalid.Add(ApiErrors.Invalid(problem, [.. properties.Path, name, .. at]))).Read(written);
            }
        }

        return new(id, condition, source, Target(outputs, "true", Need.NotNull) ?? "", Target(outputs, "false", Need.NotNull) ?? "");
    }

    private static PercentageElement ReadPercentage(ObjectReader reader, string id, List<ApiError> invalid)
    {
        var outputs = Outputs(reader);
        List<PercentageBranch> branches = [];
        string? rest = null;
        foreach (var port in outputs?.Names ?? [])
        {
            if (port == "else")
            {
                rest = Target(outputs, port, Need.NotNull);
            }
            else if (port.EndsWith('%')
                && decimal.TryParse(port.AsSpan(..^1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent <= 100)
            {
                branches.Add(new(port, percent, Target(outputs, port, Need.NotNull) ?? ""));
            }
            else
            {
                outputs!.Fail(port, "A branch is named by its share, such as '25%', or 'else'");
            }
        }

        if (outputs is not null && !outputs.Names.Any())
        {
            reader.Fail("outputs", "At least one branch is needed");
        }

        if (outputs is not null)
        {
            Check(outputs, branches, hasElse: rest is not null, invalid);
        }

        return new(id, branches, rest, ReadStickyKey(reader, invalid));
    }

    private static void Check(ObjectReader outputs, List<PercentageBranch> branches, bool hasElse, List<ApiError> invalid)
    {
        var sum = branches.Sum(branch => branch.Percent);
        var problem = branches.Count > MaxBranches ? $"There must be at most {MaxBranches} shares, besides 'else'"
            : sum > 100 || (sum < 100 && !hasElse) ? string.Create(CultureInfo.InvariantCulture, $"The shares must make 100 %, or less with 'else'; they make {sum} %")
            : null;
        if (problem is not null)
        {
            invalid.Add(ApiErrors.Invalid(problem, outputs.Path));
        }
    }

    private static RoutePath? ReadStickyKey(ObjectReader reader, List<ApiError> invalid) =>
        reader.Object("properties").Value is { } properties && properties.Text("stickyKey", 1, 256).Value is { } key
            ? ReadKey(properties, "stickyKey", key, invalid)
            : null;

    private static RateElement ReadRate(ObjectReader reader, string id, List<ApiError> invalid)
    {
        var outputs = Outputs(reader);
        var properties = reader.Object("properties", Need.NotNull).Value;
        var type = properties?.Text("limitType", 1, 32, Need.NotNull).Value;
        if (type is not (null or "count" or "cost"))
        {
            properties!.Fail("limitType", "Invalid enum value. Expected 'count' | 'cost'");
        }

        var key = properties?.Text("key", 0, 256, Need.NotNull).Value ?? "";
        var limit = properties?.Number("limit", 0, MaxLimit, Need.NotNull).Value ?? 0;
        var window = properties is null ? null : properties.Integer(properties.Has("window") ? "window" : properties.Has("interval") ? "interval" : "window", 1, MaxWindow, Need.NotNull).Value;
        return new(
            id,
            type == "cost",
            key,
            key.Length == 0 || properties is null ? null : ReadKey(properties, "key", key, invalid),
            new()
            {
                Limit = limit,
                Window = TimeSpan.FromSeconds(window ?? 1),
                Technique = properties?.Word("technique", GatewayWords.LimitTechniques).Value ?? LimitTechnique.Fixed,
            },
            Target(outputs, "success", Need.NotNull) ?? "",
            Target(outputs, "fallback"));
    }

    private static ModelElement ReadModel(ObjectReader reader, string id, List<ApiError> invalid)
    {
        var outputs = reader.Object("outputs").Value;
        var properties = reader.Object("properties", Need.NotNull).Value;
        var (provider, model) = (properties?.Text("provider", 1, 128, Need.NotNull).Value ?? "", properties?.Text("model", 1, 256, Need.NotNull).Value ?? "");
        if (properties is not null && provider.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0 | provider.Contains('/', StringComparison.Ordinal))
        {
            invalid.Add(ApiErrors.Invalid("A provider's name has no '/' and no blanks", [.. properties.Path, "provider"]));
        }

        if (properties is not null && model.AsSpan().IndexOfAnyExceptInRange(' ', '~') >= 0)
        {
            invalid.Add(ApiErrors.Invalid("A model's name is plain ASCII", [.. properties.Path, "model"]));
        }

        return new(id, provider, model)
        {
            Timeout = (int?)properties?.Integer("timeout", 0, MaxTimeout).Value,
            Retries = (int?)properties?.Integer("retries", 0, MaxRetries).Value,
            Alias = properties?.Text("alias", 1, 64).Value,
            Success = outputs is null ? null : Target(outputs, "success"),
            Fallback = outputs is null ? null : Target(outputs, "fallback"),
        };
    }

    // A bare name is that of a tag: the older dialect writes it so.
    private static RoutePath? ReadKey(ObjectReader properties, string field, string key, List<ApiError> invalid)
    {
        if (RoutePath.TryParse(key.Contains('.', StringComparison.Ordinal) ? key : "metadata." + key, out var path, out var problem))
        {
            return path;
        }

        invalid.Add(ApiErrors.Invalid(problem, [.. properties.Path, field]));
        return null;
    }

    private static ObjectReader? Outputs(ObjectReader reader) => reader.Object("outputs", Need.NotNull).Value;

    private static string? Target(ObjectReader? outputs, string port, Need need = Need.Optional) =>
        outputs?.Object(port, need).Value?.Text("elementId", 1, 128, Need.NotNull).Value;
}
