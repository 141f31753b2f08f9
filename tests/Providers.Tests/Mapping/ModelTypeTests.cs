using Xunit;

namespace GatewayActors.Providers.Tests.Mapping;

public sealed class ModelTypeTests
{
    private const string Bedrock = "aws-bedrock/bedrock-runtime/us-east-1/model";
    private const string Vertex = "google-vertex-ai/v1/projects/p/locations/us/publishers/google/models";

    [Theory]
    [InlineData("openai/v1/chat/completions", "text-generation")]
    [InlineData("openai/responses", "text-generation")]
    [InlineData("openai/embeddings", "embeddings")]
    [InlineData("openai/images/generations", "image")]
    [InlineData("openai/audio/speech", "audio")]
    [InlineData("openai/audio/transcriptions", "audio")]
    [InlineData("openai/moderations", "moderation")]
    [InlineData("openai/videos", "video")]
    [InlineData("openai/models", null)]
    [InlineData("openai/files", null)]
    [InlineData("anthropic/v1/messages", "text-generation")]
    [InlineData("mistral/v1/ocr", null)]
    [InlineData("cohere/v2/chat", "text-generation")]
    [InlineData("cohere/v2/embed", "embeddings")]
    [InlineData("cohere/v1/rerank", "rerank")]
    [InlineData("grok/tts", "audio")]
    [InlineData("azure-openai/r/audio/chat/completions", "text-generation")] // a deployment may have any name
    [InlineData("azure-openai/r/d/embeddings", "embeddings")]
    [InlineData("azure/r/anthropic/v1/messages", "text-generation")]
    [InlineData($"{Bedrock}/m/converse-stream", "text-generation")]
    [InlineData($"{Bedrock}/amazon.titan-embed-text-v1/invoke", "embeddings")]
    [InlineData($"{Bedrock}/amazon.nova-canvas-v1%3A0/invoke", "image")]
    [InlineData($"{Bedrock}/anthropic.claude/invoke", "text-generation")]
    [InlineData("aws-bedrock/bedrock-mantle/us-east-1/anthropic/v1/messages", "text-generation")]
    [InlineData("aws-bedrock/bedrock-agent-runtime/us-east-1/rerank", "rerank")]
    [InlineData("google-ai-studio/v1beta/models/m:streamGenerateContent", "text-generation")]
    [InlineData("google-ai-studio/v1beta/models/m:embedContent", "embeddings")]
    [InlineData("google-ai-studio/v1beta/openai/embeddings", "embeddings")]
    [InlineData("google-ai-studio/v1beta/models/imagen-4:predict", "image")]
    [InlineData("google-ai-studio/v1beta/models/veo-3:predictLongRunning", "video")]
    [InlineData("google-ai-studio/v1beta/files", null)]
    [InlineData($"{Vertex}/text-embedding-005:predict", "embeddings")]
    [InlineData($"{Vertex}/m:predict", null)]
    [InlineData("workers-ai/@cf/meta/llama-3.1-8b-instruct", "text-generation")]
    [InlineData("workers-ai/@cf/baai/bge-base-en-v1.5", "embeddings")]
    [InlineData("workers-ai/@cf/openai/whisper", "audio")]
    [InlineData("workers-ai/v1/embeddings", "embeddings")]
    [InlineData("huggingface/a/b", null)]
    [InlineData("huggingface/v1/chat/completions", "text-generation")]
    [InlineData("replicate/models/a/b/predictions", null)]
    [InlineData("deepgram/v1/listen", "audio")]
    [InlineData("deepgram/v1/models", null)]
    [InlineData("cartesia/tts/bytes", "audio")]
    [InlineData("elevenlabs/v1/text-to-speech/v", "audio")]
    [InlineData("ideogram/v1/ideogram-v3/generate", "image")]
    [InlineData("baseten/v1/chat/completions", "text-generation")]
    [InlineData("baseten/model/abc", null)]
    [InlineData("parallel/chat/completions", "text-generation")]
    [InlineData("parallel/v1/tasks/runs", null)]
    public void ModelType_Path_TellsTheKind(string received, string? type)
    {
        var provider = Map.Catalog.Find(received.Split('/')[0])!;

        Assert.Equal(type, provider.ModelType(Map.Address(received, home: new() { Account = "a" })));
    }

    [Theory]
    [InlineData("openai/chat/completions", "model")]
    [InlineData("replicate/predictions", "version")]
    [InlineData("cartesia/tts/bytes", "model_id")]
    [InlineData("elevenlabs/v1/music", "model_id")]
    [InlineData("parallel/chat/completions", "model")]
    [InlineData("parallel/v1/tasks/runs", "processor")]
    public void ModelMemberAt_Address_NamesTheMember(string received, string member) =>
        Assert.Equal(member, Map.Catalog.Find(received.Split('/')[0])!.ModelMemberAt(Map.Address(received)));
}
