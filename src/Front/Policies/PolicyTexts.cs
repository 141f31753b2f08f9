using System.Globalization;

namespace GatewayActors.Front.Policies;

/// <summary>Values as text.</summary>
internal static class PolicyTexts
{
    /// <summary>A value as text; null for what has none.</summary>
    public static string? Of(object? value) => value switch
    {
        string text => text,
        bool truth => truth ? "true" : "false",
        decimal number => number.ToString("0.############################", CultureInfo.InvariantCulture),
        _ => null,
    };
}
