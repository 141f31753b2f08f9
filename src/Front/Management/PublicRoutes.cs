namespace GatewayActors.Front.Management;

/// <summary>The routes of the admin API that need no token. Everything else does, by the fallback policy.</summary>
internal static class PublicRoutes
{
    /// <summary>Describes the API; holds nothing of any account.</summary>
    public const string OpenApi = "/openapi/{documentName}.json";

    /// <summary>How people who have no token yet get one: which sign-ons there are, the way to the identity provider and back, the token.</summary>
    public static IReadOnlyList<string> SignOn { get; } = ["/auth/providers", "/auth/{signOn}/start", "/auth/{signOn}/callback", "/auth/token"];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [.. SignOn, OpenApi];
}
