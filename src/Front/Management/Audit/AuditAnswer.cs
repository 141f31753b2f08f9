using System.Text.Json;

namespace GatewayActors.Front.Management.Audit;

/// <summary>What an answer of the admin API says about the change.</summary>
internal readonly record struct AuditAnswer(JsonElement? Result, string? ResourceId, string? ErrorCodes)
{
    /// <summary>The fields that hold an id, the first one counts.</summary>
    private static readonly string[] IdFields = ["id", "hostname", "payment_intent_id"];

    /// <summary>The places of results beside the envelope's own: some routes are answered in forms of their own.</summary>
    private static readonly string[] ResultFields = ["result", "route", "data"];

    /// <summary>Reads an answer; what is no JSON says nothing.</summary>
    public static AuditAnswer Read(MemoryStream? written)
    {
        if (written is null || written.Length == 0)
        {
            return default;
        }

        try
        {
            using var document = JsonDocument.Parse(written.GetBuffer().AsMemory(0, (int)written.Length));
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement.Clone()) : default;
        }
        catch (JsonException)
        {
            return default; // A download, or another text.
        }
    }

    private static AuditAnswer Read(JsonElement answer)
    {
        JsonElement? result = null;
        foreach (var field in ResultFields)
        {
            if (result is null && answer.TryGetProperty(field, out var found))
            {
                result = found;
            }
        }

        string? id = null;
        if (result is { ValueKind: JsonValueKind.Object } resource)
        {
            foreach (var field in IdFields)
            {
                id ??= resource.TryGetProperty(field, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
            }
        }

        var codes = answer.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array
            ? string.Join(',', errors.EnumerateArray().Where(error => error.ValueKind == JsonValueKind.Object && error.TryGetProperty("code", out _)).Select(error => error.GetProperty("code").ToString()).Distinct())
            : "";
        return new(result, id, codes.Length > 0 ? codes : null);
    }
}
