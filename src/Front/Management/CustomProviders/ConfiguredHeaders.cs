using System.Text.Json;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Management.CustomProviders;

/// <summary>Reads <c>headers</c>: a text that is a JSON object of header names and values, as the reference has it.</summary>
internal static class ConfiguredHeaders
{
    private const int MaxLength = 8192;
    private const int MaxHeaders = 50;
    private const int MaxName = 256;

    public static Optional<string?> Read(ObjectReader reader, string field)
    {
        var read = reader.Text(field, 0, MaxLength);
        if (read.Value is not { Length: > 0 } json)
        {
            return new(read.IsSet, null);
        }

        if (Problem(json) is { } problem)
        {
            reader.Fail(field, problem);
        }

        return read;
    }

    // No message repeats a value: it may be a credential.
    private static string? Problem(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new() { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return "headers must be the text of a JSON object";
            }

            if (document.RootElement.GetPropertyCount() > MaxHeaders)
            {
                return $"headers must have at most {MaxHeaders} entries";
            }

            HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
            foreach (var header in document.RootElement.EnumerateObject())
            {
                if (Problem(header, names) is { } problem)
                {
                    return problem;
                }
            }

            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a text with an unpaired surrogate.
            return "headers must be the text of a JSON object";
        }
    }

    private static string? Problem(JsonProperty header, HashSet<string> names)
    {
        var name = header.Name;
        if (name.Length > MaxName || !HeaderPolicy.IsName(name))
        {
            return "headers holds a name that cannot be a header's";
        }

        if (!HeaderPolicy.MaySet(name))
        {
            return $"headers must not set {name}: it belongs to the connection or to the gateway";
        }

        if (!names.Add(name))
        {
            return $"headers holds {name} twice";
        }

        return header.Value.ValueKind == JsonValueKind.String && header.Value.GetString() is { } value && HeaderPolicy.IsValue(value)
            ? null
            : $"headers.{name} must be a text of printable ASCII characters";
    }
}
