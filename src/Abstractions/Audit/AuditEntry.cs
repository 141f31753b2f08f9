namespace GatewayActors.Abstractions.Audit;

/// <summary>One change of the admin API, made or refused. Holds no secret: the values were redacted before.</summary>
public sealed record AuditEntry
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>When the request was answered.</summary>
    public required DateTimeOffset When { get; init; }

    /// <summary>The account whose log it stands in; empty for what the operator did on none.</summary>
    public required string AccountId { get; init; }

    /// <summary>The id of the API token; for a person <c>{sign-on}:{subject}</c>.</summary>
    public required string ActorId { get; init; }

    /// <summary>What people called the token at that time; the address of a person.</summary>
    public required string ActorName { get; init; }

    /// <summary>Whether it was the operator's.</summary>
    public required bool IsOperator { get; init; }

    /// <summary>Where the request came from; null if unknown.</summary>
    public string? ActorIp { get; init; }

    /// <summary>What was done, such as <c>create</c>.</summary>
    public required string Action { get; init; }

    /// <summary>What it was done to, such as <c>gateway</c>.</summary>
    public required string ResourceType { get; init; }

    /// <summary>Which one; null if it was never made.</summary>
    public string? ResourceId { get; init; }

    /// <summary>The method of the request.</summary>
    public required string Method { get; init; }

    /// <summary>The name of the route, such as <c>CreateGateway</c>.</summary>
    public required string Route { get; init; }

    /// <summary>The path of the request, without its query.</summary>
    public required string Path { get; init; }

    /// <summary>The status of the answer.</summary>
    public required int Status { get; init; }

    /// <summary>The codes of the errors that were answered, joined by commas; null for none.</summary>
    public string? ErrorCodes { get; init; }

    /// <summary>The id that the answer carried in <c>cf-ray</c>.</summary>
    public required string RequestId { get; init; }

    /// <summary>The resource before, as JSON; null if it is not known or there was none.</summary>
    public string? OldJson { get; init; }

    /// <summary>The resource after, as JSON; null if it is not known or there is none.</summary>
    public string? NewJson { get; init; }

    /// <summary>Whether the change was made.</summary>
    public bool IsDone => Status < 400;
}
