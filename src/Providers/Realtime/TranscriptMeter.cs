using GatewayActors.Providers.Usage;
using GatewayActors.Providers.Usage.Dialects;
using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Realtime;

/// <summary>Cartesia's live transcription: final transcripts say how many seconds they are of.</summary>
/// <remarks>https://docs.cartesia.ai/api-reference/stt/stt</remarks>
internal sealed class TranscriptMeter() : JsonMeter(client: null, Wanted)
{
    private const int Type = 0, Duration = 1, IsFinal = 2;

    private static readonly JsonPaths Wanted = new(("type", Type), ("duration", Duration), ("is_final", IsFinal));

    protected override void OnProvider(CapturedMembers members)
    {
        if (Is(members, Type, "\"transcript\""u8)
            && !Is(members, IsFinal, "false"u8)
            && UsageNumbers.TryParseDecimal(members[Duration], out var seconds)
            && seconds is > 0 and < 1_000_000_000)
        {
            Tell(new() { Kind = "transcription", Status = "final", Usage = new() { Units = seconds, UnitKind = UnitKinds.Second } });
        }
    }
}
