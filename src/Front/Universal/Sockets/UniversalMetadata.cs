using System.Text.Json;

namespace GatewayActors.Front.Universal.Sockets;

/// <summary>What is said about an answer beside it: what headers say over HTTP.</summary>
internal sealed record UniversalMetadata
{
    public required string? EventId { get; init; }

    public string? CacheStatus { get; init; }

    public string? LogId { get; init; }

    public string? Step { get; init; }

    public string? Model { get; init; }

    public string? Provider { get; init; }

    public string? ContentType { get; init; }

    /// <summary>Takes it out of the headers of an answer.</summary>
    public static UniversalMetadata Of(string eventId, IHeaderDictionary headers) => new()
    {
        EventId = eventId,
        CacheStatus = Value(headers, "cf-aig-cache-status"),
        LogId = Value(headers, "cf-aig-log-id"),
        Step = Value(headers, "cf-aig-step"),
        Model = Value(headers, "cf-aig-model"),
        Provider = Value(headers, "cf-aig-provider"),
        ContentType = Value(headers, "content-type"),
    };

    /// <summary>Writes the member <c>metadata</c>.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("metadata"u8);
        WriteText(json, "cacheStatus"u8, CacheStatus);
        json.WriteString("eventId"u8, EventId);
        WriteText(json, "logId"u8, LogId);
        WriteText(json, "step"u8, Step);
        WriteText(json, "model"u8, Model);
        WriteText(json, "provider"u8, Provider);
        WriteText(json, "contentType"u8, ContentType);
        json.WriteEndObject();
    }

    private static string? Value(IHeaderDictionary headers, string name) => headers[name] is [{ Length: > 0 } value, ..] ? value : null;

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
