using System.Globalization;
using System.Text.Json;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;

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

    /// <summary>What is known of the answer of an exchange.</summary>
    public static UniversalMetadata Of(string eventId, Exchange exchange, string? contentType)
    {
        var step = exchange.Step is { Route: not null } routed ? routed : null;
        return new()
        {
            EventId = eventId,
            CacheStatus = step is null ? null : step.Source == AnswerSource.Upstream ? "MISS" : "HIT",
            LogId = exchange.Step is { IsLogged: true } logged ? logged.LogIdText : null,
            Step = step?.Index.ToString(CultureInfo.InvariantCulture),
            Model = step?.ResolvedModel,
            Provider = step?.ResolvedModel is null ? null : step.Route.Provider.Slug,
            ContentType = contentType,
        };
    }

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

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
