using System.Text.Json;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Pipeline;
using GatewayActors.Providers.Requests;

namespace GatewayActors.Front.Replays;

/// <summary>A logged request that can be sent again to any model.</summary>
/// <param name="Endpoint">Where, below the OpenAI-compatible endpoint: the format of the body.</param>
/// <param name="Body">The body, with the model that it is sent to now.</param>
internal sealed record ReplayRequest(string Endpoint, ReadOnlyMemory<byte> Body)
{
    private static readonly (string Endpoint, string Member)[] Formats =
    [
        ("chat/completions", "messages"), ("messages", "messages"), ("responses", "input"),
    ];

    /// <summary>Whether an entry may hold such a request, as far as can be told without its body.</summary>
    public static bool MayBe(LogEntry entry) => entry.RequestBytes > 0 && FormatOf(PathOf(entry)) is not null;

    /// <summary>The path that says which format an entry's bodies are in: the provider's own, unless it was called in another format.</summary>
    public static string PathOf(LogEntry entry) => PathOf(entry.Path, entry.DetailsJson);

    internal static string PathOf(string path, string? detailsJson)
    {
        // Looked for as text first: hardly any entry has it.
        if (detailsJson?.Contains(ExchangeLog.ClientEndpoint, StringComparison.Ordinal) != true)
        {
            return path;
        }

        using var details = JsonDocument.Parse(detailsJson);
        return details.RootElement.TryGetProperty(ExchangeLog.ClientEndpoint, out var endpoint) && endpoint.ValueKind == JsonValueKind.String ? endpoint.GetString()! : path;
    }

    /// <summary>The request of an entry; null if it is none in a format that every model can be asked in.</summary>
    /// <param name="path">The entry's path, as <see cref="PathOf(LogEntry)"/> has it.</param>
    /// <param name="body">Its request body.</param>
    /// <param name="target">The model, with its provider, or the route.</param>
    public static ReplayRequest? Create(string path, ReadOnlyMemory<byte> body, string target)
    {
        if (FormatOf(path) is not { } format)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body, new() { MaxDepth = 1_000 });
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty(format.Member, out _)
                && ModelReplacement.Put(body.Span, "model", target) is { } replaced
                    ? new(format.Endpoint, replaced)
                    : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Providers put what they like in front of these: v1/, openai/v1/, deployments/{name}/.
    private static (string Endpoint, string Member)? FormatOf(string path)
    {
        foreach (var format in Formats)
        {
            if (path == format.Endpoint || (path.EndsWith(format.Endpoint, StringComparison.Ordinal) && path[^(format.Endpoint.Length + 1)] == '/'))
            {
                return format;
            }
        }

        return null;
    }
}
