using Xunit;

namespace GatewayActors.Providers.Tests.Mapping;

/// <summary>The endpoint strings and base URLs that published clients are known to send.</summary>
public sealed class UniversalEndpointTests
{
    [Theory]
    [InlineData("openai", "v1/chat/completions", "https://api.openai.com/v1/chat/completions")]
    [InlineData("openai", "v1/responses", "https://api.openai.com/v1/responses")]
    [InlineData("openai", "v1/embeddings", "https://api.openai.com/v1/embeddings")]
    [InlineData("openai", "chat/completions", "https://api.openai.com/v1/chat/completions")]
    [InlineData("anthropic", "v1/messages", "https://api.anthropic.com/v1/messages")]
    [InlineData("google-ai-studio", "v1beta/models/m:generateContent", "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent")]
    [InlineData("google-ai-studio", "v1beta/models/m:streamGenerateContent?alt=sse", "https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent?alt=sse")]
    [InlineData("google-vertex-ai", "v1/projects/p/locations/us-east1/publishers/google/models/m:generateContent", "https://us-east1-aiplatform.googleapis.com/v1/projects/p/locations/us-east1/publishers/google/models/m:generateContent")]
    [InlineData("google-vertex-ai", "v1beta1/projects/p/locations/us-east1/publishers/google/models/m:generateContent", "https://us-east1-aiplatform.googleapis.com/v1beta1/projects/p/locations/us-east1/publishers/google/models/m:generateContent")]
    [InlineData("azure-openai", "res/dep/chat/completions?api-version=2024-08-01-preview", "https://res.openai.azure.com/openai/deployments/dep/chat/completions?api-version=2024-08-01-preview")]
    [InlineData("aws-bedrock", "bedrock-runtime/us-east-1/model/id/converse", "https://bedrock-runtime.us-east-1.amazonaws.com/model/id/converse")]
    [InlineData("aws-bedrock", "bedrock-runtime/us-east-1/model/id/converse-stream", "https://bedrock-runtime.us-east-1.amazonaws.com/model/id/converse-stream")]
    [InlineData("aws-bedrock", "bedrock-runtime/us-east-1/model/id/invoke", "https://bedrock-runtime.us-east-1.amazonaws.com/model/id/invoke")]
    [InlineData("mistral", "v1/chat/completions", "https://api.mistral.ai/v1/chat/completions")]
    [InlineData("deepseek", "v1/chat/completions", "https://api.deepseek.com/v1/chat/completions")]
    [InlineData("deepseek", "chat/completions", "https://api.deepseek.com/chat/completions")]
    [InlineData("openrouter", "v1/chat/completions", "https://openrouter.ai/api/v1/chat/completions")]
    [InlineData("grok", "v1/chat/completions", "https://api.x.ai/v1/chat/completions")]
    [InlineData("groq", "chat/completions", "https://api.groq.com/openai/v1/chat/completions")]
    [InlineData("perplexity-ai", "chat/completions", "https://api.perplexity.ai/chat/completions")]
    [InlineData("cerebras", "chat/completions", "https://api.cerebras.ai/v1/chat/completions")]
    [InlineData("cohere", "v2/chat", "https://api.cohere.com/v2/chat")]
    [InlineData("cohere", "v1/chat", "https://api.cohere.com/v1/chat")]
    [InlineData("replicate", "v1/predictions", "https://api.replicate.com/v1/predictions")]
    [InlineData("fireworks", "chat/completions", "https://api.fireworks.ai/inference/v1/chat/completions")]
    [InlineData("huggingface", "openai-community/gpt2", "https://router.huggingface.co/hf-inference/models/openai-community/gpt2")]
    public void Map_EndpointOfTheUniversalClient_Works(string provider, string endpoint, string url) =>
        Assert.Equal(url, Map.Address($"{provider}/{endpoint}").Url);

    [Theory]
    [InlineData("OpenAI SDK", "openai/chat/completions", "https://api.openai.com/v1/chat/completions")]
    [InlineData("Anthropic SDK", "anthropic/v1/messages", "https://api.anthropic.com/v1/messages")]
    [InlineData("Claude Code", "anthropic/v1/messages?beta=true", "https://api.anthropic.com/v1/messages?beta=true")]
    [InlineData("Claude Code, Bedrock", "aws-bedrock/bedrock-runtime/us-east-1/model/us.anthropic.claude-opus-4-v1%3A0/invoke-with-response-stream", "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-opus-4-v1%3A0/invoke-with-response-stream")]
    [InlineData("Claude Code, Vertex", "google-vertex-ai/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude@1:streamRawPredict", "https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude@1:streamRawPredict")]
    [InlineData("Codex", "openai/responses", "https://api.openai.com/v1/responses")]
    [InlineData("OpenCode, Anthropic", "anthropic/v1/messages", "https://api.anthropic.com/v1/messages")]
    [InlineData("OpenCode, Google", "google-ai-studio/v1beta/models/m:streamGenerateContent?alt=sse", "https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent?alt=sse")]
    [InlineData("OpenCode, xAI", "grok/v1/chat/completions", "https://api.x.ai/v1/chat/completions")]
    [InlineData("Gemini CLI", "google-ai-studio/v1beta/models/m:generateContent", "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent")]
    [InlineData("old Cohere SDK", "cohere/v1/v1/chat", "https://api.cohere.com/v1/chat")]
    [InlineData("Azure SDK", "azure-openai/res/openai/deployments/d/chat/completions?api-version=v", "https://res.openai.azure.com/openai/deployments/d/chat/completions?api-version=v")]
    public void Map_KnownClientConfiguration_Works(string client, string received, string url)
    {
        Assert.NotEmpty(client);
        Assert.Equal(url, Map.Address(received).Url);
    }
}
