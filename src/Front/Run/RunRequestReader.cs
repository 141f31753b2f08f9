using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Run;

/// <summary>Reads the body of a run: the model, its input, and options.</summary>
internal static class RunRequestReader
{
    private const int MaxDepth = 1_000; // Of the model's input as well, which the provider may judge more strictly.

    /// <param name="body">The whole body.</param>
    /// <param name="model">The model, where a header has named it; else null.</param>
    /// <param name="call">What it says.</param>
    /// <param name="problem">What is wrong with it: a sentence for the client that names the field.</param>
    public static bool TryRead(ReadOnlySpan<byte> body, string? model, [NotNullWhen(true)] out RunCall? call, [NotNullWhen(false)] out string? problem)
    {
        var bom = body.StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(body[bom..], new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            (call, problem) = (Read(ref reader, bom, model), null);
            return true;
        }
        catch (InvalidRunException exception)
        {
            (call, problem) = (null, exception.Message);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The reader's own message would repeat a piece of the body.
            (call, problem) = (null, "The request's body is not valid JSON; it must be an object with model and input.");
        }

        return false;
    }

    private static RunCall Read(ref Utf8JsonReader reader, int offset, string? named)
    {
        string? model = null, provider = null;
        Range? input = null;
        var options = new Options();
        reader.Read();
        ExpectObject(ref reader, "The request's body");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "model":
                    model = ReadText(ref reader, "model");
                    break;
                case "provider":
                    provider = ReadText(ref reader, "provider");
                    break;
                case "input" or "inputs": // The second one is the Workers binding's.
                    ExpectObject(ref reader, name);
                    var start = offset + (int)reader.TokenStartIndex;
                    reader.Skip();
                    input = new(start, offset + (int)reader.BytesConsumed);
                    break;
                case "options":
                    ReadOptions(ref reader, options);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        reader.Read(); // Nothing may follow; the reader says so itself.
        options.Check();
        return new()
        {
            Model = (named ?? model) is { Length: > 0 } chosen ? chosen : throw new InvalidRunException("model is required."),
            Provider = provider is { Length: > 0 } ? provider : null,
            Input = input ?? throw new InvalidRunException("input is required."),
            GatewayId = options.GatewayId,
            Background = options.Background ? new(options.WebhookUrl, options.WebhookFormat == "chat") : null,
            Options = options.Headers,
        };
    }

    private static void ReadOptions(ref Utf8JsonReader reader, Options options)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        ExpectObject(ref reader, "options");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "background":
                    options.Background = reader.TokenType is JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null
                        ? reader.TokenType == JsonTokenType.True
                        : throw new InvalidRunException("options.background must be true or false.");
                    break;
                case "webhookUrl":
                    options.WebhookUrl = ReadText(ref reader, "options.webhookUrl");
                    break;
                case "webhookFormat":
                    options.WebhookFormat = ReadText(ref reader, "options.webhookFormat");
                    break;
                case "gateway" when reader.TokenType != JsonTokenType.Null:
                    ReadGateway(ref reader, options);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }
    }

    private static void ReadGateway(ref Utf8JsonReader reader, Options options)
    {
        const string Path = "options.gateway";
        ExpectObject(ref reader, Path);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            if (name == "id")
            {
                options.GatewayId = ReadText(ref reader, Path + ".id");
            }
            else if (name == "retries" && reader.TokenType != JsonTokenType.Null)
            {
                ReadRetries(ref reader, options);
            }
            else
            {
                Add(ref reader, options, Path + "." + name, name switch
                {
                    "skipCache" => "cf-aig-skip-cache",
                    "cacheTtl" => "cf-aig-cache-ttl",
                    "cacheKey" => "cf-aig-cache-key",
                    "collectLog" => "cf-aig-collect-log",
                    "metadata" => "cf-aig-metadata",
                    "eventId" => "cf-aig-event-id",
                    "requestTimeoutMs" => "cf-aig-request-timeout",
                    _ => null,
                });
            }
        }
    }

    private static void ReadRetries(ref Utf8JsonReader reader, Options options)
    {
        const string Path = "options.gateway.retries";
        ExpectObject(ref reader, Path);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            Add(ref reader, options, Path + "." + name, name switch
            {
                "maxAttempts" => "cf-aig-max-attempts",
                "retryDelayMs" => "cf-aig-retry-delay",
                "backoff" => "cf-aig-backoff",
                _ => null,
            });
        }
    }

    // A value of the right kind that makes no sense is ignored with a warning, like the header's.
    private static void Add(ref Utf8JsonReader reader, Options options, string path, string? header)
    {
        if (header is null || reader.TokenType == JsonTokenType.Null)
        {
            reader.Skip();
            return;
        }

        var value = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            JsonTokenType.StartObject when header == "cf-aig-metadata" => JsonElement.ParseValue(ref reader).GetRawText(),
            _ => throw new InvalidRunException($"{path} must be a {(header == "cf-aig-metadata" ? "JSON object" : "single value")}."),
        };
        options.Headers.Add(new(header, HeaderText.ToUtf8(value)));
    }

    private static string? ReadText(ref Utf8JsonReader reader, string path) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Null => null, // An SDK's way to say "not set".
        _ => throw new InvalidRunException($"{path} must be a string."),
    };

    private static void ExpectObject(ref Utf8JsonReader reader, string path)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new InvalidRunException($"{path} must be an object.");
        }
    }

    private sealed class Options
    {
        public bool Background { get; set; }

        public string? WebhookUrl { get; set; }

        public string? WebhookFormat { get; set; }

        public string? GatewayId { get; set; }

        public List<KeyValuePair<string, string>> Headers { get; } = [];

        public void Check()
        {
            if (WebhookUrl is not null && !Background)
            {
                throw new InvalidRunException("options.webhookUrl needs options.background.");
            }

            if (WebhookFormat is not null && WebhookUrl is null)
            {
                throw new InvalidRunException("options.webhookFormat needs options.webhookUrl.");
            }

            if (WebhookFormat is not (null or "raw" or "chat"))
            {
                throw new InvalidRunException("options.webhookFormat must be raw or chat.");
            }
        }
    }

    private sealed class InvalidRunException(string message) : Exception(message);
}
