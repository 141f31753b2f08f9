namespace GatewayActors.Grains.Secrets;

/// <summary>What the operator says about Secrets Stores.</summary>
public sealed class SecretsStoreOptions
{
    /// <summary>How many secrets an account may have. Default: 100.</summary>
    public int MaxSecrets { get; set; } = 100;
}
