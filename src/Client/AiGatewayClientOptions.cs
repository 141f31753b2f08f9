namespace GatewayActors.Client;

/// <summary>Where a client calls, and as whom.</summary>
public sealed record AiGatewayClientOptions
{
    /// <summary>The front's address, such as <c>http://localhost:8080</c>. A path is kept.</summary>
    public required Uri BaseAddress { get; init; }

    /// <summary>The account: 32 hex digits.</summary>
    public required string AccountId { get; init; }

    /// <summary>An API token. Each method needs the permission that its route needs.</summary>
    public required string Token { get; init; }
}
