namespace GatewayActors.Grains.Datasets;

/// <summary>Bounds of what one gateway keeps about its log.</summary>
public sealed class DatasetOptions
{
    /// <summary>Most datasets a gateway may have. Default: 10.</summary>
    public int MaxDatasets { get; set; } = 10;

    /// <summary>Most evaluations a gateway may have. Default: 100.</summary>
    public int MaxEvaluations { get; set; } = 100;
}
