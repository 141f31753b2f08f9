using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Gateways;

/// <summary>Reads <c>stripe</c>.</summary>
internal static class StripeReader
{
    private const int MaxEvents = 50;

    public static StripeConfiguration? Read(ObjectReader gateway, StripeConfiguration? stored)
    {
        var stripe = gateway.Object("stripe");
        return !stripe.IsSet ? stored : stripe.Value is not { } reader ? null : new()
        {
            Authorization = reader.Text("authorization", 1, 4096, Need.NotNull).Value ?? "",
            UsageEventPayloads = reader.Items(
                "usage_events", 0, MaxEvents, (item, items) => items.Object(item) is { } usage ? usage.Text("payload", 1, 65_536, Need.NotNull).Value ?? "" : null, Need.NotNull).Value ?? [],
        };
    }
}
