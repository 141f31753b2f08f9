using System.Text.Encodings.Web;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.SingleSignOn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace GatewayActors.Front.Authentication;

/// <summary>Authenticates callers of the admin API, and answers failures with the codes its clients know.</summary>
/// <remarks>
/// Deviations from the usual 401: no credentials and a malformed header are 400, and a token of an identity provider that cannot be reached is 503.
/// </remarks>
internal sealed class ApiTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ITokenVerifier verifier, SignOnCatalog? signOns = null)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private bool _malformed;
    private bool _unavailable;

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var credential = ApiCredential.Read(Request.Headers, out _malformed);
        if (credential is null)
        {
            return _malformed ? AuthenticateResult.Fail("The Authorization header is malformed.") : AuthenticateResult.NoResult();
        }

        return await verifier.VerifyAsync(credential, Context.Connection.RemoteIpAddress, Context.RequestAborted) is { } token ? Accept(token)
            : IssuerTokens.IssuerOf(credential) is { } issuer && signOns?.FindByIssuer(issuer) is { } signOn ? await CheckAsync(credential, signOn)
            : AuthenticateResult.Fail("The token is not valid.");
    }

    private AuthenticateResult Accept(TokenPrincipal token) => AuthenticateResult.Success(new(new(new TokenIdentity(token)), Scheme.Name));

    private async Task<AuthenticateResult> CheckAsync(string credential, SignOn signOn)
    {
        var token = await signOn.Tokens.CheckAsync(credential, signOn.Audiences, Context.RequestAborted);
        _unavailable = token.State == IssuerTokenState.Unavailable;
        return token.State == IssuerTokenState.Valid ? Accept(signOn.PrincipalOf(token)) : AuthenticateResult.Fail("The identity provider's token is not valid.");
    }

    /// <inheritdoc/>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var result = await HandleAuthenticateOnceSafeAsync();
        var problem = result.None ? ApiProblem.Of(StatusCodes.Status400BadRequest, ApiErrors.MissingCredentials)
            : _unavailable ? ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, ApiErrors.IssuerUnavailable(Response.Headers["cf-ray"].ToString()))
            : _malformed ? ApiProblem.Of(StatusCodes.Status400BadRequest, ApiErrors.MalformedCredentials)
            : Request.Path.StartsWithSegments("/client/v4/user/tokens/verify", StringComparison.Ordinal)
                ? ApiProblem.Of(StatusCodes.Status401Unauthorized, ApiErrors.InvalidApiToken)
                : ApiProblem.Of(StatusCodes.Status401Unauthorized, ApiErrors.AuthenticationFailed);
        if (problem.StatusCode == StatusCodes.Status401Unauthorized)
        {
            Response.Headers.WWWAuthenticate = "Bearer";
        }
        else if (_unavailable)
        {
            Response.Headers.RetryAfter = "10"; // As often as the issuer is asked.
        }

        await problem.ExecuteAsync(Context);
    }

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        ApiProblem.Of(StatusCodes.Status403Forbidden, ApiErrors.AuthenticationFailed).ExecuteAsync(Context);
}
