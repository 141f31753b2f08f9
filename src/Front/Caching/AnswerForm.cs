using System.Security.Cryptography;
using System.Text.Json;
using GatewayActors.Abstractions.Caching;
using GatewayActors.Front.Pipeline;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Front.Caching;

/// <summary>
/// In which form a request wants its answer, where the gateway lets one kept answer stand for both: as a stream or as a whole. Nothing is
/// known of others: they get what was kept for the very same request.
/// </summary>
internal readonly record struct AnswerForm
{
    private const int MaxDepth = 256;

    /// <summary>Whether the answer may have been kept in the other form.</summary>
    public bool IsShared { get; private init; }

    /// <summary>Whether the request wants a stream.</summary>
    public bool WantsStream { get; private init; }

    /// <summary>Whether it wants the usage at the end of it.</summary>
    public bool IncludesUsage { get; private init; }

    /// <summary>What a step wants. Only OpenAI's chat completions exist in both forms here.</summary>
    public static AnswerForm Of(Step step)
    {
        if (!step.Exchange.Snapshot.Cache.SharedFormats
            || step.Translation is not null
            || !step.Body.IsWhole
            || !step.Route.Address.Path.EndsWith("chat/completions", StringComparison.Ordinal)
            || step.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == false)
        {
            return default;
        }

        return Read(step.Body.Head, hash: null) ?? default;
    }

    /// <summary>Adds a body to a key, without what only says in which form the answer is wanted.</summary>
    public static void Append(IncrementalHash hash, ReadOnlySpan<byte> body) => Read(body, hash);

    /// <summary>An answer in this form; null if it cannot be brought into it.</summary>
    public CachedAnswer? Fit(CachedAnswer answer)
    {
        if (!IsShared)
        {
            return answer;
        }

        ReadOnlyMemory<byte>? body = (WantsStream, BodyCapture.IsEventStream(answer.ContentType)) switch
        {
            (false, false) => answer.Body,
            (true, true) => StoredChat.WithUsage(answer.Body, IncludesUsage),
            (true, false) => StoredChat.ToStream(answer.Body.Span, IncludesUsage),
            (false, true) => StoredChat.ToCompletion(answer.Body.Span),
        };
        return body is not { } fitting ? null
            : fitting.Equals(answer.Body) ? answer
            : answer with { Body = fitting, ContentType = WantsStream ? "text/event-stream; charset=utf-8" : "application/json" };
    }

    private static AnswerForm? Read(ReadOnlySpan<byte> body, IncrementalHash? hash)
    {
        var reader = new Utf8JsonReader(body.StartsWith("\uFEFF"u8) ? body = body[3..] : body, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            var form = new AnswerForm { IsShared = true };
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
