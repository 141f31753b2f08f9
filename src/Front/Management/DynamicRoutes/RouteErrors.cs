using GatewayActors.Abstractions.DynamicRoutes;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.DynamicRoutes;

/// <summary>The failures of operations on dynamic routes.</summary>
internal static class RouteErrors
{
    public static ApiProblem RouteNotFound { get; } = ApiProblem.Of(StatusCodes.Status404NotFound, ApiErrors.RouteNotFound);

    public static ApiProblem VersionNotFound { get; } = ApiProblem.Of(StatusCodes.Status404NotFound, ApiErrors.RouteNotFound with { Message = "Version not found" });

    /// <summary>The answer to an outcome; null for the good one.</summary>
    public static ApiProblem? Of(DynamicRouteOutcome outcome) => outcome switch
    {
        DynamicRouteOutcome.Done => null,
        DynamicRouteOutcome.GatewayNotFound => ApiProblem.NotFound,
        DynamicRouteOutcome.RouteNotFound => RouteNotFound,
        DynamicRouteOutcome.VersionNotFound => VersionNotFound,
        // 400 rather than 409, which the official clients would try again.
        DynamicRouteOutcome.NameTaken => ApiProblem.Of(
            StatusCodes.Status400BadRequest, ApiErrors.RouteNotFound with { Message = "A route with this name already exists in the gateway", Path = ["body", "name"] }),
        DynamicRouteOutcome.InvalidVersion => ApiProblem.Invalid("The version is not valid and cannot be deployed", "body", "version_id"),
        DynamicRouteOutcome.TooManyRoutes => ApiProblem.Invalid($"A gateway has at most {DynamicRouteLimits.MaxRoutes} routes", "body"),
        DynamicRouteOutcome.TooLarge => ApiProblem.Invalid("The routes of the gateway are too large; make this one smaller, or delete others", "body", "elements"),
    };
}
