namespace GatewayActors.Providers.Tests.Support;

/// <summary>Models to call a provider's with: those that can most, and one of every kind that is called in another format.</summary>
internal static class Models
{
    /// <summary>Stands for all models of a provider whose translator does not ask which it is.</summary>
    public const string Any = "any";

    private static readonly string[] Other = [Any];

    /// <summary>Models that answer.</summary>
    public static string[] Chat(string provider) => provider switch
    {
        "anthropic" => ["claude-sonnet-4-5"],
        "aws-bedrock" => ["anthropic.claude-sonnet-4-5-20250929-v1:0", "amazon.nova-pro-v1:0"],
        "cohere" => ["command-a-reasoning-08-2025"],
        "deepseek" => ["deepseek-chat"],
        "google-ai-studio" => ["gemini-3-flash"],
        "google-vertex-ai" => ["google/gemini-2.5-flash"],
        "groq" => ["openai/gpt-oss-120b"],
        "mistral" => ["magistral-medium-latest"],
        "openai" => ["gpt-5-mini", "gpt-5-codex"],
        "openrouter" => ["openai/gpt-5-mini"],
        "perplexity-ai" => ["sonar-reasoning-pro"],
        "workers-ai" => ["@cf/openai/gpt-oss-120b", "@hf/nousresearch/hermes-2-pro-mistral-7b"],
        _ => Other,
    };

    /// <summary>A model that makes vectors, where they are translated.</summary>
    public static string Embedding(string provider) => provider switch
    {
        "aws-bedrock" => "amazon.titan-embed-text-v2:0",
        "cohere" => "embed-v4.0",
        "google-ai-studio" => "gemini-embedding-001",
        "google-vertex-ai" => "google/text-embedding-005",
        "mistral" => "mistral-embed",
        "workers-ai" => "@cf/baai/bge-m3",
        _ => Any,
    };
}
