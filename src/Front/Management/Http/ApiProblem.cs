using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;

namespace GatewayActors.Front.Management.Http;

/// <summary>A failure as an endpoint answers it.</summary>
internal sealed class ApiProblem : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    private readonly int _statusCode;

    private ApiProblem(int statusCode, IReadOnlyList<ApiError> errors) => (_statusCode, Errors) = (statusCode, errors);

    /// <summary>The status.</summary>
    public int StatusCode => _statusCode;

    /// <inheritdoc/>
    int? IStatusCodeHttpResult.StatusCode => _statusCode;

    /// <summary>What went wrong; at least one.</summary>
    public IReadOnlyList<ApiError> Errors { get; }

    /// <summary>Something the route names does not exist.</summary>
    public static ApiProblem NotFound { get; } = Of(StatusCodes.Status404NotFound, ApiErrors.NotFound);

    /// <summary>The token may not do this.</summary>
    public static ApiProblem Forbidden { get; } = Of(StatusCodes.Status403Forbidden, ApiErrors.AuthenticationFailed);

    /// <summary>A failure with one error.</summary>
    public static ApiProblem Of(int statusCode, ApiError error) => new(statusCode, [error]);

    /// <summary>Invalid input, with every mistake.</summary>
    public static ApiProblem Invalid(IReadOnlyList<ApiError> errors) => new(StatusCodes.Status400BadRequest, errors);

    /// <summary>Invalid input with one mistake.</summary>
    public static ApiProblem Invalid(string message, params IReadOnlyList<string> path) => Invalid([ApiErrors.Invalid(message, path)]);

    /// <summary>The account of the route does not exist.</summary>
    public static ApiProblem AccountNotFound(HttpContext context) => Of(StatusCodes.Status404NotFound, ApiErrors.NoRoute(context.Request.Path));

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = _statusCode;
        return httpContext.Response.WriteAsJsonAsync(new(Errors), HttpJson.Default.ErrorEnvelope, cancellationToken: httpContext.RequestAborted);
    }

    /// <inheritdoc/>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        foreach (var status in (ReadOnlySpan<int>)[400, 401, 403, 404])
        {
            builder.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(ErrorEnvelope), ["application/json"]));
        }
    }
}
