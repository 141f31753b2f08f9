using GatewayActors.Providers.Anthropic;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>What the translation needs to know of a model on Bedrock, told by its id.</summary>
/// <remarks>https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-supported-models-features.html</remarks>
internal sealed record BedrockModel(string Id)
{
    /// <summary>Its facts as a Claude.</summary>
    public ClaudeModel Claude { get; } = ClaudeModel.Of(Id);

    /// <summary>Its id without the regions that an inference profile spreads it over; null where an ARN hides it.</summary>
    public string? BaseId => Id.StartsWith("arn:", StringComparison.Ordinal) ? null : Id.IndexOf("anthropic.", StringComparison.Ordinal) is > 0 and var start ? Id[start..] : Id;

    /// <summary>Whether it is one of Amazon's Nova.</summary>
    public bool IsNova { get; } = Has(Id, "nova");

    /// <summary>Whether it is a Nova that reasons.</summary>
    public bool IsNova2 { get; } = Has(Id, "nova-2");

    /// <summary>Whether it is OpenAI's open model.</summary>
    public bool IsGptOss { get; } = Has(Id, "gpt-oss");

    /// <summary>Whether ids of calls must be nine letters or digits.</summary>
    public bool IsMistral { get; } = Has(Id, "mistral");

    /// <summary>Whether it hears.</summary>
    public bool TakesSound { get; } = Has(Id, "voxtral") || Has(Id, "omni");

    /// <summary>Whether it can be told to call one certain tool.</summary>
    public bool CanNameTool => Claude.IsClaude || IsNova;

    /// <summary>The path of an operation on a model, in the region that an ARN names; elsewhere in the credential's.</summary>
    public static string PathOf(string id, string operation)
    {
        var region = id.StartsWith("arn:", StringComparison.Ordinal) && id.Split(':') is [_, _, _, { Length: > 0 } named, ..] ? named : AwsBedrockProvider.HomeRegion;
        return $"bedrock-runtime/{region}/model/{Uri.EscapeDataString(id)}/{operation}";
    }

    private static bool Has(string id, string word) => id.Contains(word, StringComparison.OrdinalIgnoreCase);
}
