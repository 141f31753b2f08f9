namespace GatewayActors.Front.Configuration;

/// <summary>What guardrails have in common about the bodies that they look into. Bound from <c>Gateway:Inspection</c>.</summary>
public sealed class InspectionOptions
{
    /// <summary>
    /// Bytes of a request or an answer that are held in memory to be inspected. A request with more is refused, an answer with more is
    /// not delivered, where anything could be blocked. Default: 16,777,216 (16 MiB). Range: 65,536 to 268,435,456.
    /// </summary>
    [Between(65_536, 268_435_456)]
    public int MaxBodyBytes { get; set; } = 16 * 1024 * 1024;
}
