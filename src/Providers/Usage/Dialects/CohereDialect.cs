using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Usage.Dialects;

/// <summary>Cohere's chat, embed and rerank, versions 1 and 2, streamed as events or as lines of JSON.</summary>
internal sealed class CohereDialect : UsageDialect
{
    private const int Usage = 0, Meta = 1, Failure = 2;

    private static readonly JsonPaths Wanted = new(
        ("usage", Usage),
        ("delta.usage", Usage),
        ("meta", Meta),
        ("response.meta", Meta),
        ("error", Failure),
        ("delta.error", Failure));

    public override JsonPaths Paths => Wanted;

    public override bool MayMatter(ReadOnlySpan<byte> data) =>
        Mentions(data, "\"usage\""u8) || Mentions(data, "\"meta\""u8) || Mentions(data, "\"error\""u8);

    // No answer names the model.
    public override bool KnowsModel(CapturedMembers members) => true;

    public override StreamError? Error(CapturedMembers members) => members.Has(Failure) ? StreamErrors.Parse(members[Failure]) : null;

    public override UsageReport Report(CapturedMembers members, UsageFallback fallback)
    {
        var slot = members.Has(Usage) ? Usage : Meta;
        return new()
        {
            Usage = UsageMath.Billed(new UsageNumbers().Add(members[slot])) ?? fallback.Usage,
            Model = fallback.Model,
            RawUsageJson = members.Raw(slot),
        };
    }
}
