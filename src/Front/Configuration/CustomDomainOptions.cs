namespace GatewayActors.Front.Configuration;

/// <summary>Hostnames of tenants. Bound from <c>Gateway:CustomDomains</c>.</summary>
public sealed class CustomDomainOptions
{
    /// <summary>
    /// Whether a domain is active only once a TXT record proves that its owner wants it. Default: true. With false every tenant gets any
    /// hostname that no other one has.
    /// </summary>
    public bool Verify { get; set; } = true;

    /// <summary>How many custom domains a gateway may have. Default: 10. Range: 0 to 1,000.</summary>
    [Between(0, 1_000)]
    public int MaxPerGateway { get; set; } = 10;
}
