namespace GatewayActors.Providers.Usage;

/// <summary>The names of <see cref="TokenUsage.UnitKind"/>.</summary>
public static class UnitKinds
{
    public const string Character = "character";
    public const string Second = "second";
    public const string Image = "image";
    public const string InputImage = "input_image";
    public const string Query = "query";
    public const string Page = "page";
    public const string Neuron = "neuron";

    /// <summary>The model's own unit, whatever it is; fits every unit price.</summary>
    public const string Unit = "unit";
}
