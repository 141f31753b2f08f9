using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Universal;

/// <summary>Reads the body of a universal request: an array of steps, or one step.</summary>
internal static class UniversalRequestReader
{
    /// <summary>How many steps a request may have: each costs attempts at a provider, and a client needs but a few.</summary>
    public const int MostSteps = 100;

    private const int MaxDepth = 1_000; // Of a provider's body as well, which the provider may judge more strictly.

    // RFC 9110 §5.6.2.
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <param name="body">The whole body.</param>
    /// <param name="steps">The steps, at least one.</param>
    /// <param name="problem">What is wrong with the body: a sentence for the client that names the field.</param>
    public static bool TryRead(ReadOnlySpan<byte> body, [NotNullWhen(true)] out IReadOnlyList<UniversalStep>? steps, [NotNullWhen(false)] out string? problem)
    {
        var bom = body.StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(body[bom..], new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            (steps, problem) = (ReadSteps(ref reader, bom), null);
            return true;
        }
        catch (InvalidStepException exception)
        {
            (steps, problem) = (null, exception.Message);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The reader's own message would repeat a piece of the body.
            var at = exception is JsonException { LineNumber: { } line } ? $" (line {line + 1})" : "";
            (steps, problem) = (null, $"The request's body is not valid JSON{at}.");
        }

        return false;
    }

    private static List<UniversalStep> ReadSteps(ref Utf8JsonReader reader, int offset)
    {
        reader.Read();
        var steps = new List<UniversalStep>(capacity: 2);
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            steps.Add(ReadStep(ref reader, offset, ""));
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                if (steps.Count == MostSteps)
                {
                    throw new InvalidStepException($"The array has more than {MostSteps} steps.");
                }

                var path = string.Create(CultureInfo.InvariantCulture, $"[{steps.Count}]");
                steps.Add(reader.TokenType == JsonTokenType.StartObject
                    ? ReadStep(ref reader, offset, path + ".")
                    : throw new InvalidStepException($"{path} must be an object with provider, endpoint and query."));
            }
        }
        else
        {
            throw new InvalidStepException("The request's body must be an array of steps, or one step.");
        }

        reader.Read(); // Nothing may follow; the reader says so itself.
        return steps.Count > 0 ? steps : throw new InvalidStepException("The array of steps is empty.");
    }

    private static UniversalStep ReadStep(ref Utf8JsonReader reader, int offset, string path)
    {
        string? provider = null, endpoint = null, authorization = null;
        Range? query = null;
        IHeaderDictionary headers = new HeaderDictionary();
        List<KeyValuePair<string, string>> config = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "provider":
                    provider = ReadText(ref reader, path + name);
                    break;
                case "endpoint":
                    endpoint = ReadText(ref reader, path + name);
                    break;
                case "authorization":
                    authorization = ReadHeader(ref reader, path + name);
                    break;
                case "headers":
                    ReadHeaders(ref reader, headers, path + name);
                    break;
                case "config":
                    ReadConfig(ref reader, config, path + name);
                    break;
                case "query":
                    query = ReadQuery(ref reader, offset, path + name);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        if (authorization is not null && headers.Authorization.Count == 0)
        {
            headers.Authorization = authorization;
        }

        if (headers.ContentType.Count == 0)
        {
            headers.ContentType = "application/json";
        }

        return new()
        {
            Provider = provider is { Length: > 0 } ? provider : throw Missing(path + "provider"),
            Endpoint = endpoint?.TrimStart('/') is { Length: > 0 } trimmed ? trimmed : throw Missing(path + "endpoint"),
            Query = query ?? throw Missing(path + "query"),
            Headers = headers,
            Config = config,
        };
    }

    private static string ReadText(ref Utf8JsonReader reader, string path) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new InvalidStepException($"{path} must be a string.");

    private static Range ReadQuery(ref Utf8JsonReader reader, int offset, string path)
    {
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            throw new InvalidStepException($"{path} must be an object: the body for the provider.");
        }

        var start = offset + (int)reader.TokenStartIndex;
        reader.Skip();
        return new(start, offset + (int)reader.BytesConsumed);
    }

    private static void ReadHeaders(ref Utf8JsonReader reader, IHeaderDictionary headers, string path)
    {
        ExpectObject(ref reader, path);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameCharacters))
            {
                throw new InvalidStepException($"{path} holds a name that cannot be a header's.");
            }

            // An SDK's way to say "not set".
            if (reader.TokenType != JsonTokenType.Null)
            {
                headers[name] = ReadHeader(ref reader, $"{path}[\"{name}\"]");
            }
        }
    }

    private static string ReadHeader(ref Utf8JsonReader reader, string path)
    {
        var value = ReadScalar(ref reader) ?? throw new InvalidStepException($"{path} must be a string.");
        foreach (var character in value)
        {
            if (char.IsControl(character) && character != '\t')
            {
                throw new InvalidStepException($"{path} holds a control character.");
            }
        }

        return HeaderText.ToUtf8(value);
    }

    private static void ReadConfig(ref Utf8JsonReader reader, List<KeyValuePair<string, string>> config, string path)
    {
        ExpectObject(ref reader, path);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            var header = name switch
            {
                "requestTimeout" => "cf-aig-request-timeout",
                "maxAttempts" => "cf-aig-max-attempts",
                "retryDelay" => "cf-aig-retry-delay",
                "backoff" => "cf-aig-backoff",
                _ => null,
            };
            if (header is null || reader.TokenType == JsonTokenType.Null)
            {
                reader.Skip();
            }
            else
            {
                // A value of the right kind that makes no sense is ignored with a warning, like the header's.
                config.Add(new(header, ReadScalar(ref reader) ?? throw new InvalidStepException($"{path}.{name} must be a {(name == "backoff" ? "string" : "number")}.")));
            }
        }
    }

    private static void ExpectObject(ref Utf8JsonReader reader, string path)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new InvalidStepException($"{path} must be an object.");
        }
    }

    // Numbers and booleans as the client wrote them; null for what has no text.
    private static string? ReadScalar(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => null,
    };

    private static InvalidStepException Missing(string path) => new($"{path} is required.");

    private sealed class InvalidStepException(string message) : Exception(message);
}
