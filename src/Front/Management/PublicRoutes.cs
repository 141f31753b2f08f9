namespace GatewayActors.Front.Management;

/// <summary>The routes of the admin API that need no token. Everything else does, by the fallback policy.</summary>
internal static class PublicRoutes
{
    /// <summary>Describes the API; holds nothing of any account.</summary>
    public const string OpenApi = "/openapi/{documentName}.json";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [OpenApi];
}
