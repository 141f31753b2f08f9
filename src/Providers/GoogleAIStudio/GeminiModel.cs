using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>Google's two services for Gemini. They share the format but not every member.</summary>
internal enum GoogleService
{
    /// <summary>Google AI Studio.</summary>
    AIStudio,

    /// <summary>Vertex AI.</summary>
    Vertex,
}

/// <summary>How a model is told how much to think.</summary>
internal enum GeminiThinkingKind
{
    /// <summary>It does not think.</summary>
    None,

    /// <summary>By a number of tokens.</summary>
    Budget,

    /// <summary>By a word.</summary>
    Level,
}

/// <summary>What a model of Google's takes, as far as its name tells. A name without a version is taken for one of the newest.</summary>
/// <remarks>https://ai.google.dev/gemini-api/docs/models and /docs/thinking.</remarks>
internal sealed class GeminiModel
{
    private const int Newest = 30;
    private const string GooglePublisher = "google/";

    private readonly int _generation; // times ten: 25 is Gemini 2.5
    private readonly bool _isGemma;
    private readonly bool _isPro;
    private readonly bool _isLite;
    private readonly bool _isImage;
    private readonly GoogleService _service;

    private GeminiModel(string resource, string name, GoogleService service)
    {
        (Resource, _service) = (resource, service);
        _isGemma = name.StartsWith("gemma", StringComparison.OrdinalIgnoreCase);
        _isPro = Has(name, "-pro");
        _isLite = Has(name, "-lite");
        _isImage = Has(name, "-image");
        IsSpeech = Has(name, "-tts");
        _generation = GenerationOf(name);
    }

    /// <summary>The end of its path, such as <c>models/gemini-2.5-pro</c>, percent-encoded.</summary>
    public string Resource { get; }

    /// <summary>Whether it makes speech of text.</summary>
    public bool IsSpeech { get; }

    /// <summary>Whether instructions have a place of their own.</summary>
    public bool TakesSystem => !_isGemma;

    /// <summary>Whether it takes JSON Schema; if not, OpenAPI's subset of it.</summary>
    public bool TakesJsonSchema => !_isGemma && _generation >= 25;

    /// <summary>Whether an answer can be held to JSON.</summary>
    public bool TakesFormat => !_isGemma;

    /// <summary>Whether an answer can be held to JSON while there are functions.</summary>
    public bool TakesFormatWithFunctions => !_isGemma && _generation >= 30;

    /// <summary>Whether a function's result may hold pictures.</summary>
    public bool TakesPicturesInResults => !_isGemma && _generation >= 30;

    /// <summary>Whether a call in the history must carry the signature it came with.</summary>
    public bool NeedsSignatures => !_isGemma && _generation >= 30;

    /// <summary>How it is told how much to think.</summary>
    public GeminiThinkingKind Thinking =>
        _isGemma || IsSpeech || _isImage || _generation < 25 ? GeminiThinkingKind.None
        : _generation < 30 ? GeminiThinkingKind.Budget
        : GeminiThinkingKind.Level;

    /// <summary>The budget that comes nearest to no thinking.</summary>
    public long LeastBudget => _isPro ? 128 : 0;

    /// <summary>The budget of the lowest effort.</summary>
    public long MinimalBudget => _isLite ? 512 : 1024;

    /// <summary>The highest budget.</summary>
    public long MostBudget => _isPro ? 32768 : 24576;

    /// <summary>The lowest level.</summary>
    public string LeastLevel => _isPro ? "low" : "minimal";

    /// <summary>The most tokens of an answer; null if not known.</summary>
    public long? MostOutput => this switch
    {
        { _isGemma: true } or { IsSpeech: true } => null,
        { _isImage: true } => 32768,
        { _generation: < 25 } => 8192,
        _ => _service == GoogleService.Vertex ? 65535 : 65536,
    };

    /// <summary>Reads a model's name as clients give it.</summary>
    /// <exception cref="RefusedRequestException">It is not one of Google's.</exception>
    public static GeminiModel Parse(string model, GoogleService service)
    {
        var name = model;
        if (service == GoogleService.Vertex)
        {
            name = name.StartsWith("publishers/", StringComparison.Ordinal) ? name["publishers/".Length..] : name;
            name = name.StartsWith(GooglePublisher, StringComparison.Ordinal) ? name[GooglePublisher.Length..] : name;
        }

        var collection = "models/";
        if (service == GoogleService.AIStudio && name.StartsWith("tunedModels/", StringComparison.Ordinal))
        {
            collection = "tunedModels/";
        }

        name = name.StartsWith(collection, StringComparison.Ordinal) ? name[collection.Length..] : name;
        if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal))
        {
            throw new RefusedRequestException(
                service == GoogleService.Vertex
                    ? "Only Google's own models, google/{model}, can be called in this format; call others by their own path."
                    : "The model must be {model}, models/{model} or tunedModels/{model}.",
                "model");
        }

        return new(collection + Uri.EscapeDataString(name), name, service);
    }

    private static bool Has(string name, string word) => name.Contains(word, StringComparison.OrdinalIgnoreCase);

    private static int GenerationOf(string name)
    {
        const string prefix = "gemini-";
        if (!name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            return Newest;
        }

        var rest = name.AsSpan(prefix.Length);
        if (rest is [>= '0' and <= '9', '.', >= '0' and <= '9', ..])
        {
            return ((rest[0] - '0') * 10) + rest[2] - '0';
        }

        return rest is [>= '1' and <= '9'] or [>= '1' and <= '9', '-', ..] ? (rest[0] - '0') * 10 : Newest;
    }
}
