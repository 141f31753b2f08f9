using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Usage.Dialects;

/// <summary>What differs between the providers that speak OpenAI's formats.</summary>
[Flags]
internal enum OpenAITraits
{
    None = 0,

    /// <summary>Output excludes reasoning (xAI).</summary>
    ReasoningBeside = 1,

    /// <summary>The usage object states the charge. Believed only of providers known to: a tenant's own upstream could state zero.</summary>
    StatesCost = 2,

    /// <summary>Items of <c>data[]</c> are images that are billed by the piece where no usage is stated.</summary>
    Images = 4,

    /// <summary>A transcription's <c>duration</c> is billed, at least <see cref="OpenAIDialect.MinimumSeconds"/> (Groq).</summary>
    MinimumDuration = 8,
}

/// <summary>
/// OpenAI's chat, completions, embeddings, responses, images, transcription and speech, and their streams; also Workers AI's envelope, and
/// for unknown bodies the fields of other families.
/// </summary>
internal sealed class OpenAIDialect(OpenAITraits traits = OpenAITraits.None) : UsageDialect
{
    /// <summary>The shortest audio Groq bills.</summary>
    public const decimal MinimumSeconds = 10;

    private const int Usage = 0, Model = 1, ServiceTier = 2, Failure = 3, Type = 4, Code = 5, ResponseUsage = 6, ResponseModel = 7,
        ResponseTier = 8, ResponseFailure = 9, GroqUsage = 10, ResultUsage = 11, UsageInfo = 12, Data = 13, Duration = 14,
        UsageMetadata = 15, ModelVersion = 16, Meta = 17, Metrics = 18, ErrorType = 19,
        MessageUsage = 20, MessageModel = 21;

    private static readonly JsonPaths Wanted = new(
        ("usage", Usage),
        ("model", Model),
        ("service_tier", ServiceTier),
        ("error", Failure),
        ("type", Type),
        ("code", Code),
        ("error_type", ErrorType),
        ("response.usage", ResponseUsage),
        ("response.model", ResponseModel),
        ("response.service_tier", ResponseTier),
        ("response.error", ResponseFailure),
        ("x_groq.usage", GroqUsage),
        ("x_groq.error", Failure),
        ("result.usage", ResultUsage),
        ("result.model", Model),
        ("usage_info", UsageInfo),
        ("data[]", Data),
        ("duration", Duration),
        ("usageMetadata", UsageMetadata),
        ("modelVersion", ModelVersion),
        ("meta", Meta),
        ("metrics", Metrics),
        ("message.usage", MessageUsage),
        ("message.model", MessageModel),
        ("delta.usage", Usage));

    public override JsonPaths Paths => Wanted;

    public override bool MayMatter(ReadOnlySpan<byte> data) =>
        Mentions(data, "\"usage\""u8) || Mentions(data, "\"error\""u8) || Mentions(data, "\"usageMetadata\""u8);

    public override bool KnowsModel(CapturedMembers members) => members.Has(Model) || members.Has(ResponseModel) || members.Has(MessageModel);

    public override StreamError? Error(CapturedMembers members)
    {
        if (members.Has(Failure))
        {
            return members.Has(ErrorType) ? StreamErrors.Of(members.Text(ErrorType) ?? "") : StreamErrors.Parse(members[Failure]);
        }

        if (members.Has(ResponseFailure))
        {
            return StreamErrors.Parse(members[ResponseFailure]);
        }

        // The Responses API states an error event flat: its type is the word, its code the kind.
        return members[Type].SequenceEqual("\"error\""u8) ? StreamErrors.Of(members.Text(Code) ?? "error") : null;
    }

    public override UsageReport Report(CapturedMembers members, UsageFallback fallback)
    {
        var slot = members.Has(ResponseUsage) ? ResponseUsage
            : members.Has(Usage) ? Usage
            : members.Has(GroqUsage) ? GroqUsage
            : members.Has(ResultUsage) ? ResultUsage
            : members.Has(UsageMetadata) ? UsageMetadata
            : members.Has(Meta) ? Meta
            : members.Has(UsageInfo) ? UsageInfo
            : members.Has(Metrics) ? Metrics
            : MessageUsage;
        var numbers = new UsageNumbers().Add(members[MessageUsage]).Add(members[UsageInfo]).Add(members[slot]);
        var tier = members.Text(members.Has(ResponseTier) ? ResponseTier : ServiceTier);
        return new()
        {
            Usage = Units(numbers, Tokens(numbers), members) ?? fallback.Usage,
            Model = members.Text(ResponseModel) ?? members.Text(Model) ?? members.Text(MessageModel) ?? members.Text(ModelVersion) ?? fallback.Model,
            ServiceTier = tier,
            RawUsageJson = members.Raw(slot),
        };
    }

    private TokenUsage? Tokens(UsageNumbers numbers)
    {
        var usage = traits.HasFlag(OpenAITraits.ReasoningBeside) && numbers.HasAny(UsageNumbers.PromptTokens, UsageNumbers.CompletionTokens)
            ? UsageMath.Chat(numbers, ReasoningTokens.Beside)
            : UsageMath.Sniff(numbers);
        if (traits.HasFlag(OpenAITraits.StatesCost) && UsageMath.ReportedCost(numbers) is { } cost)
        {
            usage = (usage ?? new()) with { ReportedCostUsd = cost };
        }

        return usage;
    }

    private TokenUsage? Units(UsageNumbers numbers, TokenUsage? usage, CapturedMembers members)
    {
        if (usage is { Units: not null })
        {
            return usage;
        }

        var (units, kind) = numbers.FindDecimal(UsageNumbers.Seconds) is { } seconds ? (seconds, UnitKinds.Second)
            : numbers.Find(UsageNumbers.Pages) is { } pages ? (pages, UnitKinds.Page)
            : numbers.FindDecimal(UsageNumbers.Neurons) is { } neurons ? (neurons, UnitKinds.Neuron)
            : usage is not null ? (null, null)
            : traits.HasFlag(OpenAITraits.Images) && members.CountOf(Data) is > 0 and var images ? (images, UnitKinds.Image)
            : UsageNumbers.TryParseDecimal(members[Duration].Trim((byte)'"'), out var duration) ? (duration, UnitKinds.Second)
            : ((decimal?)null, (string?)null);
        if (units is null)
        {
            return usage;
        }

        if (kind == UnitKinds.Second && traits.HasFlag(OpenAITraits.MinimumDuration))
        {
            units = Math.Max(units.Value, MinimumSeconds);
        }

        return (usage ?? new()) with { Units = units, UnitKind = kind };
    }
}
