using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Ideogram;

/// <summary>Ideogram. The path names the generation: <c>v1/ideogram-v3/generate</c>, <c>v2/image/generate/ideogram-4-5</c>.</summary>
/// <remarks>https://developer.ideogram.ai</remarks>
internal sealed class IdeogramProvider() : SingleHostProvider("ideogram", "https://api.ideogram.ai")
{
    public override CredentialPlaces Credentials { get; } = new() { Headers = ["api-key"], InjectHeader = "api-key" };

    public override string? ModelType(UpstreamAddress address) =>
        RequestPath.FirstSegment(address.Path).SequenceEqual("describe") ? ModelTypes.TextGeneration : ModelTypes.Image;

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.Ideogram(response);

    protected override string? FindModel(ReadOnlySpan<char> path, ReadOnlySpan<char> query)
    {
        while (!path.IsEmpty)
        {
            var segment = RequestPath.TakeSegment(ref path);
            if (segment.StartsWith("ideogram-"))
            {
                return RequestPath.Decode(segment);
            }
        }

        return null;
    }
}
