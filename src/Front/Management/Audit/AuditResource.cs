using System.Text.Json;
using System.Text.Json.Serialization;
using GatewayActors.Abstractions.Audit;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Audit;

/// <summary>The audit entry of the admin API: the names are those that the official clients read.</summary>
internal sealed record AuditResource
{
    public required string Id { get; init; }

    public required AuditActionResource Action { get; init; }

    public required AuditActorResource Actor { get; init; }

    public required string Interface { get; init; }

    public required AuditMetadata Metadata { get; init; }

    [JsonPropertyName("newValue")] public string? NewValue { get; init; }

    [JsonPropertyName("newValueJson")] public JsonElement? NewValueJson { get; init; }

    [JsonPropertyName("oldValue")] public string? OldValue { get; init; }

    [JsonPropertyName("oldValueJson")] public JsonElement? OldValueJson { get; init; }

    public required AuditOwner Owner { get; init; }

    public required AuditedResource Resource { get; init; }

    public required string When { get; init; }

    public static AuditResource From(AuditEntry entry) => new()
    {
        Id = entry.Id.ToString("D"),
        Action = new(entry.IsDone, entry.Action),
        Actor = new(entry.ActorId, entry.ActorName, entry.ActorIp, entry.IsOperator ? "admin" : "user"),
        Interface = "API",
        Metadata = new(entry.Method, entry.Path, entry.Route, entry.Status, entry.RequestId, TokenTypeOf(entry), entry.ActorName, entry.ErrorCodes?.Split(',')),
        NewValue = entry.NewJson,
        NewValueJson = Parse(entry.NewJson),
        OldValue = entry.OldJson,
        OldValueJson = Parse(entry.OldJson),
        Owner = new(entry.AccountId),
        Resource = new(entry.ResourceId, entry.ResourceType),
        When = Times.Format(entry.When),
    };

    private static string TokenTypeOf(AuditEntry entry) => Person.IsId(entry.ActorId) ? "user" : entry.IsOperator ? "operator" : "account";

    private static JsonElement? Parse(string? json) => json is null ? null : JsonElement.Parse(json);
}

/// <summary>What was done, and whether it was.</summary>
internal sealed record AuditActionResource(bool Result, string Type);

/// <summary>Who: a person with their address; or the id of a token, with its name in the place of an address that it does not have.</summary>
internal sealed record AuditActorResource(string Id, string Email, string? Ip, string Type);

/// <summary>How it was asked and answered.</summary>
internal sealed record AuditMetadata(
    string Method, string Path, string Route, int Status, string RequestId, string TokenType, string TokenName, IReadOnlyList<string>? ErrorCodes);

/// <summary>The account.</summary>
internal sealed record AuditOwner(string Id);

/// <summary>What was changed.</summary>
internal sealed record AuditedResource(string? Id, string Type);

/// <summary>How audit entries are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Envelope<IReadOnlyList<AuditResource>>))]
internal sealed partial class AuditJson : JsonSerializerContext;
