namespace GatewayActors.Providers.Mapping;

/// <summary>The kinds of model that log entries name, and how a path tells them.</summary>
public static class ModelTypes
{
    /// <summary>Text, with or without images and sound in it.</summary>
    public const string TextGeneration = "text-generation";
    /// <summary>Vectors of texts or images.</summary>
    public const string Embeddings = "embeddings";
    /// <summary>Images.</summary>
    public const string Image = "image";
    /// <summary>Speech and transcription alike.</summary>
    public const string Audio = "audio";
    /// <summary>Moving images.</summary>
    public const string Video = "video";
    /// <summary>An order of texts.</summary>
    public const string Rerank = "rerank";
    /// <summary>Judgements about content.</summary>
    public const string Moderation = "moderation";

    /// <summary>The kind by the path segments that OpenAI and its imitators share; null if none tells.</summary>
    public static string? OfPath(ReadOnlySpan<char> path)
    {
        while (!path.IsEmpty)
        {
            if (OfSegment(RequestPath.TakeSegment(ref path)) is { } type)
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>The kind by a model's name, where one operation serves several kinds; null if the name does not tell.</summary>
    public static string? OfModel(string? model) => model switch
    {
        null => null,
        _ when Has(model, "embed") || Has(model, "gecko") || Has(model, "/bge-") => Embeddings,
        _ when Has(model, "imagen") || Has(model, "image") || Has(model, "stable-diffusion") || Has(model, "flux") || Has(model, "titan-image")
            || Has(model, "nova-canvas") => Image,
        _ when Has(model, "veo") || Has(model, "nova-reel") => Video,
        _ when Has(model, "rerank") => Rerank,
        _ when Has(model, "whisper") || Has(model, "deepgram") || Has(model, "tts") || Has(model, "aura") => Audio,
        _ => null,
    };

    private static bool Has(string model, string word) => model.Contains(word, StringComparison.OrdinalIgnoreCase);

    private static string? OfSegment(ReadOnlySpan<char> segment) => segment switch
    {
        "chat" or "completions" or "messages" or "responses" or "complete" or "generate" or "agent" or "realtime" => TextGeneration,
        "embeddings" or "embed" => Embeddings,
        "images" or "image" => Image,
        "audio" or "tts" or "stt" => Audio,
        "video" or "videos" => Video,
        "rerank" => Rerank,
        "moderations" => Moderation,
        _ => null,
    };
}
