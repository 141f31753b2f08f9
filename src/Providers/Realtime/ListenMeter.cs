using System.Buffers.Text;
using GatewayActors.Providers.Usage;
using GatewayActors.Providers.Usage.Dialects;
using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Realtime;

/// <summary>
/// Deepgram's live transcription: every final result says up to which second it has heard, and the last message how long all of it was.
/// Seconds of each channel count.
/// </summary>
/// <remarks>https://developers.deepgram.com/reference/speech-to-text/listen-streaming; its second version tells turns instead of results.</remarks>
internal sealed class ListenMeter() : JsonMeter(client: null, Wanted)
{
    private const int Type = 0, Duration = 1, Start = 2, IsFinal = 3, Channels = 4, ChannelIndex = 5, WindowEnd = 6, Event = 7;

    private static readonly JsonPaths Wanted = new(
        ("type", Type),
        ("duration", Duration),
        ("start", Start),
        ("is_final", IsFinal),
        ("channels", Channels),
        ("channel_index", ChannelIndex),
        ("audio_window_end", WindowEnd),
        ("event", Event));

    private decimal _heard;
    private decimal _told;

    public override void Complete(TimeSpan connected) => TellUse("broken");

    protected override void OnProvider(CapturedMembers members)
    {
        switch (members.Text(Type))
        {
            case "Results":
                Hear((Number(members, Start) + Number(members, Duration)) * ChannelsOf(members[ChannelIndex]));
                if (Is(members, IsFinal, "true"u8))
                {
                    TellUse("final");
                }

                break;
            case "TurnInfo":
                Hear(Number(members, WindowEnd));
                if (Is(members, Event, "\"EndOfTurn\""u8))
                {
                    TellUse("final");
                }

                break;
            case "Metadata":
                Hear(Number(members, Duration) * Math.Max(1, Number(members, Channels)));
                TellUse("completed");
                break;
            default:
                break;
        }
    }

    private void Hear(decimal seconds) => _heard = Math.Max(_heard, seconds);

    private void TellUse(string status)
    {
        if (_heard > _told)
        {
            Tell(new() { Kind = "transcription", Status = status, Usage = new() { Units = _heard - _told, UnitKind = UnitKinds.Second } });
            _told = _heard;
        }
    }

    private static decimal Number(CapturedMembers members, int slot) => UsageNumbers.TryParseDecimal(members[slot], out var number) && number < 1_000_000_000 ? number : 0;

    // [channel, channels]
    private static decimal ChannelsOf(ReadOnlySpan<byte> index)
    {
        var comma = index.IndexOf((byte)',');
        return comma >= 0 && Utf8Parser.TryParse(index[(comma + 1)..].Trim(" "u8), out int channels, out _) && channels is > 0 and <= 20 ? channels : 1;
    }
}
