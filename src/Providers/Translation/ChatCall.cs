using System.Buffers;
using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>Puts chat completion requests into a provider's own format. Pure; one instance per process; thread-safe.</summary>
public abstract class ChatTranslator
{
    /// <summary>The type of the provider's own tool that searches the web; null if it has none.</summary>
    public virtual string? SearchTool => null;

    /// <summary>Translates a request.</summary>
    /// <exception cref="RefusedRequestException">It asks for something that the provider's format cannot say.</exception>
    public ChatCall Translate(ChatRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return Write(request);
        }
        catch (InvalidOperationException)
        {
            // The JSON reader lets escapes through that are no characters, and throws when they are read.
            throw new RefusedRequestException("The body holds text that is not valid Unicode.", null);
        }
    }

    /// <summary>Translates a request to count its tokens; null where the provider, or the model, does not count.</summary>
    /// <exception cref="RefusedRequestException">It asks for something that the provider's format cannot say.</exception>
    public virtual CountCall? TranslateCount(ChatRequest request) => null;

    /// <summary>Whether the provider takes only the bytes of a part that stands in the request as a URL on the web.</summary>
    public virtual bool WantsBytes(ChatPart part) => false;

    /// <summary>
    /// The first calls of the answers since the user has spoken last whose reasoning, or signatures, the provider wants back and the request
    /// does not hold, by their ids.
    /// </summary>
    public virtual IReadOnlyList<string> CallsWithoutThoughts(ChatRequest request) => [];

    /// <summary>Writes the request in the provider's format.</summary>
    protected abstract ChatCall Write(ChatRequest request);
}

/// <summary>A translated request, and how its answer is read. Belongs to one exchange.</summary>
public abstract class ChatCall
{
    /// <summary>The provider's own path, its query included, without a leading slash.</summary>
    public required string Path { get; init; }

    /// <summary>The body in the provider's format.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Headers that the request needs beside the credential.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Members of the request that the provider's format lacks and that do not change what is meant.</summary>
    public IReadOnlyCollection<string> Dropped { get; init; } = [];

    /// <summary>Whether calls of the answer have to come back in the next request together with what was thought before them.</summary>
    public bool NeedsThoughts { get; init; }

    /// <summary>The names of functions as they went out, for <see cref="ChatAnswerFacts.Names"/>.</summary>
    public ToolNames Names { get; init; } = ToolNames.Unchanged;

    /// <summary>Makes a reader for one answer of status 200.</summary>
    /// <param name="answer">Takes what is read.</param>
    /// <param name="isStream">Whether the answer is a stream in the provider's format.</param>
    public abstract ChatAnswerReader CreateReader(ChatAnswer answer, bool isStream);
}

/// <summary>Reads an answer in a provider's format while its bytes pass. One instance per answer; not thread-safe.</summary>
public abstract class ChatAnswerReader
{
    /// <summary>Takes the next bytes, cut anywhere.</summary>
    public abstract void Read(ReadOnlySpan<byte> bytes);

    /// <summary>The upstream has ended.</summary>
    public abstract void Complete();
}

/// <summary>Reads an answer that is one JSON document: keeps its bytes and hands them over whole.</summary>
public abstract class WholeAnswerReader(ChatAnswer answer) : ChatAnswerReader
{
    private readonly ArrayBufferWriter<byte> _bytes = new(4096);

    /// <summary>Takes what is read.</summary>
    protected ChatAnswer Answer { get; } = answer;

    /// <inheritdoc/>
    public sealed override void Read(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    /// <inheritdoc/>
    public sealed override void Complete()
    {
        try
        {
            using var document = JsonDocument.Parse(_bytes.WrittenMemory);
            Read(document.RootElement);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // The second is how the reader says that an escape is no character.
            Answer.Fail(ChatFault.Malformed);
        }

        Answer.End();
    }

    /// <summary>Reads the document.</summary>
    protected abstract void Read(JsonElement root);
}

/// <summary>Reads an answer that is a stream of server-sent events with JSON data.</summary>
public abstract class EventAnswerReader : ChatAnswerReader
{
    private readonly SseEvents _events = new();

    /// <summary>Makes a reader.</summary>
    protected EventAnswerReader(ChatAnswer answer) => Answer = answer;

    /// <summary>Takes what is read.</summary>
    protected ChatAnswer Answer { get; }

    /// <inheritdoc/>
    public sealed override void Read(ReadOnlySpan<byte> bytes)
    {
        if (!_events.TryAppend(bytes))
        {
            Answer.Fail(ChatFault.Malformed);
            return;
        }

        while (_events.TryTake(out var data))
        {
            ReadEvent(data);
        }
    }

    /// <inheritdoc/>
    public sealed override void Complete()
    {
        // Some upstreams leave the last blank line out.
        if (_events.TryTakeLast(out var data))
        {
            ReadEvent(data);
        }

        Finish();
        Answer.End();
    }

    /// <summary>Reads an event of a shape that needs no document, if it is one.</summary>
    /// <returns>False if it is not, or is no JSON; nothing of it has gone out then.</returns>
    protected virtual bool TryRead(ReadOnlySpan<byte> data) => false;

    /// <summary>Reads the JSON of one event.</summary>
    protected abstract void Read(JsonElement data);

    /// <summary>The provider says that this was all. Few rely on it: most have said so before, in a way of their own.</summary>
    protected virtual void Done()
    {
    }

    /// <summary>The stream has ended: what is still held back goes out now.</summary>
    protected virtual void Finish()
    {
    }

    private void ReadEvent(ReadOnlyMemory<byte> data)
    {
        if (data.IsEmpty)
        {
            return;
        }

        if (data.Span.SequenceEqual("[DONE]"u8))
        {
            Done();
            return;
        }

        if (TryRead(data.Span))
        {
            return;
        }

        try
        {
            using var document = JsonDocument.Parse(data);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                Read(document.RootElement);
            }
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // The second is how the reader says that an escape is no character.
            Answer.Fail(ChatFault.Malformed);
        }
    }
}
