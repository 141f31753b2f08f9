using System.Security.Cryptography;
using System.Text.Json;
using GatewayActors.Abstractions.Caching;
using GatewayActors.Front.Pipeline;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Messages;
using GatewayActors.Providers.Translation.Responses;

namespace GatewayActors.Front.Caching;

/// <summary>
/// In which form a request wants its answer, where the gateway lets one kept answer stand for both: as a stream or as a whole. Nothing is
/// known of others: they get what was kept for the very same request.
/// </summary>
internal readonly record struct AnswerForm
{
    private const int MaxDepth = 256;

    /// <summary>The format of which the kept answer is; null: it is kept for its own form alone.</summary>
    public SharedFormat? Format { get; private init; }

    /// <summary>Whether the answer may have been kept in the other form.</summary>
    public bool IsShared => Format is not null;

    /// <summary>Whether the request wants a stream.</summary>
    public bool WantsStream { get; private init; }

    /// <summary>Whether it wants the usage at the end of it.</summary>
    public bool IncludesUsage { get; private init; }

    /// <summary>What a step wants.</summary>
    public static AnswerForm Of(Step step)
    {
        if (!step.Exchange.Snapshot.Cache.SharedFormats
            || !step.Body.IsWhole
            || FormatOf(step) is not { } format
            || step.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == false)
        {
            return default;
        }

        return Read(RequestOf(step), hash: null) is { } form ? form with { Format = format } : default;
    }

    /// <summary>The body that says what is asked for: the client's own, where the provider's says the same in two ways.</summary>
    public static ReadOnlySpan<byte> RequestOf(Step step) => step.Translation is { } translation ? translation.Request.Span : step.Body.Head;

    /// <summary>Adds a body to a key, without what only says in which form the answer is wanted.</summary>
    public static void Append(IncrementalHash hash, ReadOnlySpan<byte> body) => Read(body, hash);

    /// <summary>An answer in this form; null if it cannot be brought into it.</summary>
    public CachedAnswer? Fit(CachedAnswer answer)
    {
        if (Format is not { } format)
        {
            return answer;
        }

        var kept = answer.Body;
        var body = (BodyCapture.IsEventStream(answer.ContentType), WantsStream) switch
        {
            (true, true) => format == SharedFormat.ChatCompletions ? StoredChat.WithUsage(kept, IncludesUsage) : kept,
            (false, false) => kept,
            (true, false) => format switch
            {
                SharedFormat.ChatCompletions => StoredChat.ToCompletion(kept.Span),
                SharedFormat.Messages => StoredMessage.ToMessage(kept.Span),
                SharedFormat.Responses => StoredResponse.ToResponse(kept.Span),
                SharedFormat.Translated => kept, // It is translated all the same, from either form into either.
            },
            (false, true) => format switch
            {
                SharedFormat.ChatCompletions => StoredChat.ToStream(kept.Span, IncludesUsage),
                SharedFormat.Messages => StoredMessage.ToStream(kept.Span),
                SharedFormat.Responses => StoredResponse.ToStream(kept.Span),
                SharedFormat.Translated => kept,
            },
        };
        return body is not { } fitting ? null
            : fitting.Equals(answer.Body) ? answer
            : answer with { Body = fitting, ContentType = WantsStream ? "text/event-stream; charset=utf-8" : "application/json" };
    }

    /// <summary>The document that a stream adds up to; null where its format has none here, or it is not whole.</summary>
    public static ReadOnlyMemory<byte>? ToDocument(Step step, ReadOnlyMemory<byte> stream) => FormatOf(step) switch
    {
        SharedFormat.ChatCompletions => StoredChat.ToCompletion(stream.Span, needsUsage: false),
        SharedFormat.Messages => StoredMessage.ToMessage(stream.Span),
        SharedFormat.Responses => StoredResponse.ToResponse(stream.Span),
        SharedFormat.Translated or null => null,
    };

    private static SharedFormat? FormatOf(Step step)
    {
        if (step.Translation is not null)
        {
            return SharedFormat.Translated;
        }

        var (path, provider) = (step.Route.Address.Path, step.Route.Provider);
        return path.EndsWith("chat/completions", StringComparison.Ordinal) ? SharedFormat.ChatCompletions
            : IsPathOf(provider.MessagesPath("messages")) ? SharedFormat.Messages
            : IsPathOf(provider.OpenAIPath("responses")) ? SharedFormat.Responses
            : null;

        // One of them may have a version or a prefix that the other has not.
        bool IsPathOf(string? own) => own is not null && (path == own || own.EndsWith('/' + path, StringComparison.Ordinal) || path.EndsWith('/' + own, StringComparison.Ordinal));
    }

    private static AnswerForm? Read(ReadOnlySpan<byte> body, IncrementalHash? hash)
    {
        var reader = new Utf8JsonReader(body.StartsWith("\uFEFF"u8) ? body = body[3..] : body, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            var form = new AnswerForm();
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isStream = reader.ValueTextEquals("stream"u8);
                var isOptions = reader.ValueTextEquals("stream_options"u8);
                var name = reader.ValueSpan;
                reader.Read();
                if (isStream)
                {
                    form = reader.TokenType is JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null
                        ? form with { WantsStream = reader.TokenType == JsonTokenType.True }
                        : throw new JsonException();
                }
                else if (isOptions)
                {
                    form = form with { IncludesUsage = ReadIncludesUsage(ref reader) };
                }
                else
                {
                    var start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    if (hash is not null)
                    {
                        // Each with its length in front: no value can pretend to be two.
                        AppendPart(hash, name);
                        AppendPart(hash, body[start..(int)reader.BytesConsumed]);
                    }
                }
            }

            return reader.Read() ? null : form;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // The provider will say so.
        }
    }

    private static bool ReadIncludesUsage(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return reader.TokenType == JsonTokenType.Null ? false : throw new JsonException();
        }

        var includes = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUsage = reader.ValueTextEquals("include_usage"u8);
            reader.Read();
            includes = isUsage ? reader.TokenType == JsonTokenType.True : includes;
            reader.Skip();
        }

        return includes;
    }

    private static void AppendPart(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> prefix = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(prefix, bytes.Length);
        hash.AppendData(prefix);
        hash.AppendData(bytes);
    }
}

/// <summary>The formats of which one kept answer stands for a stream and a whole one.</summary>
internal enum SharedFormat
{
    /// <summary>OpenAI's chat completions.</summary>
    ChatCompletions,

    /// <summary>Anthropic's Messages.</summary>
    Messages,

    /// <summary>OpenAI's Responses.</summary>
    Responses,

    /// <summary>The provider's own, whatever it is: the client speaks another one.</summary>
    Translated,
}
