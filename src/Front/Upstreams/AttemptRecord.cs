using GatewayActors.Front.Telemetry;

namespace GatewayActors.Front.Upstreams;

/// <summary>What is kept of one attempt.</summary>
/// <param name="Number">From 1.</param>
/// <param name="StatusCode">The upstream's status; null if no response came.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Duration">From the call to the first byte of the body, or to the failure.</param>
/// <param name="IsHedge">Whether it was begun beside another one.</param>
internal readonly record struct AttemptRecord(int Number, int? StatusCode, AttemptOutcome Outcome, TimeSpan Duration, bool IsHedge = false);
