namespace GatewayActors.Providers.Mapping;

/// <summary>Reads <c>Authorization</c> values.</summary>
internal static class AuthorizationValue
{
    /// <summary>What stands after <c>Bearer</c>; null if the value has another scheme or nothing after it.</summary>
    public static string? BearerToken(string? value)
    {
        const string scheme = "Bearer ";
        if (value is null || !value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var token = value.AsSpan(scheme.Length).Trim();
        return token.IsEmpty ? null : token.ToString();
    }
}
