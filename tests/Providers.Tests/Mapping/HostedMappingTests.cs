using Xunit;

namespace GatewayActors.Providers.Tests.Mapping;

/// <summary>Providers whose host or model stands in the path.</summary>
public sealed class HostedMappingTests
{
    private const string Vertex = "projects/p1/locations";
    private const string Claude = "us.anthropic.claude-sonnet-4-5-v1%3A0";

    [Theory]
    [InlineData("azure-openai/res1/gpt-4o/chat/completions?api-version=2024-06-01", "https://res1.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-06-01", "res1/gpt-4o/chat/completions", "gpt-4o")]
    [InlineData("azure/res1/gpt-4o/chat/completions?api-version=2024-06-01", "https://res1.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-06-01", "res1/gpt-4o/chat/completions", "gpt-4o")]
    [InlineData("azure-openai/res1/openai/deployments/gpt-4o/chat/completions?api-version=2024-06-01", "https://res1.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-06-01", "res1/gpt-4o/chat/completions", "gpt-4o")]
    [InlineData("azure-openai/res1/deployments/gpt-4o/chat/completions?api-version=2024-06-01", "https://res1.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-06-01", "res1/gpt-4o/chat/completions", "gpt-4o")]
    [InlineData("azure-openai/res1/gpt-4o/chat/completions", "https://res1.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21", "res1/gpt-4o/chat/completions", "gpt-4o")]
    [InlineData("azure-openai/res1/my%20dep/embeddings?x=1", "https://res1.openai.azure.com/openai/deployments/my%20dep/embeddings?x=1&api-version=2024-10-21", "res1/my%20dep/embeddings", "my dep")]
    [InlineData("azure-openai/res1/openai/v1/chat/completions", "https://res1.openai.azure.com/openai/v1/chat/completions", "res1/openai/v1/chat/completions", null)]
    [InlineData("azure-openai/res1/openai/v1/responses?api-version=preview", "https://res1.openai.azure.com/openai/v1/responses?api-version=preview", "res1/openai/v1/responses", null)]
    [InlineData("azure-openai/res1/openai/models", "https://res1.openai.azure.com/openai/models?api-version=2024-10-21", "res1/openai/models", null)]
    [InlineData("azure/res1/anthropic/v1/messages", "https://res1.services.ai.azure.com/anthropic/v1/messages", "res1/anthropic/v1/messages", null)]
    [InlineData("azure/res1/anthropic/messages", "https://res1.services.ai.azure.com/anthropic/v1/messages", "res1/anthropic/v1/messages", null)]
    [InlineData("azure-openai/res1/anthropic/v1/messages?beta=true", "https://res1.services.ai.azure.com/anthropic/v1/messages?beta=true", "res1/anthropic/v1/messages", null)]
    [InlineData("aws-bedrock/bedrock-runtime/us-east-1/model/amazon.titan-embed-text-v1/invoke", "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.titan-embed-text-v1/invoke", "bedrock-runtime/us-east-1/model/amazon.titan-embed-text-v1/invoke", "amazon.titan-embed-text-v1")]
    [InlineData($"aws-bedrock/bedrock-runtime/eu-west-1/model/{Claude}/converse-stream", $"https://bedrock-runtime.eu-west-1.amazonaws.com/model/{Claude}/converse-stream", $"bedrock-runtime/eu-west-1/model/{Claude}/converse-stream", "us.anthropic.claude-sonnet-4-5-v1:0")]
    [InlineData("aws-bedrock/bedrock-runtime/us-east-1/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse", "https://bedrock-runtime.us-east-1.amazonaws.com/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse", "bedrock-runtime/us-east-1/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fx/converse", "arn:aws:bedrock:us-east-1:1:inference-profile/x")]
    [InlineData("aws-bedrock/bedrock-runtime/us-gov-west-1/openai/v1/chat/completions", "https://bedrock-runtime.us-gov-west-1.amazonaws.com/openai/v1/chat/completions", "bedrock-runtime/us-gov-west-1/openai/v1/chat/completions", null)]
    [InlineData("aws-bedrock/bedrock-runtime/cn-north-1/model/m/converse", "https://bedrock-runtime.cn-north-1.amazonaws.com.cn/model/m/converse", "bedrock-runtime/cn-north-1/model/m/converse", "m")]
    [InlineData("aws-bedrock/bedrock-mantle/us-east-1/anthropic/v1/messages", "https://bedrock-mantle.us-east-1.api.aws/anthropic/v1/messages", "bedrock-mantle/us-east-1/anthropic/v1/messages", null)]
    [InlineData("aws-bedrock/bedrock-agent-runtime/us-east-1/rerank", "https://bedrock-agent-runtime.us-east-1.amazonaws.com/rerank", "bedrock-agent-runtime/us-east-1/rerank", null)]
    [InlineData("aws-bedrock/bedrock/us-east-1/foundation-models?byProvider=x", "https://bedrock.us-east-1.amazonaws.com/foundation-models?byProvider=x", "bedrock/us-east-1/foundation-models", null)]
    [InlineData("google-ai-studio/v1beta/models/gemini-2.5-flash:generateContent", "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent", "models/gemini-2.5-flash:generateContent", "gemini-2.5-flash")]
    [InlineData("google-ai-studio/models/gemini-2.5-flash:generateContent", "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent", "models/gemini-2.5-flash:generateContent", "gemini-2.5-flash")]
    [InlineData("google-ai-studio/v1beta/v1beta/models/gemini-2.5-flash:countTokens", "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:countTokens", "models/gemini-2.5-flash:countTokens", "gemini-2.5-flash")]
    [InlineData("google-ai-studio/v1/models/gemini-2.5-flash:generateContent", "https://generativelanguage.googleapis.com/v1/models/gemini-2.5-flash:generateContent", "v1/models/gemini-2.5-flash:generateContent", "gemini-2.5-flash")]
    [InlineData("google/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse&key=k", "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse&key=k", "models/gemini-2.5-flash:streamGenerateContent", "gemini-2.5-flash")]
    [InlineData("google-ai-studio/v1beta/tunedModels/my-model:generateContent", "https://generativelanguage.googleapis.com/v1beta/tunedModels/my-model:generateContent", "tunedModels/my-model:generateContent", "my-model")]
    [InlineData("google-ai-studio/v1beta/openai/chat/completions", "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions", "openai/chat/completions", null)]
    [InlineData("google-ai-studio/upload/v1beta/files?uploadType=resumable", "https://generativelanguage.googleapis.com/upload/v1beta/files?uploadType=resumable", "upload/v1beta/files", null)]
    [InlineData($"google-vertex-ai/v1/{Vertex}/us-central1/publishers/google/models/gemini-2.5-pro:generateContent", $"https://us-central1-aiplatform.googleapis.com/v1/{Vertex}/us-central1/publishers/google/models/gemini-2.5-pro:generateContent", $"{Vertex}/us-central1/publishers/google/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro")]
    [InlineData($"google-vertex-ai/{Vertex}/global/publishers/google/models/gemini-2.5-pro:generateContent", $"https://aiplatform.googleapis.com/v1/{Vertex}/global/publishers/google/models/gemini-2.5-pro:generateContent", $"{Vertex}/global/publishers/google/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro")]
    [InlineData($"google-vertex-ai/v1beta1/{Vertex}/eu/publishers/anthropic/models/claude-sonnet-4@20250514:rawPredict", $"https://aiplatform.eu.rep.googleapis.com/v1beta1/{Vertex}/eu/publishers/anthropic/models/claude-sonnet-4@20250514:rawPredict", $"v1beta1/{Vertex}/eu/publishers/anthropic/models/claude-sonnet-4@20250514:rawPredict", "claude-sonnet-4@20250514")]
    [InlineData($"google-vertex-ai/v1/{Vertex}/us/publishers/anthropic/models/claude%40x:streamRawPredict", $"https://aiplatform.us.rep.googleapis.com/v1/{Vertex}/us/publishers/anthropic/models/claude%40x:streamRawPredict", $"{Vertex}/us/publishers/anthropic/models/claude%40x:streamRawPredict", "claude@x")]
    [InlineData($"google-vertex-ai/v1/{Vertex}/europe-west4/endpoints/openapi/chat/completions", $"https://europe-west4-aiplatform.googleapis.com/v1/{Vertex}/europe-west4/endpoints/openapi/chat/completions", $"{Vertex}/europe-west4/endpoints/openapi/chat/completions", null)]
    [InlineData("google-vertex-ai/v1/publishers/google/models/gemini-2.5-pro:generateContent?key=k", "https://aiplatform.googleapis.com/v1/publishers/google/models/gemini-2.5-pro:generateContent?key=k", "publishers/google/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro")]
    [InlineData("huggingface/bigcode/starcoder", "https://router.huggingface.co/hf-inference/models/bigcode/starcoder", "bigcode/starcoder", "bigcode/starcoder")]
    [InlineData("huggingface/models/bigcode/starcoder", "https://router.huggingface.co/hf-inference/models/bigcode/starcoder", "bigcode/starcoder", "bigcode/starcoder")]
    [InlineData("huggingface/hf-inference/models/bigcode/starcoder", "https://router.huggingface.co/hf-inference/models/bigcode/starcoder", "bigcode/starcoder", "bigcode/starcoder")]
    [InlineData("huggingface/gpt2", "https://router.huggingface.co/hf-inference/models/gpt2", "gpt2", "gpt2")]
    [InlineData("huggingface/a/b/pipeline/feature-extraction", "https://router.huggingface.co/hf-inference/models/a/b/pipeline/feature-extraction", "a/b/pipeline/feature-extraction", "a/b")]
    [InlineData("huggingface/a/b/v1/chat/completions", "https://router.huggingface.co/hf-inference/models/a/b/v1/chat/completions", "a/b/v1/chat/completions", "a/b")]
    [InlineData("huggingface/v1/chat/completions", "https://router.huggingface.co/v1/chat/completions", "v1/chat/completions", null)]
    [InlineData("huggingface/v1/v1/chat/completions", "https://router.huggingface.co/v1/chat/completions", "v1/chat/completions", null)]
    [InlineData("baseten/model/abc123", "https://model-abc123.api.baseten.co/production/predict", "model/abc123/production/predict", "abc123")]
    [InlineData("baseten/model/abc123/environments/production/sync/v1/chat/completions", "https://model-abc123.api.baseten.co/environments/production/sync/v1/chat/completions", "model/abc123/environments/production/sync/v1/chat/completions", "abc123")]
    [InlineData("baseten/model/abc123/deployment/d1/predict?x=1", "https://model-abc123.api.baseten.co/deployment/d1/predict?x=1", "model/abc123/deployment/d1/predict", "abc123")]
    [InlineData("cartesia/tts/bytes", "https://api.cartesia.ai/tts/bytes", "tts/bytes", null)]
    [InlineData("cartesia/v1/tts/bytes", "https://api.cartesia.ai/tts/bytes", "tts/bytes", null)]
    [InlineData("cartesia/stt?model=ink-whisper", "https://api.cartesia.ai/stt?model=ink-whisper", "stt", "ink-whisper")]
    [InlineData("elevenlabs/v1/text-to-speech/voice1?output_format=mp3_44100_128", "https://api.elevenlabs.io/v1/text-to-speech/voice1?output_format=mp3_44100_128", "v1/text-to-speech/voice1", null)]
    [InlineData("deepgram/v1/listen?model=nova-3&smart_format=true", "https://api.deepgram.com/v1/listen?model=nova-3&smart_format=true", "v1/listen", "nova-3")]
    [InlineData("deepgram/v1/speak", "https://api.deepgram.com/v1/speak", "v1/speak", null)]
    [InlineData("deepgram/v2/listen?model=flux%2Dgeneral", "https://api.deepgram.com/v2/listen?model=flux%2Dgeneral", "v2/listen", "flux-general")]
    [InlineData("fal/fal-ai/fast-sdxl", "https://fal.run/fal-ai/fast-sdxl", "fal-ai/fast-sdxl", "fal-ai/fast-sdxl")]
    [InlineData("fal/fal-ai/flux/dev/stream", "https://fal.run/fal-ai/flux/dev/stream", "fal-ai/flux/dev/stream", "fal-ai/flux/dev")]
    [InlineData("ideogram/v1/ideogram-v3/generate", "https://api.ideogram.ai/v1/ideogram-v3/generate", "v1/ideogram-v3/generate", "ideogram-v3")]
    [InlineData("ideogram/v2/image/generate/ideogram-4-5", "https://api.ideogram.ai/v2/image/generate/ideogram-4-5", "v2/image/generate/ideogram-4-5", "ideogram-4-5")]
    [InlineData("ideogram/generate", "https://api.ideogram.ai/generate", "generate", null)]
    public void Map_HostOrModelInThePath_ReachesTheVendor(string received, string url, string path, string? model)
    {
        var address = Map.Address(received);

        Assert.Equal(url, address.Url);
        Assert.Equal(path, address.Path);
        Assert.Equal(model, address.Model);
    }

    [Theory]
    [InlineData("workers-ai/@cf/meta/llama-3.1-8b-instruct", "https://api.cloudflare.com/client/v4/accounts/acc1/ai/run/@cf/meta/llama-3.1-8b-instruct", "run/@cf/meta/llama-3.1-8b-instruct", "@cf/meta/llama-3.1-8b-instruct")]
    [InlineData("workers-ai/run/@cf/meta/llama-3.1-8b-instruct?a=b", "https://api.cloudflare.com/client/v4/accounts/acc1/ai/run/@cf/meta/llama-3.1-8b-instruct?a=b", "run/@cf/meta/llama-3.1-8b-instruct", "@cf/meta/llama-3.1-8b-instruct")]
    [InlineData("workers-ai/@hf/x/y", "https://api.cloudflare.com/client/v4/accounts/acc1/ai/run/@hf/x/y", "run/@hf/x/y", "@hf/x/y")]
    [InlineData("workers-ai/%40cf/x/y", "https://api.cloudflare.com/client/v4/accounts/acc1/ai/run/%40cf/x/y", "run/%40cf/x/y", "@cf/x/y")]
    [InlineData("workers-ai/v1/chat/completions", "https://api.cloudflare.com/client/v4/accounts/acc1/ai/v1/chat/completions", "v1/chat/completions", null)]
    [InlineData("workers-ai/v1/v1/embeddings", "https://api.cloudflare.com/client/v4/accounts/acc1/ai/v1/embeddings", "v1/embeddings", null)]
    public void Map_WorkersAI_UsesTheAccountOfTheCredential(string received, string url, string path, string? model)
    {
        var address = Map.Address(received, home: new() { Account = "acc1" });

        Assert.Equal(url, address.Url);
        Assert.Equal(path, address.Path);
        Assert.Equal(model, address.Model);
    }

    [Fact]
    public void Map_AzureWithoutApiVersion_TakesTheStoredOne() => Assert.Equal(
        "https://r.openai.azure.com/openai/deployments/d/chat/completions?api-version=2025-01-01-preview",
        Map.Address("azure-openai/r/d/chat/completions", home: new() { ApiVersion = "2025-01-01-preview" }).Url);

    [Theory]
    [InlineData("v1/publishers/google/models/m:generateContent", "https://asia-east1-aiplatform.googleapis.com/v1/publishers/google/models/m:generateContent")]
    [InlineData("v1/projects/p/locations/us-east4/endpoints/1:predict", "https://us-east4-aiplatform.googleapis.com/v1/projects/p/locations/us-east4/endpoints/1:predict")]
    public void Map_VertexWithoutLocation_TakesTheCredentialsRegion(string rest, string url)
    {
        const string account = """Bearer {"client_email":"a@b","private_key":"k","region":"asia-east1"}""";

        Assert.Equal(url, Map.Address($"google-vertex-ai/{rest}", home: new() { Region = "asia-east1" }).Url);
        Assert.Equal(url, Map.Address($"google-vertex-ai/{rest}", headers: ("authorization", account)).Url);
    }

    [Theory]
    [InlineData("v1/publishers/google/models/m:generateContent", "v1/projects/p-1/locations/asia-east1/publishers/google/models/m:generateContent")]
    [InlineData("publishers/google/models/m:streamGenerateContent?alt=sse", "v1/projects/p-1/locations/asia-east1/publishers/google/models/m:streamGenerateContent?alt=sse")]
    [InlineData("v1beta1/publishers/anthropic/models/c%40x:rawPredict", "v1beta1/projects/p-1/locations/asia-east1/publishers/anthropic/models/c%40x:rawPredict")]
    [InlineData("v1beta1/publishers/google/models", "v1beta1/publishers/google/models")]
    [InlineData("v1/projects/q/locations/asia-east1/publishers/google/models/m:generateContent", "v1/projects/q/locations/asia-east1/publishers/google/models/m:generateContent")]
    public void Map_VertexModelWithoutProject_TakesTheCredentials(string rest, string path)
    {
        const string account = """Bearer {"client_email":"a@b","private_key":"k","region":"asia-east1","project_id":"p-1"}""";
        var url = "https://asia-east1-aiplatform.googleapis.com/" + path;

        Assert.Equal(url, Map.Address($"google-vertex-ai/{rest}", home: new() { Region = "asia-east1", Project = "p-1" }).Url);
        Assert.Equal(url, Map.Address($"google-vertex-ai/{rest}", headers: ("authorization", account)).Url);
    }

    [Fact]
    public void Map_VertexAccountWithBadProject_EscapesIt() => Assert.Equal(
        "https://asia-east1-aiplatform.googleapis.com/v1/projects/p%2F..%2Fq/locations/asia-east1/publishers/google/models/m:generateContent",
        Map.Address("google-vertex-ai/publishers/google/models/m:generateContent", home: new() { Region = "asia-east1", Project = "p/../q" }).Url);

    [Theory]
    [InlineData("azure-openai/r/d/chat/completions?api-version=v", "http://127.0.0.1:9/x", "http://127.0.0.1:9/x/openai/deployments/d/chat/completions?api-version=v")]
    [InlineData("azure/r/anthropic/v1/messages", "http://127.0.0.1:9/x", "http://127.0.0.1:9/x/anthropic/v1/messages")]
    [InlineData("aws-bedrock/bedrock-runtime/us-east-1/model/a%3A0/converse", "http://127.0.0.1:9/x", "http://127.0.0.1:9/x/model/a%3A0/converse")]
    [InlineData("google-vertex-ai/v1/projects/p/locations/us-east4/publishers/google/models/m:predict", "http://127.0.0.1:9/x", "http://127.0.0.1:9/x/v1/projects/p/locations/us-east4/publishers/google/models/m:predict")]
    [InlineData("google-vertex-ai/projects/p/locations/us-east4/publishers/google/models/m:predict", "http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1/projects/p/locations/us-east4/publishers/google/models/m:predict")]
    [InlineData("google-ai-studio/v1beta/models/m:generateContent", "http://127.0.0.1:9", "http://127.0.0.1:9/v1beta/models/m:generateContent")]
    [InlineData("google-ai-studio/models/m:generateContent", "http://127.0.0.1:9", "http://127.0.0.1:9/v1beta/models/m:generateContent")]
    [InlineData("google-ai-studio/v1beta/models/m:generateContent", "http://127.0.0.1:9/v1beta", "http://127.0.0.1:9/v1beta/models/m:generateContent")]
    [InlineData("google-ai-studio/v1/models/m:generateContent", "http://127.0.0.1:9/g/v1beta", "http://127.0.0.1:9/g/v1/models/m:generateContent")]
    [InlineData("baseten/model/abc", "http://127.0.0.1:9/v1", "http://127.0.0.1:9/production/predict")]
    [InlineData("baseten/v1/chat/completions", "http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1/chat/completions")]
    [InlineData("huggingface/a/b", "https://api-inference.huggingface.co/models", "https://api-inference.huggingface.co/models/a/b")]
    [InlineData("huggingface/v1/chat/completions", "http://127.0.0.1:9/hf-inference/models", "http://127.0.0.1:9/v1/chat/completions")]
    [InlineData("huggingface/v1/chat/completions", "http://127.0.0.1:9", "http://127.0.0.1:9/v1/chat/completions")]
    [InlineData("workers-ai/@cf/a/b", "https://api.cloudflare.com/client/v4/accounts/x/ai/run", "https://api.cloudflare.com/client/v4/accounts/x/ai/run/@cf/a/b")]
    [InlineData("workers-ai/@cf/a/b", "https://api.cloudflare.com/client/v4/accounts/x/ai", "https://api.cloudflare.com/client/v4/accounts/x/ai/run/@cf/a/b")]
    [InlineData("workers-ai/v1/chat/completions", "https://api.cloudflare.com/client/v4/accounts/x/ai/run", "https://api.cloudflare.com/client/v4/accounts/x/ai/v1/chat/completions")]
    [InlineData("workers-ai/v1/chat/completions", "http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1/chat/completions")]
    [InlineData("workers-ai/run/@cf/a/b", "http://127.0.0.1:9", "http://127.0.0.1:9/@cf/a/b")]
    [InlineData("fal/fal-ai/x", "http://127.0.0.1:9/f", "http://127.0.0.1:9/f/fal-ai/x")]
    [InlineData("deepgram/v1/listen", "http://127.0.0.1:9", "http://127.0.0.1:9/v1/listen")]
    [InlineData("deepgram/v1/listen", "http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1/listen")]
    [InlineData("cartesia/v1/tts/bytes", "http://127.0.0.1:9", "http://127.0.0.1:9/tts/bytes")]
    public void Map_OperatorBaseUrl_KeepsThePathOfTheRealHost(string received, string baseUrl, string url) =>
        Assert.Equal(url, Map.Address(received, baseUrl).Url);
}
