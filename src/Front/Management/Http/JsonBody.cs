using System.Text.Json;
using System.Text.Unicode;

namespace GatewayActors.Front.Management.Http;

/// <summary>Reads request bodies, whatever their content type says: some clients send JSON as text.</summary>
internal static class JsonBody
{
    /// <summary>Largest body of the admin API, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Reads a body that must be a JSON object.</summary>
    /// <returns>The object, detached from any buffer; or the answer to a body that is none.</returns>
    public static async ValueTask<JsonObjectBody> ReadObjectAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await ReadAsync(request, cancellationToken);
        return body.Problem is not null || body.Root.ValueKind == JsonValueKind.Object
            ? body
            : Refuse($"Expected object, received {JsonKinds.Name(body.Root.ValueKind)}");
    }

    /// <summary>Reads a body that must be JSON of any kind.</summary>
    /// <returns>The value, detached from any buffer; or the answer to a body that is none.</returns>
    public static async ValueTask<JsonObjectBody> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, cancellationToken);
        ReadOnlyMemory<byte> json = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        if (json.Span.StartsWith("\uFEFF"u8))
        {
            json = json[3..];
        }

        if (!Utf8.IsValid(json.Span))
        {
            return Refuse("The body is not valid UTF-8");
        }

        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return HasReadableTexts(document.RootElement)
                ? new(document.RootElement.Clone(), null)
                : Refuse("The body has a text with an unpaired surrogate or a NUL character");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: the name of a field is no text, which the search for duplicates trips over.
            // The parser's own message is left out: it may quote the body, which may hold a secret.
            return Refuse(json.IsEmpty ? "The body is empty; a JSON object is expected" : "The body is not valid JSON");
        }
    }

    private static JsonObjectBody Refuse(string message) => new(default, ApiProblem.Invalid(message, "body"));

    // Such texts parse, but throw when they are read and cannot be stored everywhere.
    private static bool HasReadableTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    if (!IsReadable(property) || !HasReadableTexts(property.Value))
                    {
                        return false;
                    }
                }

                return true;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    if (!HasReadableTexts(item))
                    {
                        return false;
                    }
                }

                return true;
            case JsonValueKind.String:
                return IsReadable(element);
            default:
                return true;
        }
    }

    private static bool IsReadable(JsonElement text)
    {
        try
        {
            return !text.GetString()!.Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsReadable(JsonProperty property)
    {
        try
        {
            return !property.Name.Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}

/// <summary>A body, or why there is none.</summary>
internal readonly record struct JsonObjectBody(JsonElement Root, ApiProblem? Problem);
