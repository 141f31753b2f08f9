using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Usage.Dialects;

/// <summary>Amazon Bedrock's Converse and InvokeModel with the bodies of its model families, and the streams of both.</summary>
internal sealed class BedrockDialect : UsageDialect
{
    private const int Usage = 0, Model = 1, MessageUsage = 2, MessageModel = 3, Failure = 4, TitanInput = 5, LlamaInput = 6,
        LlamaOutput = 7, InvocationMetrics = 8, TitanOutput = CapturedMembers.FirstSumSlot;

    private static readonly JsonPaths Wanted = new(
        ("usage", Usage),
        ("model", Model),
        ("message.usage", MessageUsage),
        ("message.model", MessageModel),
        ("error", Failure),
        ("inputTextTokenCount", TitanInput),
        ("inputTokenCount", TitanInput),
        ("results[].tokenCount", TitanOutput),
        ("prompt_token_count", LlamaInput),
        ("generation_token_count", LlamaOutput),
        ("amazon-bedrock-invocationMetrics", InvocationMetrics));

    private static readonly JsonPaths CacheDetails = LabelledSum.PathsOf("cacheDetails", "ttl", "inputTokens");
    private static readonly byte[] OneHour = [.. "\"1h\""u8];

    public override JsonPaths Paths => Wanted;

    public override bool MayMatter(ReadOnlySpan<byte> data) =>
        Mentions(data, "\"usage\""u8) || data.IndexOf("\"amazon-bedrock-invocationMetrics\""u8) >= 0 || data.IndexOf("oken_count\""u8) >= 0 || Mentions(data, "\"error\""u8);

    // The URL names the model; few bodies do.
    public override bool KnowsModel(CapturedMembers members) => true;

    public override StreamError? Error(CapturedMembers members) => members.Has(Failure) ? StreamErrors.Parse(members[Failure]) : null;

    public override UsageReport Report(CapturedMembers members, UsageFallback fallback)
    {
        var slot = members.Has(Usage) ? Usage : members.Has(MessageUsage) ? MessageUsage : InvocationMetrics;
        return new()
        {
            Usage = Body(members) ?? UsageMath.Converse(new UsageNumbers().Add(members[InvocationMetrics])) ?? fallback.Usage,
            Model = members.Text(MessageModel) ?? members.Text(Model) ?? fallback.Model,
            RawUsageJson = members.Raw(slot),
        };
    }

    private static TokenUsage? Body(CapturedMembers members)
    {
        if (members.Has(Usage) || members.Has(MessageUsage))
        {
            var usage = members[Usage];
            var numbers = AnthropicDialect.Numbers(members[MessageUsage], usage);
            return UsageMath.Converse(numbers, LabelledSum.Of(usage, CacheDetails, OneHour))
                ?? UsageMath.Messages(numbers)
                ?? UsageMath.Chat(numbers);
        }

        var input = Number(members, TitanInput) ?? Number(members, LlamaInput);
        var output = Number(members, LlamaOutput) ?? members.CountOf(TitanOutput);
        return input is null && output == 0 ? null : new() { InputTotal = input ?? 0, OutputTotal = output };
    }

    private static long? Number(CapturedMembers members, int slot) =>
        UsageNumbers.TryParseDecimal(members[slot], out var number) && number <= int.MaxValue ? (long)number : null;
}
