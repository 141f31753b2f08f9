using GatewayActors.Providers.Usage;
using Xunit;

namespace GatewayActors.Providers.Tests.Usage;

/// <summary>One recorded answer and what its reader must report; the numbers are read off the fixture by hand.</summary>
internal sealed record UsageCase(string Fixture, Reading.Family Family, string ContentType, string Path)
{
    public TokenUsage? Usage { get; init; }
    public string? Model { get; init; }
    public string? Tier { get; init; }
    public StreamError? Error { get; init; }
    public string[] Headers { get; init; } = [];

    public UsageReader? Reader() => Reading.Make(Family, ContentType, Path, Headers);

    public static IReadOnlyList<UsageCase> All { get; } =
    [
        new("openai-chat-plain.response.json", UsageReaders.OpenAI, Reading.Json, "chat/completions")
        {
            Usage = new() { InputTotal = 27, OutputTotal = 17, Reasoning = 0 }, Model = "gpt-4.1-mini-2025-04-14", Tier = "default",
        },
        new("openai-chat-tools.response.json", UsageReaders.OpenAI, Reading.Json, "chat/completions")
        {
            Usage = new() { InputTotal = 74, OutputTotal = 41, Reasoning = 0 }, Model = "gpt-4.1-mini-2025-04-14", Tier = "default",
        },
        new("openai-chat-stream.response.sse", UsageReaders.OpenAI, Reading.Sse, "chat/completions")
        {
            Usage = new() { InputTotal = 11, OutputTotal = 6, Reasoning = 0 }, Model = "gpt-4.1-mini-2025-04-14", Tier = "default",
        },
        new("openai-chat-stream-tools.response.sse", UsageReaders.OpenAI, Reading.Sse, "chat/completions")
        {
            Usage = new() { InputTotal = 74, OutputTotal = 41, Reasoning = 0 }, Model = "gpt-4.1-mini-2025-04-14", Tier = "default",
        },
        new("openai-chat-stream-no-usage.response.sse", UsageReaders.OpenAI, Reading.Sse, "chat/completions")
        {
            Usage = null, Model = "gpt-4.1-mini-2025-04-14", Tier = "default",
        },
        new("openai-embeddings.response.json", UsageReaders.OpenAI, Reading.Json, "embeddings")
        {
            Usage = new() { InputTotal = 4, OutputTotal = 0 }, Model = "text-embedding-3-small",
        },
        new("openai-responses-plain.response.json", UsageReaders.OpenAI, Reading.Json, "responses")
        {
            Usage = new() { InputTotal = 12, OutputTotal = 79, Reasoning = 64 }, Model = "gpt-5-mini-2025-08-07",
        },
        new("openai-responses-stream.response.sse", UsageReaders.OpenAI, Reading.Sse, "responses")
        {
            Usage = new() { InputTotal = 12, OutputTotal = 79, Reasoning = 64 }, Model = "gpt-5-mini-2025-08-07",
        },
        new("azure-chat-stream.response.sse", UsageReaders.OpenAI, Reading.Sse, "chat/completions")
        {
            Usage = new() { InputTotal = 9, OutputTotal = 3, Reasoning = 0 }, Model = "gpt-4.1-mini-2025-04-14",
        },
        new("groq-chat-stream.response.sse", UsageReaders.Groq, Reading.Sse, "openai/v1/chat/completions")
        {
            Usage = new() { InputTotal = 45, OutputTotal = 2 }, Model = "llama-3.3-70b-versatile",
        },
        new("deepseek-chat-plain.response.json", UsageReaders.OpenAI, Reading.Json, "chat/completions")
        {
            Usage = new() { InputTotal = 150, CacheRead = 128, OutputTotal = 60, Reasoning = 44 }, Model = "deepseek-v4-flash",
        },
        new("xai-chat-plain.response.json", UsageReaders.XAI, Reading.Json, "v1/chat/completions")
        {
            Usage = new() { InputTotal = 20, CacheRead = 8, OutputTotal = 153, Reasoning = 150, ReportedCostUsd = 0.0003991m }, Model = "grok-4.3",
        },
        new("openrouter-chat-plain.response.json", UsageReaders.OpenRouter, Reading.Json, "api/v1/chat/completions")
        {
            Usage = new() { InputTotal = 8, OutputTotal = 70, Reasoning = 64, ReportedCostUsd = 0.000142m }, Model = "openai/gpt-5-mini",
        },
        new("openrouter-chat-stream.response.sse", UsageReaders.OpenRouter, Reading.Sse, "api/v1/chat/completions")
        {
            Usage = new() { InputTotal = 8, OutputTotal = 70, Reasoning = 64, ReportedCostUsd = 0.000142m }, Model = "openai/gpt-5-mini",
        },
        new("perplexity-chat-plain.response.json", UsageReaders.Perplexity, Reading.Json, "chat/completions")
        {
            Usage = new() { InputTotal = 7, OutputTotal = 9, ReportedCostUsd = 0.005016m }, Model = "sonar",
        },
        new("anthropic-messages-plain.response.json", UsageReaders.Anthropic, Reading.Json, "v1/messages")
        {
            Usage = new() { InputTotal = 1529, CacheRead = 1200, CacheWrite5m = 320, OutputTotal = 18, CacheReportedSeparately = true },
            Model = "claude-haiku-4-5-20251001", Tier = "standard",
        },
        new("anthropic-messages-tools.response.json", UsageReaders.Anthropic, Reading.Json, "v1/messages")
        {
            Usage = new() { InputTotal = 598, OutputTotal = 92, CacheReportedSeparately = true }, Model = "claude-haiku-4-5-20251001", Tier = "standard",
        },
        new("anthropic-messages-stream.response.sse", UsageReaders.Anthropic, Reading.Sse, "v1/messages")
        {
            Usage = new() { InputTotal = 11, OutputTotal = 9, CacheReportedSeparately = true }, Model = "claude-haiku-4-5-20251001", Tier = "standard",
        },
        new("anthropic-messages-stream-tools.response.sse", UsageReaders.Anthropic, Reading.Sse, "v1/messages")
        {
            Usage = new() { InputTotal = 598, OutputTotal = 97, CacheReportedSeparately = true }, Model = "claude-haiku-4-5-20251001", Tier = "standard",
        },
        new("anthropic-messages-thinking-stream.response.sse", UsageReaders.Anthropic, Reading.Sse, "v1/messages")
        {
            Usage = new() { InputTotal = 41, OutputTotal = 48, Reasoning = 35, CacheReportedSeparately = true }, Model = "claude-sonnet-4-6", Tier = "standard",
        },
        new("anthropic-messages-stream-error.response.sse", UsageReaders.Anthropic, Reading.Sse, "v1/messages")
        {
            Usage = new() { InputTotal = 9, OutputTotal = 1, CacheReportedSeparately = true }, Model = "claude-haiku-4-5-20251001", Tier = "standard",
            Error = new("overloaded_error", IsRetryable: true),
        },
        new("gemini-generate-plain.response.json", UsageReaders.GoogleAIStudio, Reading.Json, "v1beta/models/gemini-2.5-flash:generateContent")
        {
            Usage = new() { InputTotal = 15, CacheRead = 4, OutputTotal = 48, Reasoning = 38 }, Model = "gemini-2.5-flash",
        },
        new("gemini-generate-tools.response.json", UsageReaders.GoogleAIStudio, Reading.Json, "v1beta/models/gemini-3-flash-preview:generateContent")
        {
            Usage = new() { InputTotal = 61, OutputTotal = 142, Reasoning = 112 }, Model = "gemini-3-flash-preview",
        },
        new("gemini-generate-blocked.response.json", UsageReaders.GoogleAIStudio, Reading.Json, "v1beta/models/gemini-2.5-flash:generateContent")
        {
            Usage = new() { InputTotal = 6, OutputTotal = 0 }, Model = "gemini-2.5-flash",
        },
        new("gemini-generate-stream.response.sse", UsageReaders.GoogleAIStudio, Reading.Sse, "v1beta/models/gemini-3-flash-preview:streamGenerateContent")
        {
            Usage = new() { InputTotal = 9, OutputTotal = 26, Reasoning = 21 }, Model = "gemini-3-flash-preview",
        },
        new("gemini-generate-stream-tools.response.sse", UsageReaders.GoogleVertexAI, Reading.Sse, "v1/projects/p/locations/global/publishers/google/models/g:streamGenerateContent")
        {
            Usage = new() { InputTotal = 58, OutputTotal = 54, Reasoning = 40 }, Model = "gemini-3-flash-preview",
        },
        new("gemini-generate-stream-array.response.json", UsageReaders.GoogleAIStudio, Reading.Json, "v1beta/models/gemini-3-flash-preview:streamGenerateContent")
        {
            Usage = new() { InputTotal = 9, OutputTotal = 26, Reasoning = 21 }, Model = "gemini-3-flash-preview",
        },
        new("gemini-embed.response.json", UsageReaders.GoogleAIStudio, Reading.Json, "v1beta/models/gemini-embedding-001:embedContent"),
        new("vertex-predict-embed.response.json", UsageReaders.GoogleVertexAI, Reading.Json, "v1/projects/p1/locations/us-central1/publishers/google/models/text-embedding-005:predict")
        {
            Usage = new() { InputTotal = 2, OutputTotal = 0, Units = 7, UnitKind = "character" },
        },
        new("bedrock-converse-plain.response.json", UsageReaders.Bedrock, Reading.Json, "model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse")
        {
            Usage = new() { InputTotal = 1036, CacheRead = 1024, OutputTotal = 9, CacheReportedSeparately = true },
        },
        new("bedrock-converse-stream.response.eventstream", UsageReaders.Bedrock, Reading.EventStream, "model/m/converse-stream")
        {
            Usage = new() { InputTotal = 402, OutputTotal = 61, CacheReportedSeparately = true },
        },
        new("bedrock-converse-stream-reasoning.response.eventstream", UsageReaders.Bedrock, Reading.EventStream, "model/m/converse-stream")
        {
            Usage = new() { InputTotal = 44, OutputTotal = 50, CacheReportedSeparately = true },
        },
        new("bedrock-converse-stream-exception.response.eventstream", UsageReaders.Bedrock, Reading.EventStream, "model/m/converse-stream")
        {
            Error = new("throttlingException", IsRetryable: true),
        },
        new("bedrock-invoke-stream-anthropic.response.eventstream", UsageReaders.Bedrock, Reading.EventStream, "model/m/invoke-with-response-stream")
        {
            Usage = new() { InputTotal = 11, OutputTotal = 4, CacheReportedSeparately = true }, Model = "claude-haiku-4-5-20251001",
        },
        new("bedrock-titan-embed.response.json", UsageReaders.Bedrock, Reading.Json, "model/amazon.titan-embed-text-v2%3A0/invoke")
        {
            Usage = new() { InputTotal = 3, OutputTotal = 0 }, Headers = ["x-amzn-bedrock-input-token-count: 99"],
        },
        new("bedrock-cohere-embed.response.json", UsageReaders.Bedrock, Reading.Json, "model/cohere.embed-v4%3A0/invoke")
        {
            Usage = new() { InputTotal = 4, OutputTotal = 0, CacheReportedSeparately = true, Source = UsageSource.Header },
            Headers = ["x-amzn-bedrock-input-token-count: 4"],
        },
        new("cohere-chat-plain.response.json", UsageReaders.Cohere, Reading.Json, "v2/chat") { Usage = new() { InputTotal = 13, OutputTotal = 6 } },
        new("cohere-chat-stream.response.sse", UsageReaders.Cohere, Reading.Sse, "v2/chat") { Usage = new() { InputTotal = 31, OutputTotal = 14 } },
        new("cohere-chat-stream-text.response.sse", UsageReaders.Cohere, Reading.Sse, "v2/chat") { Usage = new() { InputTotal = 4, OutputTotal = 5 } },
        new("cohere-embed.response.json", UsageReaders.Cohere, Reading.Json, "v2/embed") { Usage = new() { InputTotal = 6, OutputTotal = 0 } },
        new("workers-ai-run-plain.response.json", UsageReaders.WorkersAI, Reading.Json, "ai/run/@cf/meta/llama") { Usage = new() { InputTotal = 31, OutputTotal = 7 } },
        new("workers-ai-run-tools.response.json", UsageReaders.WorkersAI, Reading.Json, "ai/run/@cf/meta/llama") { Usage = new() { InputTotal = 201, OutputTotal = 19 } },
        new("workers-ai-run-stream.response.sse", UsageReaders.WorkersAI, Reading.Sse, "ai/run/@cf/meta/llama") { Usage = new() { InputTotal = 13, OutputTotal = 6 } },
        new("workers-ai-embed.response.json", UsageReaders.WorkersAI, Reading.Json, "ai/run/@cf/baai/bge-base-en-v1.5"),
        new("replicate-prediction.response.json", UsageReaders.Replicate, Reading.Json, "v1/predictions")
        {
            Usage = new() { InputTotal = 14, OutputTotal = 19 }, Model = "anthropic/claude-4.5-haiku",
        },
        new("deepgram-listen.response.json", UsageReaders.Deepgram, Reading.Json, "v1/listen")
        {
            Usage = new() { Units = 25.93m, UnitKind = "second" }, Model = "nova-3",
        },
        new("ideogram-generate.response.json", UsageReaders.Ideogram, Reading.Json, "v1/ideogram-v3/generate") { Usage = new() { Units = 1, UnitKind = "image" } },
    ];

    public static TheoryData<string> Names => [.. All.Select(one => one.Fixture)];

    public static UsageCase Of(string fixture) => All.Single(one => one.Fixture == fixture);
}
