using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Globalization;
using GatewayActors.Providers;

namespace GatewayActors.Front.Telemetry;

/// <summary>Keeps labels within bounded sets, whatever clients send. Thread-safe.</summary>
internal sealed class TelemetryLabels(ProviderCatalog providers)
{
    /// <summary>Distinct models that become labels; a series per model, provider and token type must stay affordable.</summary>
    public const int MaxModels = 500;

    private static readonly string[] Statuses = [.. Enumerable.Range(0, 600).Select(status => status.ToString(CultureInfo.InvariantCulture))];
    private static readonly object[] StatusObjects = [.. Enumerable.Range(0, 600).Select(status => (object)status)];

    private static readonly FrozenSet<string> KnownErrors =
    [
        TelemetryNames.Errors.Timeout,
        TelemetryNames.Errors.Connection,
        TelemetryNames.Errors.Stream,
        TelemetryNames.Errors.ClientGone,
        TelemetryNames.Errors.Internal,
    ];

    private static readonly FrozenSet<string> KnownOperations =
    [
        "chat", "text_completion", "generate_content", "embeddings", "image_generation", "speech", "transcription", "translation", "moderation", "rerank", "models",
    ];

    /// <summary>The semantic conventions' names, where they differ from our slugs.</summary>
    private static readonly FrozenDictionary<string, string> GenAIProviders = new Dictionary<string, string>
    {
        ["aws-bedrock"] = "aws.bedrock",
        ["azure-openai"] = "azure.ai.openai",
        ["google-ai-studio"] = "gcp.gemini",
        ["google-vertex-ai"] = "gcp.vertex_ai",
        ["grok"] = "x_ai",
        ["mistral"] = "mistral_ai",
        ["perplexity-ai"] = "perplexity",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly ConcurrentDictionary<string, string> _models = new(StringComparer.Ordinal);
    private int _modelCount;

    /// <summary>The slug of a provider of the catalogue; <see cref="TelemetryNames.CustomProvider"/> for any other, empty for none.</summary>
    public string Provider(string? slug) =>
        slug is null ? TelemetryNames.Other : providers.Find(slug)?.Slug ?? TelemetryNames.CustomProvider;

    /// <summary>The name the semantic conventions have for a provider label.</summary>
    public static string GenAIProvider(string providerLabel) => GenAIProviders.GetValueOrDefault(providerLabel, providerLabel);

    /// <summary>The operation, if it is one of the documented ones.</summary>
    public static string Operation(string? operation) =>
        operation is not null && KnownOperations.TryGetValue(operation, out var known) ? known : TelemetryNames.Other;

    /// <summary>
    /// A model that the price table lists, up to <see cref="MaxModels"/> of them: a look-up may accept any suffix, so being priced
    /// alone is no bound.
    /// </summary>
    public string Model(string? model, bool isPriced)
    {
        if (model is null || !isPriced)
        {
            return TelemetryNames.Other;
        }

        if (_models.TryGetValue(model, out var label))
        {
            return label;
        }

        if (Interlocked.Increment(ref _modelCount) > MaxModels)
        {
            Interlocked.Decrement(ref _modelCount);
            return TelemetryNames.Other;
        }

        if (!_models.TryAdd(model, model))
        {
            Interlocked.Decrement(ref _modelCount);
        }

        return model;
    }

    /// <summary>One of the documented error types, or the status as text, or <see cref="TelemetryNames.OtherError"/>; null for no error.</summary>
    public static string? ErrorType(string? errorType, int? statusCode) =>
        errorType is not null ? KnownErrors.TryGetValue(errorType, out var known) ? known : TelemetryNames.OtherError
        : statusCode is >= 400 and < 600 and var status ? Statuses[status]
        : null;

    /// <summary>A status code as a boxed number, without allocating; 0 for what is no status.</summary>
    public static object Status(int statusCode) => StatusObjects[statusCode is > 0 and < 600 ? statusCode : 0];
}
