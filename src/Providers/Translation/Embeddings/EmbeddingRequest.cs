namespace GatewayActors.Providers.Translation.Embeddings;

/// <summary>A request for embeddings in OpenAI's format, taken apart.</summary>
public sealed record EmbeddingRequest
{
    /// <summary>The model, without its provider.</summary>
    public required string Model { get; init; }

    /// <summary>The texts; at least one, none of them empty.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>How long the vectors are to be; null for the model's own length.</summary>
    public int? Dimensions { get; init; }

    /// <summary>Whether the client wants the vectors as base64 of little-endian floats, as OpenAI's SDKs do by themselves.</summary>
    public bool IsBase64 { get; init; }

    /// <summary>What the vectors are for; null if the client does not say. OpenAI has nothing like it, most others do.</summary>
    public EmbeddingPurpose? Purpose { get; init; }

    /// <summary>The purpose in Google's words, as the client gave it; null if it did not.</summary>
    public string? TaskType { get; init; }

    /// <summary>What becomes of texts that are too long: <c>NONE</c>, <c>START</c> or <c>END</c>; null for the provider's default.</summary>
    public string? Truncate { get; init; }

    /// <summary>Members that no other format knows.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];

    /// <summary>Tokens of the texts, guessed by their length for providers that do not count.</summary>
    public long EstimatedTokens => Inputs.Sum(input => (System.Text.Encoding.UTF8.GetByteCount(input) + 3L) / 4); // four bytes a token, as in English text
}

/// <summary>What vectors are for.</summary>
public enum EmbeddingPurpose
{
    /// <summary>To be found.</summary>
    Document,

    /// <summary>To find others.</summary>
    Query,

    /// <summary>To be put into classes.</summary>
    Classification,

    /// <summary>To be grouped.</summary>
    Clustering,
}
