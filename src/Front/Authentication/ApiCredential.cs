namespace GatewayActors.Front.Authentication;

/// <summary>Where callers of the admin API put their token.</summary>
internal static class ApiCredential
{
    private const string BearerPrefix = "Bearer ";

    /// <summary>Reads what may be a token; null for none.</summary>
    /// <param name="headers">The request's headers.</param>
    /// <param name="isMalformed">Whether there is an Authorization header that is not <c>Bearer</c> and a token.</param>
    /// <remarks>The token first, then the key of a "global key" pair: there is nothing but tokens here, so the key must be one.</remarks>
    public static string? Read(IHeaderDictionary headers, out bool isMalformed)
    {
        isMalformed = false;
        var authorization = headers.Authorization;
        if (authorization.Count > 0)
        {
            var value = authorization.Count == 1 ? authorization[0].AsSpan() : [];
            var token = value.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) ? value[BearerPrefix.Length..].Trim() : [];
            isMalformed = token.IsEmpty || token.ContainsAny(' ', ',');
            return isMalformed ? null : token.ToString();
        }

        return headers["X-Auth-Key"] is [{ Length: > 0 } single] ? single : null;
    }
}
