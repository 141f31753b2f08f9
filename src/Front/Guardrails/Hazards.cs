using System.Globalization;
using System.Numerics;

namespace GatewayActors.Front.Guardrails;

/// <summary>A set of hazard categories: those of MLCommons, as Llama Guard 3 has them, and prompt injection.</summary>
[Flags]
internal enum Hazards
{
    None = 0,

    /// <summary>Violent crimes.</summary>
    S1 = 1 << 1,

    /// <summary>Non-violent crimes.</summary>
    S2 = 1 << 2,

    /// <summary>Sex-related crimes.</summary>
    S3 = 1 << 3,

    /// <summary>Child sexual exploitation.</summary>
    S4 = 1 << 4,

    /// <summary>Defamation.</summary>
    S5 = 1 << 5,

    /// <summary>Specialized advice.</summary>
    S6 = 1 << 6,

    /// <summary>Privacy.</summary>
    S7 = 1 << 7,

    /// <summary>Intellectual property.</summary>
    S8 = 1 << 8,

    /// <summary>Indiscriminate weapons.</summary>
    S9 = 1 << 9,

    /// <summary>Hate.</summary>
    S10 = 1 << 10,

    /// <summary>Suicide and self-harm.</summary>
    S11 = 1 << 11,

    /// <summary>Sexual content.</summary>
    S12 = 1 << 12,

    /// <summary>Elections.</summary>
    S13 = 1 << 13,

    /// <summary>Prompt injection.</summary>
    P1 = 1 << 14,

    /// <summary>S1 to S13.</summary>
    Content = P1 - 2,
}

/// <summary>Hazard categories by their names.</summary>
internal static class HazardNames
{
    /// <summary>The category of a name; none for one that is unknown.</summary>
    public static Hazards Parse(ReadOnlySpan<char> name) =>
        name is "P1" ? Hazards.P1
        : name is ['S', .. var digits] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 13 && digits[0] != '0' ? (Hazards)(1 << number)
        : Hazards.None;

    /// <summary>The names of a set, in the order of their numbers; prompt injection is the last.</summary>
    public static IEnumerable<string> Of(Hazards hazards)
    {
        while (hazards != Hazards.None)
        {
            var lowest = (Hazards)(1 << BitOperations.TrailingZeroCount((uint)hazards));
            yield return lowest.ToString();
            hazards &= ~lowest;
        }
    }
}
