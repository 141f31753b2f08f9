using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Front.SingleSignOn;

/// <summary>Turns what the issuer sent by the browser into claims about the person.</summary>
internal sealed partial class CodeExchange(IssuerClient client, ILogger<CodeExchange> logger)
{
    /// <summary>Redeems the code, checks the ID token, and asks for more about the person where roles need it.</summary>
    public async Task<SignOnResult> RunAsync(SignOn signOn, SignOnAttempt attempt, IssuerDocument document, string code, CancellationToken cancellationToken)
    {
        if (document.TokenEndpoint is not { } endpoint)
        {
            return SignOnResult.Fail(SignOnFailure.ProviderFailed);
        }

        try
        {
            if (await RedeemAsync(signOn, attempt, document, endpoint, code, cancellationToken) is not { } answer
                || Token(answer, "id_token") is not { } idToken)
            {
                return SignOnResult.Fail(SignOnFailure.ProviderFailed);
            }

            var token = await signOn.Tokens.CheckAsync(idToken, [signOn.Options.ClientId!], cancellationToken);
            if (token.State != IssuerTokenState.Valid)
            {
                return SignOnResult.Fail(token.State == IssuerTokenState.Unavailable ? SignOnFailure.ProviderUnavailable : SignOnFailure.InvalidToken);
            }

            // Made for another sign-on, or for another client together with this one.
            if (Claims.Text(token.Claims, "nonce") != attempt.Nonce || (Claims.Text(token.Claims, "azp") is { } party && party != signOn.Options.ClientId))
            {
                return SignOnResult.Fail(SignOnFailure.InvalidToken);
            }

            return await CompleteAsync(signOn, document, token.Claims, Token(answer, "access_token"), cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or InvalidOperationException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogFailed(signOn.Name, exception.GetType().Name, exception is HttpRequestException { StatusCode: { } status } ? (int)status : null);
            return SignOnResult.Fail(exception is JsonException ? SignOnFailure.ProviderFailed : SignOnFailure.ProviderUnavailable);
        }
    }

    private async Task<JsonElement?> RedeemAsync(
        SignOn signOn, SignOnAttempt attempt, IssuerDocument document, Uri endpoint, string code, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, string>> form =
        [
            new("grant_type", "authorization_code"),
            new("code", code),
            new("redirect_uri", attempt.RedirectUri),
            new("code_verifier", attempt.Verifier),
        ];
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Headers.Accept.Add(new("application/json"));
        if (signOn.Options.ClientSecret is { } secret && !document.SecretInBody)
        {
            // Both are form-encoded first (RFC 6749, 2.3.1).
            var pair = $"{Uri.EscapeDataString(signOn.Options.ClientId!)}:{Uri.EscapeDataString(secret)}";
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
        }
        else
        {
            form.Add(new("client_id", signOn.Options.ClientId!));
            if (signOn.Options.ClientSecret is { } posted)
            {
                form.Add(new("client_secret", posted));
            }
        }

        request.Content = new FormUrlEncodedContent(form);
        using var response = await client.Http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            LogRefused(signOn.Name, "token", (int)response.StatusCode);
            return null;
        }

        return JsonElement.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
    }

    // Many issuers keep groups and addresses out of the ID token.
    private async Task<SignOnResult> CompleteAsync(
        SignOn signOn, IssuerDocument document, JsonElement idClaims, string? accessToken, CancellationToken cancellationToken)
    {
        var isComplete = Claims.Text(idClaims, "email") is not null && signOn.Roles.Claims.All(name => Claims.Values(idClaims, name).Count > 0);
        if (isComplete || document.UserInfoEndpoint is not { } endpoint || accessToken is null)
        {
            return new(null, [idClaims]);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        request.Headers.Accept.Add(new("application/json"));
        using var response = await client.Http.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "application/json")
        {
            LogRefused(signOn.Name, "userinfo", (int)response.StatusCode);
            return new(null, [idClaims]); // The person is known; what is missing can only open less.
        }

        var user = JsonElement.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        return user.ValueKind == JsonValueKind.Object && Claims.Text(user, "sub") == Claims.Text(idClaims, "sub")
            ? new(null, [idClaims, user])
            : SignOnResult.Fail(SignOnFailure.InvalidToken); // About somebody else.
    }

    private static string? Token(JsonElement answer, string name) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [LoggerMessage(EventId = 3203, EventName = "SignOnRefused", Level = LogLevel.Warning, Message = "The issuer of the sign-on {SignOn} refused a request at its {Endpoint} endpoint with {Status}.")]
    private partial void LogRefused(string signOn, string endpoint, int status);

    [LoggerMessage(EventId = 3204, EventName = "SignOnFailed", Level = LogLevel.Error, Message = "The issuer of the sign-on {SignOn} did not answer as it should ({Failure}, status {Status}).")]
    private partial void LogFailed(string signOn, string failure, int? status);
}

/// <summary>Why nobody is signed on.</summary>
internal enum SignOnFailure
{
    /// <summary>The person said no, or the issuer did.</summary>
    Denied,

    /// <summary>The issuer cannot be reached.</summary>
    ProviderUnavailable,

    /// <summary>The issuer did not take the code, or answered without a token.</summary>
    ProviderFailed,

    /// <summary>What the issuer answered is not for this sign-on.</summary>
    InvalidToken,

    /// <summary>The person has no role here.</summary>
    NoRole,
}

/// <summary>Claims about a person, the more trusted first; or why there are none.</summary>
internal sealed record SignOnResult(SignOnFailure? Failure, IReadOnlyList<JsonElement> Sources)
{
    public static SignOnResult Fail(SignOnFailure failure) => new(failure, []);

    /// <summary>What pages read in place of a code.</summary>
    public static string WordOf(SignOnFailure failure) => failure switch
    {
        SignOnFailure.Denied => "denied",
        SignOnFailure.ProviderUnavailable => "provider_unavailable",
        SignOnFailure.ProviderFailed => "provider_failed",
        SignOnFailure.InvalidToken => "invalid_token",
        SignOnFailure.NoRole => "no_role",
    };
}
