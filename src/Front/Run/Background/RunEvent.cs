using System.Text;
using System.Text.Json;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Run.Background;

/// <summary>Tells a webhook how a run has ended.</summary>
internal static class RunEvent
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Pretty = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    /// <param name="run">The exchange of the run, which is over.</param>
    /// <param name="model">The model as the caller named it.</param>
    /// <param name="answer">What a caller who waits would have got.</param>
    /// <param name="isChat">Whether the event is wrapped as a text.</param>
    public static byte[] Write(Exchange run, string model, RunAnswer answer, bool isChat)
    {
        var bytes = answer.GetBuffer().AsMemory(0, (int)answer.Length);
        using var json = ParseObject(run.Http.Response.ContentType, bytes);
        var (result, error) = json is null ? (null, null) : Parts(json.RootElement);
        var isCompleted = run is { Error: null, StatusCode: < 400, RelayFailure: null } && !answer.IsCut && (json is not null || !IsJson(run.Http.Response.ContentType));
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, isChat ? Pretty : Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("id"u8, run.IdText);
            writer.WriteString("state"u8, isCompleted ? "Completed"u8 : "Failed"u8);
            writer.WritePropertyName("result"u8);
            WriteResult(writer, isCompleted, result, json, run.Http.Response.ContentType, bytes.Span);
            writer.WritePropertyName("error"u8);
            WriteError(writer, isCompleted, error);
            writer.WriteString("provider"u8, run.Step?.Route?.Provider.Slug);
            writer.WriteString("model"u8, model);
            writer.WritePropertyName("usage"u8);
            if (isCompleted && result is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty("usage", out var usage))
            {
                usage.WriteTo(writer);
            }
            else
            {
                writer.WriteNullValue();
            }

            writer.WriteEndObject();
        }

        return isChat ? AsText(buffer) : buffer.ToArray();
    }

    /// <summary>What a run object, or the envelope of a hosted model, holds.</summary>
    private static (JsonElement? Result, JsonElement? Error) Parts(JsonElement envelope)
    {
        JsonElement? result = envelope.TryGetProperty("result", out var run) ? run : null;
        if (run.ValueKind == JsonValueKind.Object && run.TryGetProperty("state", out _))
        {
            result = run.TryGetProperty("result", out var inner) ? inner : null;
            if (run.TryGetProperty("error", out var failure))
            {
                return (null, failure);
            }
        }

        return (result, envelope.TryGetProperty("errors", out var errors) && errors is { ValueKind: JsonValueKind.Array } && errors.GetArrayLength() > 0 ? errors[0] : null);
    }

    private static void WriteResult(Utf8JsonWriter writer, bool isCompleted, JsonElement? result, JsonDocument? json, string? type, ReadOnlySpan<byte> bytes)
    {
        if (!isCompleted)
        {
            writer.WriteNullValue();
        }
        else if (json is not null)
        {
            (result ?? json.RootElement).WriteTo(writer);
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteString("contentType"u8, type);
            if (BodyCapture.IsTextual(type))
            {
                writer.WriteString("text"u8, bytes);
            }
            else
            {
                writer.WriteBase64String("base64"u8, bytes);
            }

            writer.WriteEndObject();
        }
    }

    private static void WriteError(Utf8JsonWriter writer, bool isCompleted, JsonElement? error)
    {
        if (isCompleted)
        {
            writer.WriteNullValue();
        }
        else if (error is { ValueKind: JsonValueKind.Object } known)
        {
            known.WriteTo(writer);
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, RunFailure.Unavailable);
            writer.WriteString("message"u8, "The provider's answer broke off."u8);
            writer.WriteEndObject();
        }
    }

    private static byte[] AsText(MemoryStream inner)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("text"u8, Encoding.UTF8.GetString(inner.GetBuffer().AsSpan(0, (int)inner.Length)));
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static bool IsJson(string? type) => type is not null && type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase);

    private static JsonDocument? ParseObject(string? type, ReadOnlyMemory<byte> bytes)
    {
        if (!IsJson(type))
        {
            return null;
        }

        try
        {
            var json = JsonDocument.Parse(bytes, new() { MaxDepth = 1_000 });
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                return json;
            }

            json.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null; // It broke off, and the event says so.
        }
    }
}
