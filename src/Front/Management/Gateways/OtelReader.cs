using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Egress;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Gateways;

/// <summary>Reads <c>otel</c>.</summary>
internal static class OtelReader
{
    private const int MaxExporters = 10;
    private const int MaxHeaders = 50;

    public static IReadOnlyList<OtelExporter>? Read(ObjectReader gateway, IReadOnlyList<OtelExporter>? stored, bool allowsPrivate)
    {
        var read = gateway.Items("otel", 0, MaxExporters, (item, items) => ReadExporter(item, items, allowsPrivate));
        return read.IsSet ? read.Value : stored;
    }

    private static OtelExporter? ReadExporter(JsonElement item, ItemReader items, bool allowsPrivate)
    {
        if (items.Object(item) is not { } reader)
        {
            return null;
        }

        return new()
        {
            Url = ReadUrl(reader, allowsPrivate),
            Headers = ReadHeaders(reader),
            Authorization = reader.Text("authorization", 1, 4096).Value,
            ContentType = reader.Word("content_type", GatewayWords.OtelContentTypes).Value,
        };
    }

    private static string ReadUrl(ObjectReader reader, bool allowsPrivate)
    {
        var url = reader.Text("url", 1, TenantUrl.MaxLength, Need.NotNull).Value ?? "";
        if (url.Length > 0 && TenantUrl.Problem(url, allowsPrivate) is { } problem)
        {
            reader.Fail("url", $"Invalid url: {problem}");
        }

        return url;
    }

    private static Dictionary<string, string> ReadHeaders(ObjectReader exporter)
    {
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        if (exporter.Object("headers", Need.NotNull).Value is not { } reader)
        {
            return headers;
        }

        foreach (var name in reader.Names)
        {
            var value = reader.Text(name, 0, 4096, Need.NotNull).Value;
            if (!IsToken(name))
            {
                reader.Fail(name, $"'{name}' is not a header name");
            }
            else if (headers.Count == MaxHeaders)
            {
                exporter.Fail("headers", $"Object must contain at most {MaxHeaders} entries");
                break;
            }
            else if (value is not null && (value.AsSpan().ContainsAnyInRange('\0', '\u001F') || !System.Text.Ascii.IsValid(value)))
            {
                reader.Fail(name, "A header value has printable ASCII characters only");
            }
            else if (value is not null && !headers.TryAdd(name, value))
            {
                reader.Fail(name, $"Header '{name}' is given twice");
            }
        }

        return headers;
    }

    // RFC 9110, 5.6.2.
    private static bool IsToken(string name) =>
        name.Length is > 0 and <= 256 && name.All(character => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal));
}
