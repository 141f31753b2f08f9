using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayActors.Client;

/// <summary>A version of a route that is to be made.</summary>
public sealed record DynamicRouteVersionDefinition
{
    /// <summary>Its elements, as the page about dynamic routes describes them: an array.</summary>
    public required JsonElement Elements { get; init; }

    /// <summary>A note about it.</summary>
    public string? Comment { get; init; }
}

/// <summary>A version of a route.</summary>
public sealed record DynamicRouteVersion
{
    /// <summary>Its id.</summary>
    public required string VersionId { get; init; }

    /// <summary><c>true</c> for the one that requests run, as text.</summary>
    public required string Active { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its elements, as JSON text.</summary>
    public string? Data { get; init; }

    /// <summary>The note about it.</summary>
    public string? Comment { get; init; }

    /// <summary>Everything else, by the names of the API.</summary>
    [JsonExtensionData] public IDictionary<string, JsonElement>? Others { get; set; }
}

/// <summary>The moment at which a version went live.</summary>
public sealed record DynamicRouteDeployment
{
    /// <summary>Its id.</summary>
    public required string DeploymentId { get; init; }

    /// <summary>The version.</summary>
    public required string VersionId { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The note about it.</summary>
    public string? Comment { get; init; }
}

internal sealed record DynamicRouteName(string Name);

internal sealed record DynamicRouteDeploymentDefinition(string VersionId, string? Comment);
