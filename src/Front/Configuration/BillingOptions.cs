namespace GatewayActors.Front.Configuration;

/// <summary>Credits for the operator's credentials. Bound from <c>Gateway:Billing</c>.</summary>
public sealed class BillingOptions
{
    /// <summary>
    /// Whether exchanges that use the operator's own credentials are paid out of their account's credits, and refused without any. Default:
    /// false, they are free.
    /// </summary>
    public bool Credits { get; set; }
}
