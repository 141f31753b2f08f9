using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Alibaba;

/// <summary>Alibaba Cloud's Model Studio, by its OpenAI-compatible surface for the world outside China.</summary>
/// <remarks>https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope</remarks>
internal sealed class AlibabaProvider() : SingleHostProvider("alibaba", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1")
{
    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.OpenAI(response);

    protected override IReadOnlyList<string> Endpoints => OpenAIEndpoints.ChatAndEmbeddings;

    protected override ReadOnlySpan<char> DropPrefix(ReadOnlySpan<char> rest) => DropBeforeVersion(rest, "compatible-mode");
}
