namespace GatewayActors.Grains.Accounts;

/// <summary>Bounds of one account.</summary>
public sealed class AccountOptions
{
    /// <summary>Most gateways an account may have. Default: 1,000.</summary>
    public int MaxGateways { get; set; } = 1_000;
}
