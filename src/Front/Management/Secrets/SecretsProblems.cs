using GatewayActors.Abstractions.Secrets;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Secrets;

/// <summary>Failures of the Secrets Store: their messages are symbols that clients compare.</summary>
internal static class SecretsProblems
{
    private const int InvalidCode = 1001;
    private const int ConflictCode = 1003;

    /// <summary>The body is not what the route takes.</summary>
    public static ApiProblem InvalidBody { get; } = Invalid("invalid_json_body", "body");

    /// <summary>The store of the route does not exist.</summary>
    public static ApiProblem StoreNotFound { get; } = ApiProblem.Of(StatusCodes.Status404NotFound, new(InvalidCode, "store_not_found"));

    /// <summary>The secret of the route does not exist.</summary>
    public static ApiProblem SecretNotFound { get; } = ApiProblem.Of(StatusCodes.Status404NotFound, new(InvalidCode, "secret_not_found"));

    /// <summary>A mistake in the input.</summary>
    public static ApiError Mistake(string symbol, params IReadOnlyList<string> path) => new(InvalidCode, symbol) { Path = path };

    /// <summary>A mistake in the input.</summary>
    public static ApiProblem Invalid(string symbol, params IReadOnlyList<string> path) => ApiProblem.Invalid([Mistake(symbol, path)]);

    /// <summary>The answer to a change that was not made.</summary>
    public static ApiProblem Of(SecretsOutcome outcome, HttpContext context) => outcome switch
    {
        SecretsOutcome.AccountNotFound => ApiProblem.AccountNotFound(context),
        SecretsOutcome.StoreNotFound => StoreNotFound,
        SecretsOutcome.SecretNotFound => SecretNotFound,
        // 400 rather than 409, which the official clients would try again.
        SecretsOutcome.NameTaken => Conflict(StatusCodes.Status400BadRequest, "secret_name_already_exists"),
        SecretsOutcome.StoreExists => Conflict(StatusCodes.Status400BadRequest, "maximum_stores_exceeded"),
        SecretsOutcome.TooMany => Conflict(StatusCodes.Status400BadRequest, "maximum_secrets_exceeded"),
        SecretsOutcome.StoreNotEmpty => Conflict(StatusCodes.Status409Conflict, "store_not_empty"),
        SecretsOutcome.Done => throw new InvalidOperationException("A change that was made is answered with its result."),
    };

    private static ApiProblem Conflict(int status, string symbol) => ApiProblem.Of(status, new(ConflictCode, symbol));
}
