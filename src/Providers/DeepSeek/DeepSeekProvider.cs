using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.DeepSeek;

/// <summary>DeepSeek. It serves every path with and without <c>v1</c> itself.</summary>
/// <remarks>https://api-docs.deepseek.com</remarks>
internal sealed class DeepSeekProvider() : SingleHostProvider("deepseek", "https://api.deepseek.com")
{
    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.OpenAI(response);

    protected override IReadOnlyList<string> Endpoints => OpenAIEndpoints.Chat;

    protected override ReadOnlySpan<char> DropVersion(ReadOnlySpan<char> path) => VersionedPath.Without(path, "v1");
}
