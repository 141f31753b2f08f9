namespace GatewayActors.Front.Management.Http;

/// <summary>One mistake or failure, safe to show to the caller.</summary>
/// <param name="Code">A code that clients of the reference know.</param>
/// <param name="Message">A sentence for people.</param>
internal sealed record ApiError(int Code, string Message)
{
    /// <summary>Where the mistake stands: <c>body</c>, <c>query</c> or <c>params</c>, then the names down to the field.</summary>
    public IReadOnlyList<string>? Path { get; init; }

    /// <summary>What led to it.</summary>
    public IReadOnlyList<ApiError>? ErrorChain { get; init; }
}

/// <summary>One notice.</summary>
internal sealed record ApiMessage(int Code, string Message);

/// <summary>The failures that more than one endpoint knows.</summary>
internal static class ApiErrors
{
    /// <summary>The code of every invalid input.</summary>
    public const int InvalidInputCode = 7001;

    /// <summary>No header carries a credential.</summary>
    public static ApiError MissingCredentials { get; } = new(9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers");

    /// <summary>The Authorization header is not <c>Bearer</c> and a token.</summary>
    public static ApiError MalformedCredentials { get; } = new(6003, "Invalid request headers")
    {
        ErrorChain = [new(6111, "Invalid format for Authorization header")],
    };

    /// <summary>The token is not valid, or may not do this.</summary>
    public static ApiError AuthenticationFailed { get; } = new(10000, "Authentication error");

    /// <summary>The token that was to be verified is not valid.</summary>
    public static ApiError InvalidApiToken { get; } = new(1000, "Invalid API Token");

    /// <summary>The resource is not for this caller.</summary>
    public static ApiError Unauthorized { get; } = new(9109, "Unauthorized to access requested resource");

    /// <summary>The route exists, the object does not.</summary>
    public static ApiError NotFound { get; } = new(7002, "Not Found");

    /// <summary>There is no such dynamic route.</summary>
    public static ApiError RouteNotFound { get; } = new(7005, "Route not found");

    /// <summary>The path exists with another method.</summary>
    public static ApiError MethodNotAllowed { get; } = new(10405, "Method not allowed for this authentication scheme");

    /// <summary>The token has used up its requests.</summary>
    public static ApiError TooManyRequests { get; } = new(971, "Please wait and consider throttling your request speed");

    /// <summary>There is no such path, or the account in it does not exist.</summary>
    public static ApiError NoRoute(string path) =>
        new(7003, $"Could not route to {path}, perhaps your object identifier is invalid?");

    /// <summary>A failure of ours; the id finds the log line.</summary>
    public static ApiError Internal(string requestId) => new(7000, $"Internal error, request {requestId}");

    /// <summary>Nothing was read or stored for now; the id finds the log line.</summary>
    public static ApiError Unavailable(string requestId) => new(7000, $"Unavailable for now, try again; request {requestId}");

    /// <summary>The issuer of the token cannot be reached, so nobody can say whether the token is valid.</summary>
    public static ApiError IssuerUnavailable(string requestId) => new(7000, $"The identity provider of the token cannot be reached, try again; request {requestId}");

    /// <summary>A mistake in the input.</summary>
    public static ApiError Invalid(string message, params IReadOnlyList<string> path) => new(InvalidInputCode, message) { Path = path };
}
