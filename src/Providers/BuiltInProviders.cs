namespace GatewayActors.Providers;

/// <summary>The providers this gateway knows without configuration.</summary>
public static class BuiltInProviders
{
    /// <summary>One of each; give them to a <see cref="ProviderCatalog"/>.</summary>
    public static IReadOnlyList<Provider> All { get; } =
    [
        new Alibaba.AlibabaProvider(),
        new Anthropic.AnthropicProvider(),
        new AwsBedrock.AwsBedrockProvider(),
        new AzureOpenAI.AzureOpenAIProvider(),
        new Baseten.BasetenProvider(),
        new Cartesia.CartesiaProvider(),
        new Cerebras.CerebrasProvider(),
        new Cohere.CohereProvider(),
        new Deepgram.DeepgramProvider(),
        new DeepSeek.DeepSeekProvider(),
        new ElevenLabs.ElevenLabsProvider(),
        new Fal.FalProvider(),
        new Fireworks.FireworksProvider(),
        new GoogleAIStudio.GoogleAIStudioProvider(),
        new GoogleVertexAI.GoogleVertexAIProvider(),
        new Grok.GrokProvider(),
        new Groq.GroqProvider(),
        new HuggingFace.HuggingFaceProvider(),
        new Ideogram.IdeogramProvider(),
        new MiniMax.MiniMaxProvider(),
        new Mistral.MistralProvider(),
        new OpenAI.OpenAIProvider(),
        new OpenRouter.OpenRouterProvider(),
        new Parallel.ParallelProvider(),
        new Perplexity.PerplexityProvider(),
        new Replicate.ReplicateProvider(),
        new Simulator.SimulatorProvider(),
        new WorkersAI.WorkersAIProvider(),
    ];
}
