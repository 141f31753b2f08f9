using GatewayActors.Front.Compat;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.DynamicRoutes.Running;

/// <summary>What running routes needs.</summary>
internal sealed partial class RouteServices(
    CompatRouting routing, StepRunner runner, Settlement settlement, IGrainFactory grains, Random random, TimeProvider timeProvider, ILogger<RouteServices> logger)
{
    public CompatRouting Routing => routing;

    public StepRunner Runner => runner;

    public Settlement Settlement => settlement;

    public IGrainFactory Grains => grains;

    /// <summary>Decides percentages for callers without a key. Thread-safe.</summary>
    public Random Random => random;

    public TimeProvider TimeProvider => timeProvider;

    [LoggerMessage(EventId = 1303, EventName = "NoRouteDecision", Level = LogLevel.Error, Message = "No grain decided about a limit in the dynamic route of exchange {ExchangeId}.")]
    public partial void LogNoDecision(Guid exchangeId, Exception exception);
}
