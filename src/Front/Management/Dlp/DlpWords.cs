using GatewayActors.Abstractions.Dlp;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Dlp;

/// <summary>The words of profiles.</summary>
internal static class DlpWords
{
    public static Words<DlpConfidence> Confidences { get; } =
        new((DlpConfidence.Low, "low"), (DlpConfidence.Medium, "medium"), (DlpConfidence.High, "high"), (DlpConfidence.VeryHigh, "very_high"));
}
