using GatewayActors.Abstractions.Dlp;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Dlp;

/// <summary>Reads what custom and built-in profiles have in common.</summary>
internal static class DlpThresholdsReader
{
    private const int MaxAllowedMatches = 1_000;

    /// <summary>Reads them; what is left out stays as it is stored.</summary>
    public static DlpThresholds Read(ObjectReader reader, DlpThresholds? stored)
    {
        // Saying nothing would pass for doing it.
        foreach (var name in (ReadOnlySpan<string>)["ai_context_enabled", "ocr_enabled"])
        {
            if (reader.Boolean(name).Value == true)
            {
                reader.Fail(name, $"{name} is not supported");
            }
        }

        var allowed = reader.Integer("allowed_match_count", 0, MaxAllowedMatches);
        var confidence = reader.Word("confidence_threshold", DlpWords.Confidences);
        return new()
        {
            AllowedMatchCount = allowed.IsSet ? (int)(allowed.Value ?? 0) : stored?.AllowedMatchCount ?? 0,
            Confidence = confidence.IsSet ? confidence.Value ?? DlpConfidence.Low : stored?.Confidence ?? DlpConfidence.Low,
            ContextAware = reader.Object("context_awareness") is { IsSet: true } awareness
                ? awareness.Value?.Boolean("enabled", Need.NotNull).Value ?? false
                : stored?.ContextAware ?? false,
        };
    }
}
