using GatewayActors.Front.DynamicRoutes.Model;
using GatewayActors.Front.Errors;

namespace GatewayActors.Front.DynamicRoutes.Running;

/// <summary>What a walk through a route does outside of the graph: for an exchange in earnest, for an explanation in pretence.</summary>
internal interface IRouteActor
{
    /// <summary>A random number from 0 to 1, 1 excluded.</summary>
    double Draw();

    /// <summary>Counts a request against a limit.</summary>
    ValueTask<RateVerdict> TakeAsync(string quotaKey, RateElement element);

    /// <summary>Calls a model.</summary>
    /// <param name="element">The element that asks for it.</param>
    /// <param name="hasFallback">Whether the walk can go on if it fails.</param>
    ValueTask<CallVerdict> CallAsync(ModelElement element, bool hasFallback);
}

/// <summary>What a limit has decided.</summary>
/// <param name="IsWithin">Whether there was room.</param>
/// <param name="RetryAfter">When there may be again.</param>
/// <param name="Error">Why nothing could be decided; null if it could.</param>
internal readonly record struct RateVerdict(bool IsWithin, TimeSpan RetryAfter, GatewayError? Error = null);

/// <summary>How a call has ended.</summary>
internal enum CallVerdict
{
    /// <summary>The model has begun to answer.</summary>
    Answered,

    /// <summary>It has not, after all attempts.</summary>
    Failed,

    /// <summary>The exchange is over: its client is gone, or the gateway refuses it as a whole.</summary>
    Stopped,
}
