using System.Security.Claims;

namespace GatewayActors.Front.Authentication;

/// <summary>A verified token as ASP.NET Core knows callers.</summary>
internal sealed class TokenIdentity(TokenPrincipal token) : ClaimsIdentity([new(ClaimTypes.NameIdentifier, token.TokenId)], ApiTokenDefaults.Scheme)
{
    /// <summary>The token.</summary>
    public TokenPrincipal Token => token;
}

/// <summary>Names of the authentication with API tokens.</summary>
internal static class ApiTokenDefaults
{
    /// <summary>The authentication scheme.</summary>
    public const string Scheme = "ApiToken";

    extension(ClaimsPrincipal principal)
    {
        /// <summary>The verified token, or null for a caller that showed none.</summary>
        public TokenPrincipal? Token => (principal.Identity as TokenIdentity)?.Token;

        /// <summary>The verified token of an endpoint that is never reached without one.</summary>
        /// <exception cref="InvalidOperationException">The endpoint is reached without a token.</exception>
        public TokenPrincipal RequireToken() => principal.Token ?? throw new InvalidOperationException("The endpoint lacks its authorization policy.");
    }
}
