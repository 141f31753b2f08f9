using GatewayActors.Providers.Usage;
using GatewayActors.Providers.Usage.Dialects;
using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Realtime;

/// <summary>fal: the head of every answer over the WebSocket has the headers that the answer over HTTP would have, billable units among them.</summary>
/// <remarks>https://docs.fal.ai/model-endpoints/websockets</remarks>
internal sealed class BilledUnitsMeter() : JsonMeter(client: null, Wanted)
{
    private const int Type = 0, Units = 1, RequestId = 2;

    private static readonly JsonPaths Wanted = new(("type", Type), ("headers.x-fal-billable-units", Units), ("request_id", RequestId));

    protected override void OnProvider(CapturedMembers members)
    {
        if (members.Text(Units) is { } text && UsageNumbers.TryParseDecimal(System.Text.Encoding.UTF8.GetBytes(text), out var units))
        {
            Tell(new() { Kind = "response", Id = members.Text(RequestId), Usage = new() { Units = units, UnitKind = UnitKinds.Unit, Source = UsageSource.Header } });
        }
    }
}
