using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using GatewayActors.Abstractions.Accounts;

namespace GatewayActors.Front.Management.Audit;

/// <summary>Writes resources into the audit log without what must not be read there: secrets, and whatever could hold one. Pure.</summary>
internal static class AuditRedaction
{
    /// <summary>Most characters of a resource that are kept.</summary>
    public const int MaxLength = 32 * 1024;

    private const string Mark = "[redacted]";

    private static readonly JsonWriterOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // By name, wherever they stand. Examples of calls are free text that people paste keys into; a log-push destination carries a signature.
    private static readonly FrozenSet<string> Fields = new[]
    {
        "authorization", "api_key", "apikey", "api-key", "x-api-key", "key", "private_key", "client_secret", "secret", "secrets", "secret_value", "password", "token",
        "access_token", "refresh_token", "credential", "credentials", "headers", "header", "curl_example", "js_example", "destination_conf", "ownership_challenge", "logpush_key",
        "logpush_public_key", "signature", "cookie", "words", "word_list",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Resources whose value is the secret.
    private static readonly FrozenSet<string> SecretTypes = new[] { "token", "secret", "secrets", "provider_config" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>A resource as the log keeps it; null if it is larger than <see cref="MaxLength"/>.</summary>
    public static string? Write(JsonElement resource, string resourceType)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, AsWritten))
        {
            WriteValue(json, resource, isSecret: SecretTypes.Contains(resourceType) && resource.ValueKind == JsonValueKind.String, SecretTypes.Contains(resourceType));
        }

        return buffer.WrittenCount > MaxLength ? null : Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteValue(Utf8JsonWriter json, JsonElement value, bool isSecret, bool isSecretType)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False:
                value.WriteTo(json); // Says whether there is one.
                break;
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var property in value.EnumerateObject())
                {
                    json.WritePropertyName(property.Name);
                    WriteValue(json, property.Value, isSecret || Fields.Contains(property.Name) || (isSecretType && property.Name is "value"), isSecretType);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    WriteValue(json, item, isSecret, isSecretType);
                }

                json.WriteEndArray();
                break;
            case JsonValueKind.String when !isSecret:
                json.WriteStringValue(Clean(value.GetString()!));
                break;
            case JsonValueKind.Number when !isSecret:
                value.WriteTo(json);
                break;
            case JsonValueKind.String or JsonValueKind.Number or JsonValueKind.Undefined:
            default:
                json.WriteStringValue(Mark);
                break;
        }
    }

    // A token of ours wherever it stands; of URLs what may hold a key: user information and query.
    private static string Clean(string text)
    {
        if (TokenValue.IsOurs(text))
        {
            return Mark;
        }

        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
        {
            return text;
        }

        var question = text.IndexOf('?', StringComparison.Ordinal);
        var url = question < 0 ? text : string.Concat(text.AsSpan(0, question + 1), Mark);
        var host = scheme + 3;
        var path = url.IndexOf('/', host);
        var user = url.LastIndexOf('@', path < 0 ? url.Length - 1 : path);
        return user > host ? string.Concat(url.AsSpan(0, host), Mark, url.AsSpan(user)) : url;
    }
}
