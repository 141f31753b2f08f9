using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Realtime;

/// <summary>For sessions that are billed by their length and say nothing about it.</summary>
internal sealed class ConnectionMeter : RealtimeMeter
{
    public override void Read(RealtimeSender sender, ReadOnlySpan<byte> piece, bool endsMessage)
    {
    }

    public override void Complete(TimeSpan connected) => Tell(new()
    {
        Kind = "connection",
        Usage = new() { Units = (decimal)Math.Round(connected.TotalSeconds, 3), UnitKind = UnitKinds.Second, Source = UsageSource.Estimated },
    });
}
