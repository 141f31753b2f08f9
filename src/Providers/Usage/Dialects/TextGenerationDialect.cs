using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Usage.Dialects;

/// <summary>Hugging Face's task API: text generation servers count what they generated when asked for details.</summary>
internal sealed class TextGenerationDialect : UsageDialect
{
    private const int Generated = 0, Failure = 1, ErrorType = 2, Prefill = 3;

    private static readonly JsonPaths Wanted = new(
        ("details.generated_tokens", Generated),
        ("details.prefill[]", Prefill),
        ("error", Failure),
        ("error_type", ErrorType));

    public override JsonPaths Paths => Wanted;

    public override bool MayMatter(ReadOnlySpan<byte> data) => Mentions(data, "\"details\""u8) || Mentions(data, "\"error\""u8);

    public override bool KnowsModel(CapturedMembers members) => true;

    public override StreamError? Error(CapturedMembers members) =>
        !members.Has(Failure) ? null
        : members.Has(ErrorType) ? StreamErrors.Of(members.Text(ErrorType) ?? "")
        : StreamErrors.Parse(members[Failure]);

    public override UsageReport Report(CapturedMembers members, UsageFallback fallback)
    {
        // The servers' headers count both sides; the body often only the output.
        var body = UsageNumbers.TryParseDecimal(members[Generated], out var generated) && generated <= int.MaxValue
            ? new TokenUsage { InputTotal = members.CountOf(Prefill) is > 0 and var prompt ? prompt : null, OutputTotal = (long)generated }
            : null;
        return new()
        {
            Usage = fallback.Usage is { OutputTotal: not null } ? fallback.Usage : body ?? fallback.Usage,
            Model = fallback.Model,
        };
    }
}
