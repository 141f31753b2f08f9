namespace GatewayActors.Grains.Limits;

/// <summary>What is stored of a quota. Fields are only added, each with the next free id.</summary>
[GenerateSerializer, Immutable, Alias("gateway.quota.state")]
internal sealed record QuotaState
{
    /// <summary>Length of the window in ticks; 0 before the first use.</summary>
    [Id(0)] public long Length { get; init; }

    /// <summary>Which window of that length it is, counted from year 1 in UTC.</summary>
    [Id(1)] public long Index { get; init; }

    /// <summary>Counts windows like <see cref="Index"/>, also over changes of their length.</summary>
    [Id(2)] public long Window { get; init; }

    /// <summary>What was used in the current window.</summary>
    [Id(3)] public decimal Used { get; init; }

    /// <summary>What was reserved in the current window and not settled.</summary>
    [Id(4)] public decimal Held { get; init; }

    /// <summary>What was used in the window before.</summary>
    [Id(5)] public decimal UsedBefore { get; init; }

    /// <summary>What was reserved in the window before and not settled.</summary>
    [Id(6)] public decimal HeldBefore { get; init; }

    /// <summary>The activation that wrote this.</summary>
    [Id(7)] public Guid Epoch { get; init; }

    /// <summary>The last reservation that <see cref="Held"/> knows of.</summary>
    [Id(8)] public long LastNumber { get; init; }

    /// <summary>The reservations up to <see cref="LastNumber"/> that were not settled; null in what was stored before they were noted: any.</summary>
    [Id(9)] public long[]? Open { get; init; }
}
