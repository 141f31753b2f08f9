using System.Globalization;
using GatewayActors.Providers.Usage.Dialects;
using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Usage;

/// <summary>
/// Makes the reader for a response: one method per API family. The content type decides between JSON, events, lines and frames. The
/// answer is null where nothing can be read, which holds for every status from 300 on.
/// </summary>
/// <remarks>Calls that only fetch (GET, HEAD) state the usage of an earlier call; it is read again only where the docs of a method say so.</remarks>
public static class UsageReaders
{
    private static readonly OpenAIDialect OpenAIFormat = new();
    private static readonly OpenAIDialect Images = new(OpenAITraits.Images);
    private static readonly OpenAIDialect XAIFormat = new(OpenAITraits.ReasoningBeside | OpenAITraits.StatesCost);
    private static readonly OpenAIDialect Charging = new(OpenAITraits.StatesCost);
    private static readonly OpenAIDialect ShortAudio = new(OpenAITraits.MinimumDuration);
    private static readonly AnthropicDialect Messages = new();
    private static readonly GeminiDialect GenerateContent = new();
    private static readonly BedrockDialect BedrockFormat = new();
    private static readonly CohereDialect CohereFormat = new();
    private static readonly TextGenerationDialect TextGeneration = new();
    private static readonly SpeechDialect Speech = new();

    /// <summary>OpenAI, Azure OpenAI, DeepSeek, Mistral, Cerebras, Baseten and others that imitate it; also Anthropic's format on such hosts.</summary>
    public static UsageReader? OpenAI(in ResponseFacts response) =>
        IsAnthropic(response) ? Anthropic(response)
        : IsBelow(response, "images/") ? Create(Images, response)
        : Create(OpenAIFormat, response, IsBelow(response, "audio/speech") ? Characters(response, "input"u8) : default);

    /// <summary>Groq: usage under two names, and a shortest audio that is billed.</summary>
    public static UsageReader? Groq(in ResponseFacts response) =>
        IsBelow(response, "audio/speech") ? OpenAI(response) : Create(ShortAudio, response);

    /// <summary>xAI: reasoning stands beside the output count, and the charge is stated.</summary>
    public static UsageReader? XAI(in ResponseFacts response) =>
        IsAnthropic(response) ? Anthropic(response) : Create(XAIFormat, response);

    /// <summary>OpenRouter, which states what it charges.</summary>
    public static UsageReader? OpenRouter(in ResponseFacts response) =>
        IsAnthropic(response) ? Anthropic(response) : Create(Charging, response);

    /// <summary>Perplexity, which states what it charges.</summary>
    public static UsageReader? Perplexity(in ResponseFacts response) => Create(Charging, response);

    /// <summary>Fireworks: OpenAI's format; headers count the prompt where the body has no usage.</summary>
    public static UsageReader? Fireworks(in ResponseFacts response)
    {
        var prompt = Number(response, "fireworks-prompt-tokens");
        var usage = prompt is null ? null : new TokenUsage
        {
            InputTotal = (long)prompt,
            CacheRead = (long)(Number(response, "fireworks-cached-prompt-tokens") ?? 0),
            Source = UsageSource.Header,
        };
        return IsAnthropic(response) ? Anthropic(response) : Create(OpenAIFormat, response, new(usage, null));
    }

    /// <summary>Anthropic's Messages API, on any host.</summary>
    public static UsageReader? Anthropic(in ResponseFacts response) =>
        response.Address.Path.EndsWith("/count_tokens", StringComparison.Ordinal) ? null : Create(Messages, response);

    /// <summary>Google AI Studio, with its OpenAI-compatible paths.</summary>
    public static UsageReader? GoogleAIStudio(in ResponseFacts response) =>
        IsBelow(response, "openai/") ? Create(OpenAIFormat, response)
        : IsBelow(response, "cachedContents") ? null // states the size of what is stored, not of a prompt
        : Create(GenerateContent, response);

    /// <summary>Google Vertex AI: Gemini, Claude, OpenAI-compatible endpoints and predict.</summary>
    public static UsageReader? GoogleVertexAI(in ResponseFacts response) =>
        IsBelow(response, "publishers/anthropic/") ? Create(Messages, response)
        : IsBelow(response, "endpoints/openapi/") || IsBelow(response, "publishers/mistralai/") ? Create(OpenAIFormat, response)
        : IsBelow(response, "cachedContents") ? null
        : Create(GenerateContent, response);

    /// <summary>Amazon Bedrock: Converse, invoke and both streams; headers count where the body does not.</summary>
    public static UsageReader? Bedrock(in ResponseFacts response)
    {
        if (IsAnthropic(response))
        {
            return Anthropic(response);
        }

        if (IsBelow(response, "v1/chat/completions") || IsBelow(response, "v1/responses"))
        {
            return OpenAI(response);
        }

        return IsBelow(response, "/count-tokens") ? null : Create(BedrockFormat, response, new(BedrockHeaders(response), null));
    }

    /// <summary>Cohere, versions 1 and 2, with its OpenAI-compatible paths.</summary>
    public static UsageReader? Cohere(in ResponseFacts response) =>
        IsBelow(response, "compatibility/") ? Create(OpenAIFormat, response) : Create(CohereFormat, response);

    /// <summary>Workers AI, native and OpenAI-compatible.</summary>
    public static UsageReader? WorkersAI(in ResponseFacts response)
    {
        var neurons = Number(response, "cf-ai-neurons");
        var usage = neurons is null ? null : new TokenUsage { Units = neurons, UnitKind = UnitKinds.Neuron, Source = UsageSource.Header };
        return Create(OpenAIFormat, response, new(usage, null));
    }

    /// <summary>Replicate. A prediction states its metrics once it has finished, so polls are read too.</summary>
    public static UsageReader? Replicate(in ResponseFacts response) => Create(OpenAIFormat, response, default, Fetches.AreRead);

    /// <summary>Hugging Face: the task API, or OpenAI's format under <c>v1/</c>.</summary>
    public static UsageReader? HuggingFace(in ResponseFacts response)
    {
        if (IsBelow(response, "v1/"))
        {
            return Create(OpenAIFormat, response);
        }

        var (prompt, generated) = (Number(response, "x-prompt-tokens"), Number(response, "x-generated-tokens"));
        var seconds = Number(response, "x-compute-time");
        var usage = (prompt ?? generated ?? seconds) is null ? null : new TokenUsage
        {
            InputTotal = (long?)prompt,
            OutputTotal = (long?)generated,
            Units = seconds,
            UnitKind = seconds is null ? null : UnitKinds.Second,
            Source = UsageSource.Header,
        };
        return Create(TextGeneration, response, new(usage, null));
    }

    /// <summary>Deepgram: seconds of every channel heard, characters spoken.</summary>
    public static UsageReader? Deepgram(in ResponseFacts response)
    {
        var characters = Number(response, "dg-char-count");
        var usage = characters is null ? null : new TokenUsage { Units = characters, UnitKind = UnitKinds.Character, Source = UsageSource.Header };
        return Create(Speech, response, new(usage, response.Headers["dg-model-name"] ?? response.Address.Model));
    }

    /// <summary>Cartesia: characters of the transcript to speak, or seconds heard.</summary>
    public static UsageReader? Cartesia(in ResponseFacts response) =>
        Create(Speech, response, IsBelow(response, "tts/") || IsBelow(response, "infill/") ? Characters(response, "transcript"u8) : default);

    /// <summary>ElevenLabs: the characters a header bills, else those of the text; or seconds heard.</summary>
    public static UsageReader? ElevenLabs(in ResponseFacts response)
    {
        var fallback = Number(response, "character-cost") is { } billed
            ? new UsageFallback(new() { Units = billed, UnitKind = UnitKinds.Character, Source = UsageSource.Header }, null)
            : IsBelow(response, "text-to-speech/") ? Characters(response, "text"u8) : default;
        return Create(Speech, response, fallback);
    }

    /// <summary>fal: a header states the billable units, on the answer or on the fetched result of a queue.</summary>
    public static UsageReader? Fal(in ResponseFacts response) =>
        response.StatusCode < 300 && Number(response, "x-fal-billable-units") is { } units
            ? new FixedReader(new() { Usage = new() { Units = units, UnitKind = UnitKinds.Unit, Source = UsageSource.Header } })
            : null;

    /// <summary>Ideogram: one unit per image.</summary>
    public static UsageReader? Ideogram(in ResponseFacts response) => Create(Images, response);

    /// <summary>Parallel: tokens of a chat, else one unit per run, search or extraction.</summary>
    public static UsageReader? Parallel(in ResponseFacts response)
    {
        var isChat = IsBelow(response, "chat/completions");
        return Create(OpenAIFormat, response, isChat ? default : new(new() { Units = 1, UnitKind = UnitKinds.Query, Source = UsageSource.Estimated }, null));
    }

    /// <summary>Anything else: the fields of all families, by their names.</summary>
    public static UsageReader? Generic(in ResponseFacts response) => Create(OpenAIFormat, response);

    private static UsageReader? Create(UsageDialect dialect, in ResponseFacts response, UsageFallback fallback = default, Fetches fetches = Fetches.AreNot)
    {
        if (response.StatusCode >= 300 || (fetches == Fetches.AreNot && response.Method is not ("POST" or "PUT" or "PATCH")))
        {
            return null;
        }

        var type = response.ContentType.AsSpan();
        var semicolon = type.IndexOf(';');
        type = (semicolon < 0 ? type : type[..semicolon]).Trim();
        if (Is(type, "text/event-stream"))
        {
            return new SseBodyReader(dialect, fallback);
        }

        if (Is(type, "application/vnd.amazon.eventstream"))
        {
            return new EventStreamBodyReader(dialect, fallback);
        }

        if (IsJson(type))
        {
            return new JsonBodyReader(dialect, fallback);
        }

        return fallback.Report is { } report ? new FixedReader(report) : null;
    }

    private static UsageFallback Characters(in ResponseFacts response, ReadOnlySpan<byte> member) =>
        JsonText.CountCharacters(response.RequestBody, member) is { } characters
            ? new(new() { Units = characters, UnitKind = UnitKinds.Character, Source = UsageSource.Estimated }, null)
            : default;

    private static TokenUsage? BedrockHeaders(in ResponseFacts response)
    {
        var (input, output) = (Number(response, "x-amzn-bedrock-input-token-count"), Number(response, "x-amzn-bedrock-output-token-count"));
        if ((input ?? output) is null)
        {
            return null;
        }

        var read = (long)(Number(response, "x-amzn-bedrock-cache-read-input-token-count") ?? 0);
        var written = (long)(Number(response, "x-amzn-bedrock-cache-write-input-token-count") ?? 0);
        return new()
        {
            InputTotal = (long)(input ?? 0) + read + written,
            CacheRead = read,
            CacheWrite5m = written,
            OutputTotal = (long)(output ?? 0),
            CacheReportedSeparately = true,
            Source = UsageSource.Header,
        };
    }

    private static decimal? Number(in ResponseFacts response, string header) =>
        decimal.TryParse(response.Headers[header], NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
        && number <= int.MaxValue
            ? number
            : null;

    private static bool IsAnthropic(in ResponseFacts response)
    {
        var path = response.Address.Path.AsSpan();
        return path.EndsWith("/messages") || path.SequenceEqual("messages") || path.StartsWith("messages/") || path.Contains("v1/messages/", StringComparison.Ordinal);
    }

    private static bool IsBelow(in ResponseFacts response, string part) => response.Address.Path.Contains(part, StringComparison.Ordinal);

    private static bool IsJson(ReadOnlySpan<char> type) =>
        type.IsEmpty || Is(type, "application/json") || Is(type, "application/x-ndjson") || Is(type, "application/ndjson")
        || Is(type, "application/jsonl") || Is(type, "application/stream+json")
        || (type.StartsWith("application/") && type.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    private static bool Is(ReadOnlySpan<char> type, string name) => type.Equals(name, StringComparison.OrdinalIgnoreCase);

    private enum Fetches
    {
        AreNot,
        AreRead,
    }
}
