using System.Text.Json;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.DynamicRoutes;
using GatewayActors.Front.DynamicRoutes.Model;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.DynamicRoutes;

/// <summary>Reads what bodies say about dynamic routes.</summary>
internal static class RouteBody
{
    private const int MaxComment = 1_024;

    /// <summary>The name of a route; null if it is wrong.</summary>
    public static string? ReadName(JsonElement body, List<ApiError> errors)
    {
        var reader = new ObjectReader(body, ["body"], errors);
        if (reader.Text("name", 1, 64, Need.NotNull).Value is not { } name)
        {
            return null;
        }

        if (Identifiers.IsUrlId(name))
        {
            return name;
        }

        reader.Fail("name", "Invalid name: letters, digits, underscores and hyphens");
        return null;
    }

    /// <summary>A remark of the author.</summary>
    public static string? ReadComment(JsonElement body, List<ApiError> errors) => new ObjectReader(body, ["body"], errors).Text("comment", 0, MaxComment).Value;

    /// <summary>A version.</summary>
    /// <param name="body">The body.</param>
    /// <param name="mustBeValid">Whether what keeps a version from being deployed is a mistake here.</param>
    /// <param name="errors">Where mistakes are noted.</param>
    /// <returns>The version; of no use if there was a mistake.</returns>
    public static DynamicRouteDraft ReadVersion(JsonElement body, bool mustBeValid, List<ApiError> errors)
    {
        var reading = RouteReader.Read(body);
        errors.AddRange(reading.Malformed);
        if (mustBeValid)
        {
            errors.AddRange(reading.Invalid);
        }

        return new()
        {
            Elements = reading.Malformed.Count == 0 ? RouteWriter.Write(reading.Graph) : "[]",
            IsValid = reading is { Malformed: [], Invalid: [] },
            Comment = ReadComment(body, errors),
        };
    }
}
