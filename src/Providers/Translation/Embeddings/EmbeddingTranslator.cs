using System.Buffers;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Embeddings;

/// <summary>Puts requests for embeddings into a provider's own format. Pure; one instance per process; thread-safe.</summary>
public abstract class EmbeddingTranslator
{
    /// <summary>Translates a request.</summary>
    /// <exception cref="RefusedRequestException">It asks for something that the provider's format cannot say.</exception>
    public abstract EmbeddingCall Translate(EmbeddingRequest request);

    /// <summary>Refuses a length of vectors that the model does not make: another one would be of no use to the client.</summary>
    /// <param name="request">The request.</param>
    /// <param name="lengths">Those that it makes.</param>
    protected static void RequireDimensions(EmbeddingRequest request, params ReadOnlySpan<int> lengths)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Dimensions is { } asked && !lengths.Contains(asked))
        {
            throw new RefusedRequestException($"This model's vectors have {string.Join(" or ", lengths.ToArray())} dimensions.", "dimensions");
        }
    }

    /// <summary>The members of a request that go no further.</summary>
    /// <param name="request">The request.</param>
    /// <param name="takesPurpose">Whether the provider can be told what the vectors are for.</param>
    /// <param name="takesTruncation">Whether it can be told what becomes of texts that are too long.</param>
    protected static IReadOnlyCollection<string> Dropped(EmbeddingRequest request, bool takesPurpose = false, bool takesTruncation = false)
    {
        ArgumentNullException.ThrowIfNull(request);
        var dropped = new List<string>(request.Others);
        if (request.Purpose is not null && !takesPurpose)
        {
            dropped.Add(request.TaskType is null ? "input_type" : "task_type");
        }
        else if (request.TaskType is not null && request.Purpose is null)
        {
            dropped.Add("task_type"); // Known to Google only.
        }

        if (request.Truncate is not null && !takesTruncation)
        {
            dropped.Add("truncate");
        }

        return dropped;
    }

    /// <summary>Writes one body for every so many texts.</summary>
    /// <param name="inputs">The texts.</param>
    /// <param name="most">Most texts that the provider takes at once.</param>
    /// <param name="write">Writes the members of a body.</param>
    protected static IReadOnlyList<ReadOnlyMemory<byte>> WriteBodies(IReadOnlyList<string> inputs, int most, Action<Utf8JsonWriter, IEnumerable<string>> write)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(write);
        var bodies = new List<ReadOnlyMemory<byte>>();
        foreach (var batch in inputs.Chunk(most))
        {
            var body = new ArrayBufferWriter<byte>(512);
            using var json = new Utf8JsonWriter(body, ChunkWriter.AsWritten);
            json.WriteStartObject();
            write(json, batch);
            json.WriteEndObject();
            json.Flush();
            bodies.Add(body.WrittenMemory);
        }

        return bodies;
    }

    /// <summary>Writes texts as an array.</summary>
    protected static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(texts);
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}

/// <summary>A translated request, and where the vectors stand in its answers. Immutable.</summary>
public abstract class EmbeddingCall
{
    /// <summary>The provider's own path, without a leading slash.</summary>
    public required string Path { get; init; }

    /// <summary>The bodies in the provider's format, in the order of the texts: as many as the provider needs.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Bodies { get; init; }

    /// <summary>Members of the request that the provider's format lacks and that do not change what is meant.</summary>
    public IReadOnlyCollection<string> Dropped { get; init; } = [];

    /// <summary>Whether the vectors must be brought to length 1.</summary>
    public bool Normalizes { get; init; }

    /// <summary>The vectors of one answer, in the order of its texts; those that are no arrays of numbers make the answer malformed.</summary>
    public abstract IEnumerable<JsonElement> Vectors(JsonElement answer);

    /// <summary>The tokens that one answer counts; null if it does not say.</summary>
    public virtual long? Tokens(JsonElement answer) => null;
}
