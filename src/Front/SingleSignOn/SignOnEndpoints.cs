using System.Text.Json.Serialization;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace GatewayActors.Front.SingleSignOn;

/// <summary>How a page signs people on: which sign-ons there are, the way to the issuer and back, the token, and the sign-out.</summary>
internal static class SignOnEndpoints
{
    private const int MaxParameterLength = 4096;

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the routes of sign-ons. All but the sign-out are for people who have no token yet.</summary>
        public void MapSingleSignOn()
        {
            var group = routes.MapGroup(ManagementMiddleware.SignOnPath).WithTags("Single sign-on");
            group.MapGet("/providers", ListProviders).WithName("ListSignOns").AllowAnonymous();
            group.MapGet("/{signOn}/start", StartAsync).WithName("StartSignOn").AllowAnonymous().WithQuery("return_to");
            group.MapGet("/{signOn}/callback", CompleteAsync).WithName("CompleteSignOn").AllowAnonymous()
                .WithQuery("code", "state", "iss", "error");
            group.MapPost("/token", RedeemAsync).WithName("RedeemSignOnCode").AllowAnonymous().WithBody(["code"]);
            group.MapPost("/sign-out", SignOutAsync).WithName("SignOut").RequireAnyToken().WithQuery("everywhere:boolean");
        }
    }

    internal static Ok<Envelope<IReadOnlyList<SignOnResource>>> ListProviders(SignOnCatalog signOns) =>
        TypedResults.Ok(Envelope.Of<IReadOnlyList<SignOnResource>>(
        [
            .. signOns.All.Where(signOn => signOn.IsForPeople)
                .Select(signOn => new SignOnResource(signOn.Name, signOn.DisplayName, $"{ManagementMiddleware.SignOnPath}/{Uri.EscapeDataString(signOn.Name)}/start")),
        ]));

    internal static async Task<Results<RedirectHttpResult, ApiProblem>> StartAsync(
        string signOn, HttpContext context, SignOnCatalog signOns, SignOnCookies cookies, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        NeverKept(context);
        if (signOns.Find(signOn) is not { IsForPeople: true } found)
        {
            return ApiProblem.NotFound;
        }

        var returnTo = context.Request.Query["return_to"] is [{ Length: > 0 } asked] ? asked : "/";
        if (!PublicOrigin.IsLocalPage(returnTo))
        {
            return ApiProblem.Invalid("The page to return to must be a path of this gateway, such as /logs", "query", "return_to");
        }

        if (await found.Metadata.GetAsync(cancellationToken) is not { } document)
        {
            return GoBack(returnTo, SignOnFailure.ProviderUnavailable);
        }

        if (document.AuthorizationEndpoint is not { } endpoint)
        {
            return GoBack(returnTo, SignOnFailure.ProviderFailed);
        }

        var redirectUri = $"{PublicOrigin.Of(context)}{ManagementMiddleware.SignOnPath}/{Uri.EscapeDataString(found.Name)}/callback";
        var attempt = SignOnAttempt.Begin(found.Name, returnTo, redirectUri, timeProvider.GetUtcNow());
        cookies.Set(context, attempt);
        return TypedResults.Redirect(QueryHelpers.AddQueryString(endpoint.AbsoluteUri, new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = found.Options.ClientId,
            ["redirect_uri"] = redirectUri,
            ["scope"] = found.Options.Scopes,
            ["state"] = attempt.State,
            ["nonce"] = attempt.Nonce,
            ["code_challenge"] = attempt.Challenge,
            ["code_challenge_method"] = "S256",
        }));
    }

    internal static async Task<Results<RedirectHttpResult, ApiProblem>> CompleteAsync(
        string signOn, HttpContext context, SignOnCatalog signOns, SignOnCookies cookies, CodeExchange exchange, SignOnSessions sessions, CancellationToken cancellationToken)
    {
        NeverKept(context);
        var query = context.Request.Query;
        if (signOns.Find(signOn) is not { IsForPeople: true } found)
        {
            return ApiProblem.NotFound;
        }

        // Without an attempt of this browser there is no page to go back to: the answer may have been prepared by somebody else.
        if (One(query["state"]) is not { } state || cookies.Take(context, found.Name, state) is not { } attempt)
        {
            return ApiProblem.Invalid("The sign-on was not begun in this browser, or too long ago; begin again", "query", "state");
        }

        if (query.ContainsKey("error"))
        {
            return GoBack(attempt.ReturnTo, SignOnFailure.Denied);
        }

        if (await found.Metadata.GetAsync(cancellationToken) is not { } document)
        {
            return GoBack(attempt.ReturnTo, SignOnFailure.ProviderUnavailable);
        }

        // Answers of another issuer, mixed up on purpose (RFC 9207).
        var namesIssuer = query.ContainsKey("iss");
        if (One(query["code"]) is not { } code || (namesIssuer ? One(query["iss"]) != document.Issuer : document.NamesItselfInAnswers))
        {
            return GoBack(attempt.ReturnTo, SignOnFailure.InvalidToken);
        }

        var result = await exchange.RunAsync(found, attempt, document, code, cancellationToken);
        if (result.Failure is { } failure)
        {
            return GoBack(attempt.ReturnTo, failure);
        }

        if (found.Roles.Evaluate(SignOnSessions.ReadClaims(found, result.Sources)) is { ByAccount.Count: 0, OnEveryAccount: null })
        {
            return GoBack(attempt.ReturnTo, SignOnFailure.NoRole);
        }

        var issued = await sessions.StartAsync(found, result.Sources, cancellationToken);
        SignOnCookies.SetBrowser(context, issued.Browser, SignOnSessions.CodeLifetime);
        return TypedResults.Redirect($"{attempt.ReturnTo}#sign_on_code={issued.Code}");
    }

    internal static async Task<Results<Ok<Envelope<SignOnTokenResource>>, ApiProblem>> RedeemAsync(
        HttpContext context, SignOnSessions sessions, SignOnCatalog signOns, CancellationToken cancellationToken)
    {
        NeverKept(context);
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        List<ApiError> errors = [];
        var code = new ObjectReader(body, ["body"], errors).Text("code", 1, 256, Need.NotNull).Value;
        if (errors.Count > 0)
        {
            return ApiProblem.Invalid(errors);
        }

        if (SignOnCookies.TakeBrowser(context) is not { Length: > 0 and <= 256 } browser
            || await sessions.RedeemAsync(code!, browser, cancellationToken) is not { } issued)
        {
            return ApiProblem.Of(StatusCodes.Status401Unauthorized, ApiErrors.AuthenticationFailed);
        }

        var session = issued.Session;
        return TypedResults.Ok(Envelope.Of(new SignOnTokenResource(
            issued.Value,
            Times.Format(session.ExpiresAt),
            session.SignOn,
            new(Person.IdOf(session.SignOn, session.Subject), session.Email, session.Name),
            signOns.Find(session.SignOn)?.DisplayName)));
    }

    internal static async Task<Results<Ok<Envelope<SignedOutResource>>, ApiProblem>> SignOutAsync(
        HttpContext context, SignOnSessions sessions, SignOnCatalog signOns, CancellationToken cancellationToken)
    {
        NeverKept(context);
        if (context.User.RequireToken().Person is not { HasSession: true } person)
        {
            return ApiProblem.Of(StatusCodes.Status403Forbidden, ApiErrors.Unauthorized); // Tokens are deleted, not signed out.
        }

        var query = new QueryReader(context.Request.Query);
        var everywhere = query.Boolean("everywhere") ?? false;
        if (query.Problem is { } problem)
        {
            return problem;
        }

        await sessions.EndAsync(ApiCredential.Read(context.Request.Headers, out _) ?? "", everywhere, cancellationToken);
        return TypedResults.Ok(Envelope.Of(new SignedOutResource(await SignOutUrlAsync(signOns.Find(person.SignOn), context, cancellationToken))));
    }

    // Where the browser may go to sign out of the issuer as well: without it the next sign-on asks for nothing.
    private static async Task<string?> SignOutUrlAsync(SignOn? signOn, HttpContext context, CancellationToken cancellationToken) =>
        signOn is { IsForPeople: true } && await signOn.Metadata.GetAsync(cancellationToken) is { EndSessionEndpoint: { } endpoint }
            ? QueryHelpers.AddQueryString(endpoint.AbsoluteUri, new Dictionary<string, string?>
            {
                ["client_id"] = signOn.Options.ClientId,
                ["post_logout_redirect_uri"] = $"{PublicOrigin.Of(context)}/",
            })
            : null;

    // The part behind # stays in the browser: no server and no log sees it.
    private static RedirectHttpResult GoBack(string returnTo, SignOnFailure failure) =>
        TypedResults.Redirect($"{returnTo}#sign_on_error={SignOnResult.WordOf(failure)}");

    private static string? One(Microsoft.Extensions.Primitives.StringValues values) => values is [{ Length: > 0 and <= MaxParameterLength } one] ? one : null;

    private static void NeverKept(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
    }
}

/// <summary>A sign-on that a page may offer.</summary>
internal sealed record SignOnResource(string Name, string DisplayName, string StartUrl);

/// <summary>A session's token, shown once.</summary>
internal sealed record SignOnTokenResource(string Token, string ExpiresOn, string SignOn, SignOnPersonResource Person, string? DisplayName);

/// <summary>Who has signed on.</summary>
internal sealed record SignOnPersonResource(string Id, string? Email, string? Name);

/// <summary>That a session is over.</summary>
internal sealed record SignedOutResource(string? SignOutUrl);

/// <summary>How answers about sign-ons are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Envelope<IReadOnlyList<SignOnResource>>))]
[JsonSerializable(typeof(Envelope<SignOnTokenResource>))]
[JsonSerializable(typeof(Envelope<SignedOutResource>))]
internal sealed partial class SingleSignOnJson : JsonSerializerContext;
