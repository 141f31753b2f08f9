using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Usage.Dialects;

/// <summary>Google's generateContent, its streams (events or one array), and Vertex AI's predict.</summary>
/// <remarks>https://ai.google.dev/api/generate-content. The usage of each chunk is cumulative: the last one that counts is right.</remarks>
internal sealed class GeminiDialect : UsageDialect
{
    private const int Usage = 0, Model = 1, Failure = 2, Characters = 3, ResponseUsage = 4, ResponseModel = 5, Predictions = 6,
        EmbeddingTokens = CapturedMembers.FirstSumSlot;

    private static readonly JsonPaths Wanted = new(
        ("usageMetadata", Usage),
        ("modelVersion", Model),
        ("error", Failure),
        ("metadata.billableCharacterCount", Characters),
        ("response.usageMetadata", ResponseUsage),
        ("response.modelVersion", ResponseModel),
        ("predictions[]", Predictions),
        ("predictions[].embeddings.statistics.token_count", EmbeddingTokens));

    private static readonly JsonPaths PromptDetails = LabelledSum.PathsOf("promptTokensDetails", "modality", "tokenCount");
    private static readonly JsonPaths CandidateDetails = LabelledSum.PathsOf("candidatesTokensDetails", "modality", "tokenCount");
    private static readonly byte[] Audio = [.. "\"AUDIO\""u8];
    private static readonly byte[] Image = [.. "\"IMAGE\""u8];

    public override JsonPaths Paths => Wanted;

    // Vertex AI sends chunks whose usage names a traffic type and no count: they must not replace one that counts.
    public override bool MayMatter(ReadOnlySpan<byte> data) =>
        data.IndexOf("TokenCount\""u8) >= 0 || Mentions(data, "\"error\""u8) || data.IndexOf("\"predictions\""u8) >= 0;

    public override bool KnowsModel(CapturedMembers members) => members.Has(Model) || members.Has(ResponseModel);

    public override bool Replaces(int slot, ReadOnlySpan<byte> value) =>
        slot is not (Usage or ResponseUsage) || value.IndexOf("TokenCount\""u8) >= 0;

    public override StreamError? Error(CapturedMembers members) => members.Has(Failure) ? StreamErrors.Parse(members[Failure]) : null;

    public override UsageReport Report(CapturedMembers members, UsageFallback fallback)
    {
        var slot = members.Has(Usage) ? Usage : ResponseUsage;
        return new()
        {
            Usage = Generated(members[slot]) ?? Predicted(members) ?? fallback.Usage,
            Model = members.Text(Model) ?? members.Text(ResponseModel) ?? fallback.Model,
            RawUsageJson = members.Raw(slot),
        };
    }

    private static TokenUsage? Generated(ReadOnlySpan<byte> raw)
    {
        var usage = UsageMath.Gemini(new UsageNumbers().Add(raw));
        var hasAudio = raw.IndexOf(Audio) >= 0;
        var hasImage = raw.IndexOf(Image) >= 0;
        return usage is null || !(hasAudio || hasImage)
            ? usage
            : usage with
            {
                AudioIn = LabelledSum.Of(raw, PromptDetails, Audio),
                AudioOut = LabelledSum.Of(raw, CandidateDetails, Audio),
                ImageIn = LabelledSum.Of(raw, PromptDetails, Image),
            };
    }

    private static TokenUsage? Predicted(CapturedMembers members)
    {
        var tokens = members.CountOf(EmbeddingTokens);
        var characters = UsageNumbers.TryParseDecimal(members[Characters], out var count) ? count : (decimal?)null;
        if (tokens > 0 || characters is not null)
        {
            return new()
            {
                InputTotal = tokens,
                OutputTotal = 0,
                Units = characters,
                UnitKind = characters is null ? null : UnitKinds.Character,
            };
        }

        // Imagen answers one prediction per image.
        return members.CountOf(Predictions) is > 0 and var images ? new() { Units = images, UnitKind = UnitKinds.Image } : null;
    }
}
