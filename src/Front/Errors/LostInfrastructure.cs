using System.Data.Common;
using Orleans.Runtime;

namespace GatewayActors.Front.Errors;

/// <summary>Tells what a request cannot help and another one may not meet (no grain answered, or its storage failed) from defects.</summary>
internal static class LostInfrastructure
{
    /// <summary>Whether it is answered with 503: Orleans wraps what a grain's storage throws, the log's storage throws its driver's exceptions.</summary>
    public static bool Is(Exception exception) => exception is TimeoutException or OrleansException or DbException;
}
