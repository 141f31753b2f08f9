using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Replicate;

/// <summary>Replicate.</summary>
/// <remarks>https://replicate.com/docs/reference/http; credentials pass with either scheme, <c>Bearer</c> or <c>Token</c>.</remarks>
internal sealed class ReplicateProvider() : SingleHostProvider("replicate", "https://api.replicate.com/v1")
{
    public override string ModelMember => "version";

    public override string? ModelType(UpstreamAddress address) => null; // A prediction may be anything.

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.Replicate(response);

    protected override string? FindModel(ReadOnlySpan<char> path, ReadOnlySpan<char> query)
    {
        if (!RequestPath.TryTake(ref path, "models"))
        {
            return null;
        }

        var owner = RequestPath.TakeSegment(ref path);
        var name = RequestPath.TakeSegment(ref path);
        return owner.IsEmpty || name.IsEmpty ? null : RequestPath.Decode(string.Concat(owner, "/", name));
    }
}
