using System.Security.Cryptography;
using GatewayActors.Abstractions;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing.Template;

namespace GatewayActors.Front.Management;

/// <summary>
/// What all routes under <see cref="BasePath"/> have in common: an answer to unknown paths and methods, a limit for bodies, decoded
/// parameters, and the envelope also around what nobody foresaw.
/// </summary>
/// <remarks>Runs after routing and before authentication.</remarks>
internal sealed partial class ManagementMiddleware(RequestDelegate next, EndpointDataSource endpoints, ILogger<ManagementMiddleware> logger)
{
    /// <summary>Where the admin API lives.</summary>
    public const string BasePath = "/client/v4";

    /// <summary>Where people sign on; what fails there is answered in the same way.</summary>
    public const string SignOnPath = "/auth";

    /// <summary>Handles one request.</summary>
    public Task InvokeAsync(HttpContext context) =>
        context.Request.Path.StartsWithSegments(BasePath, StringComparison.Ordinal) || context.Request.Path.StartsWithSegments(SignOnPath, StringComparison.Ordinal)
            ? HandleAsync(context)
            : next(context);

    private async Task HandleAsync(HttpContext context)
    {
        var requestId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        context.Response.Headers["cf-ray"] = requestId;
        try
        {
            if (Route(context) is { } problem)
            {
                await problem.ExecuteAsync(context);
                return;
            }

            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone; there is nobody to answer.
        }
        catch (IOException exception) when (!context.Response.HasStarted && RequestFailures.IsMalformed(exception))
        {
            var status = exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status400BadRequest;
            context.Response.Clear();
            context.Response.Headers["cf-ray"] = requestId;
            var error = status == StatusCodes.Status413PayloadTooLarge
                ? ApiErrors.Invalid($"The body must not be larger than {JsonBody.MaxBytes} bytes", "body")
                : ApiErrors.Invalid("The request is malformed");
            await ApiProblem.Of(status, error).ExecuteAsync(context);
        }
        catch (Exception exception) when (!context.Response.HasStarted && (LostInfrastructure.Is(exception) || exception is IOException))
        {
            // IOException: the files beside the log. What a client does wrong with its connection was caught above.
            LogUnavailable(exception, requestId);
            context.Response.Clear();
            context.Response.Headers["cf-ray"] = requestId;
            context.Response.Headers.RetryAfter = "1";
            await ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, ApiErrors.Unavailable(requestId)).ExecuteAsync(context);
        }
#pragma warning disable CA1031 // The last resort: clients of this API must get JSON whatever happens.
        catch (Exception exception) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            LogUnhandled(exception, requestId);
            context.Response.Clear();
            context.Response.Headers["cf-ray"] = requestId;
            await ApiProblem.Of(StatusCodes.Status500InternalServerError, ApiErrors.Internal(requestId)).ExecuteAsync(context);
        }
    }

    private ApiProblem? Route(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint { RoutePattern.RawText: { } pattern } endpoint
            || !IsOurs(pattern))
        {
            string[] methods = [.. MethodsOf(context.Request.Path)];
            if (methods.Length == 0)
            {
                return ApiProblem.AccountNotFound(context);
            }

            context.Response.Headers.Allow = string.Join(", ", methods);
            return ApiProblem.Of(StatusCodes.Status405MethodNotAllowed, ApiErrors.MethodNotAllowed);
        }

        var values = context.Request.RouteValues;
        foreach (var (name, value) in values.ToArray())
        {
            // Routing decodes everything but the slash, which must not add segments.
            if (value is string text && text.Contains("%2F", StringComparison.OrdinalIgnoreCase))
            {
                values[name] = text.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
            }
        }

        if (values.TryGetValue(PermissionRequirement.AccountParameter, out var account) && !Identifiers.IsAccountId(account as string))
        {
            return ApiProblem.AccountNotFound(context);
        }

        // Every text of a route becomes part of a key or a query; none of them can hold control characters.
        if (values.Values.Any(value => value is string text && text.AsSpan().ContainsAnyInRange('\0', '\u001F')))
        {
            return ApiProblem.AccountNotFound(context);
        }

        if ((endpoint.Metadata.GetMetadata<ManagementEndpoint>() is not null || pattern.StartsWith(SignOnPath, StringComparison.Ordinal))
            && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = JsonBody.MaxBytes;
        }

        return null;
    }

    // Routing itself cannot say "wrong method" where another endpoint takes every path, as a dashboard's fallback does.
    private IEnumerable<string> MethodsOf(PathString path) => endpoints.Endpoints
        .OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.RoutePattern.RawText is { } pattern && IsOurs(pattern))
        .Where(endpoint => new TemplateMatcher(new(endpoint.RoutePattern), []).TryMatch(path, []))
        .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal);

    private static bool IsOurs(string pattern) => pattern.StartsWith(BasePath, StringComparison.Ordinal) || pattern.StartsWith(SignOnPath, StringComparison.Ordinal);

    [LoggerMessage(EventId = 3001, EventName = "ManagementRequestFailed", Level = LogLevel.Error,
        Message = "A request of the admin API failed; its id is {RequestId}.")]
    private partial void LogUnhandled(Exception exception, string requestId);

    [LoggerMessage(EventId = 3002, EventName = "ManagementUnavailable", Level = LogLevel.Error,
        Message = "No grain answered a request of the admin API, or its storage failed; its id is {RequestId}.")]
    private partial void LogUnavailable(Exception exception, string requestId);
}

/// <summary>Marks the endpoints whose bodies are limited to <see cref="JsonBody.MaxBytes"/>.</summary>
internal sealed class ManagementEndpoint;
