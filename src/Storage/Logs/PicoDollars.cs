namespace GatewayActors.Storage.Logs;

/// <summary>Money as it is stored: whole numbers of 10⁻¹² US dollars, so that sums are exact.</summary>
internal static class PicoDollars
{
    private const decimal PerDollar = 1_000_000_000_000m;

    /// <summary>
    /// Saturates at the largest that can be stored, some 9.2 million dollars: a caller may set any price, and one absurd entry must
    /// not stop the batch it is in.
    /// </summary>
    public static long From(decimal dollars) => Decimals.ToInt64(dollars, PerDollar);

    public static decimal ToDollars(long pico) => ToDollars((decimal)pico);

    /// <summary>For sums, which may not fit a column.</summary>
    public static decimal ToDollars(decimal pico) => pico / PerDollar;

    /// <summary>For comparisons: the exact value in units of the column, which need not be whole.</summary>
    public static decimal Scale(decimal dollars) => Decimals.Scale(dollars, PerDollar);
}

/// <summary>Arithmetic that saturates instead of failing.</summary>
internal static class Decimals
{
    /// <summary><paramref name="value"/> × <paramref name="factor"/>, rounded half to even, between the bounds of <see cref="long"/>.</summary>
    public static long ToInt64(decimal value, decimal factor) => (long)Math.Clamp(decimal.Round(Scale(value, factor)), long.MinValue, long.MaxValue);

    /// <summary><paramref name="value"/> × <paramref name="factor"/>, or the bound of decimal on that side.</summary>
    public static decimal Scale(decimal value, decimal factor)
    {
        if (Math.Abs(value) > decimal.MaxValue / factor)
        {
            return value > 0 ? decimal.MaxValue : decimal.MinValue;
        }

        return value * factor;
    }

    /// <summary>Adds, saturating at the bounds of <see cref="long"/>.</summary>
    public static long AddSaturating(long left, long right)
    {
        var sum = unchecked(left + right);
        return ((left ^ sum) & (right ^ sum)) < 0 ? (left < 0 ? long.MinValue : long.MaxValue) : sum;
    }
}
