using System.Globalization;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management;

/// <summary>Refuses what a token asks beyond its <see cref="RequestQuota"/>, and says on every answer what is left of it.</summary>
/// <remarks>Runs after authentication: without a token there is nobody to count for.</remarks>
internal sealed class RequestQuotaMiddleware(RequestDelegate next, RequestQuota quota)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.User.Token is not { } token || !context.Request.Path.StartsWithSegments(ManagementMiddleware.BasePath, StringComparison.Ordinal))
        {
            return next(context);
        }

        var state = quota.Take(token);
        var seconds = Seconds(state.ResetAfter);
        context.Response.OnStarting(() =>
        {
            // Not before: an answer about a failure begins by clearing the headers.
            var headers = context.Response.Headers;
            headers["Ratelimit"] = string.Create(CultureInfo.InvariantCulture, $"\"default\";r={state.Remaining};t={seconds}");
            headers["Ratelimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"default\";q={quota.Limit};w={Seconds(quota.Length)}");
            return Task.CompletedTask;
        });
        if (state.IsTaken)
        {
            return next(context);
        }

        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return ApiProblem.Of(StatusCodes.Status429TooManyRequests, ApiErrors.TooManyRequests).ExecuteAsync(context);
    }

    private static long Seconds(TimeSpan time) => (long)Math.Ceiling(time.TotalSeconds);
}
