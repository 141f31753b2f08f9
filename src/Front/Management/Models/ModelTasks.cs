using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Pricing;

namespace GatewayActors.Front.Management.Models;

/// <summary>What models are for, in the words of the reference's catalogue.</summary>
internal static class ModelTasks
{
    /// <summary>Text from text, and what else goes with it.</summary>
    public static ModelTask TextGeneration { get; } = new("text-generation", "Text Generation", "Writes text in answer to text, and often to images or sound.");

    /// <summary>Vectors.</summary>
    public static ModelTask Embeddings { get; } = new("text-embeddings", "Text Embeddings", "Makes vectors of texts, so that they can be compared.");

    private static readonly ModelTask Image = new("text-to-image", "Text-to-Image", "Makes images of a description.");
    private static readonly ModelTask Speech = new("text-to-speech", "Text-to-Speech", "Speaks a text.");
    private static readonly ModelTask Transcription = new("automatic-speech-recognition", "Automatic Speech Recognition", "Writes down what is said.");
    private static readonly ModelTask Video = new("text-to-video", "Text-to-Video", "Makes videos of a description.");
    private static readonly ModelTask Rerank = new("rerank", "Rerank", "Orders texts by how well they answer a question.");
    private static readonly ModelTask Moderation = new("moderation", "Moderation", "Judges whether content is harmful.");
    private static readonly ModelTask Classification = new("text-classification", "Text Classification", "Sorts texts.");
    private static readonly ModelTask Translation = new("translation", "Translation", "Puts a text into another language.");
    private static readonly ModelTask Reading = new("image-to-text", "Image-to-Text", "Reads what is written in images.");
    private static readonly ModelTask Search = new("search", "Search", "Searches and answers with what it finds.");
    private static readonly ModelTask Realtime = new("realtime", "Realtime", "Talks over a connection that stays open.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ModelTask> All { get; } =
        [TextGeneration, Embeddings, Image, Speech, Transcription, Video, Rerank, Moderation, Classification, Translation, Reading, Search, Realtime];

    /// <summary>The task of a model: by its line of the price table, else by its name.</summary>
    public static ModelTask Of(string model, ModelPrice price) => price.Mode switch
    {
        "chat" or "responses" or "completion" => TextGeneration,
        "embedding" => Embeddings,
        "image_generation" => Image,
        "audio_speech" => Speech,
        "audio_transcription" => Transcription,
        "video_generation" => Video,
        "rerank" => Rerank,
        "moderation" => Moderation,
        "classification" => Classification,
        "translation" => Translation,
        "ocr" => Reading,
        "search" => Search,
        "realtime" => Realtime,
        _ => ModelTypes.OfModel(model) switch
        {
            ModelTypes.Embeddings => Embeddings,
            ModelTypes.Image => Image,
            ModelTypes.Audio => Transcription,
            ModelTypes.Video => Video,
            ModelTypes.Rerank => Rerank,
            _ => TextGeneration,
        },
    };
}

/// <summary>What models are for.</summary>
internal sealed record ModelTask(string Id, string Name, string Description);
