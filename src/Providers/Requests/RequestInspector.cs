using System.Text.Json;

namespace GatewayActors.Providers.Requests;

/// <summary>What a request's body says that the gateway must know before sending it on.</summary>
/// <param name="Model">The model it names, or null.</param>
/// <param name="Stream">Whether it asks for a stream; null if it does not say.</param>
public readonly record struct RequestFacts(string? Model, bool? Stream)
{
    /// <summary>A body that says nothing, or that cannot be read.</summary>
    public static RequestFacts None => default;
}

/// <summary>
/// Reads the model and the stream flag out of a JSON body, or out of the first part of one. Reads no further than it must and allocates
/// nothing but the model's name. Thread-safe.
/// </summary>
public static class RequestInspector
{
    private const int MaxDepth = 256; // Deeper bodies are left to the provider to judge.

    /// <summary>Reads a body.</summary>
    /// <param name="body">The body in UTF-8, whole or cut anywhere: what has come complete before the cut is found.</param>
    /// <param name="modelMember">The top-level member that names the model: <see cref="Provider.ModelMemberAt"/>.</param>
    /// <returns>Nothing for a malformed body or one that is no object.</returns>
    public static RequestFacts Inspect(ReadOnlySpan<byte> body, string modelMember)
    {
        if (body.StartsWith("\uFEFF"u8))
        {
            body = body[3..];
        }

        // Never the final block: a cut body ends the reading, it is no error.
        var reader = new Utf8JsonReader(body, isFinalBlock: false, new JsonReaderState(new() { MaxDepth = MaxDepth }));
        try
        {
            return Inspect(ref reader, modelMember);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return RequestFacts.None; // malformed JSON, or a string that is not UTF-8: the provider will say so
        }
    }

    private static RequestFacts Inspect(ref Utf8JsonReader reader, string modelMember)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return RequestFacts.None;
        }

        var facts = new Found();
        while (!facts.IsComplete && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isModel = reader.ValueTextEquals(modelMember);
            var isStream = !isModel && reader.ValueTextEquals("stream"u8);
            if (!reader.Read())
            {
                break;
            }

            if (isModel)
            {
                facts.SetModel(ref reader);
            }
            else if (isStream)
            {
                facts.SetStream(ref reader);
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && !reader.TrySkip())
            {
                break;
            }
        }

        return facts.ToFacts();
    }

    private struct Found
    {
        private bool _hasModel;
        private bool _hasStream;
        private string? _model;
        private bool? _stream;

        public readonly bool IsComplete => _hasModel && _hasStream;

        public void SetModel(ref Utf8JsonReader reader)
        {
            _hasModel = true;
            _model = reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } name ? name : null;
        }

        public void SetStream(ref Utf8JsonReader reader)
        {
            _hasStream = true;
            _stream = reader.TokenType switch
            {
                JsonTokenType.True => true,
                JsonTokenType.False => false,
                _ => null,
            };
        }

        public readonly RequestFacts ToFacts() => new(_model, _stream);
    }
}
