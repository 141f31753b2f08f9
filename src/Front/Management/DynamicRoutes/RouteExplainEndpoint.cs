using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.DynamicRoutes;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.DynamicRoutes;
using GatewayActors.Front.DynamicRoutes.Conditions;
using GatewayActors.Front.DynamicRoutes.Running;
using GatewayActors.Front.Management.Gateways;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Pipeline;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.DynamicRoutes;

/// <summary>Says what a route would do with a request. Ours: the reference has nothing like it.</summary>
internal static class RouteExplainEndpoint
{
    private const string DefaultEndpoint = "chat/completions";

    internal static async Task<Results<Ok<Envelope<ExplanationResource>>, ApiProblem>> ExplainAsync(
        string accountId,
        string gatewayId,
        string routeId,
        HttpContext context,
        IGrainFactory grains,
        RouteExplainer explainer,
        GatewayOptions options,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        List<ApiError> errors = [];
        var question = Read(body, errors);
        if (errors.Count > 0)
        {
            return ApiProblem.Invalid(errors);
        }

        if (RouteEndpoints.Find(grains, accountId, gatewayId) is not { } grain
            || await GatewayEndpoints.FindAsync(grains, accountId, gatewayId, cancellationToken) is not { } gateway)
        {
            return ApiProblem.NotFound;
        }

        var found = await grain.FindAsync(routeId, cancellationToken);
        if (found.Route is not { } route)
        {
            return RouteErrors.Of(found.Outcome)!;
        }

        if ((question.VersionId is null ? route.Live : route.FindVersion(question.VersionId)) is not { } version)
        {
            return RouteErrors.VersionNotFound;
        }

        if (!version.IsValid)
        {
            return RouteErrors.Of(DynamicRouteOutcome.InvalidVersion)!;
        }

        using var request = new RouteRequest
        {
            Body = question.Body,
            Metadata = Metadata.ReadWhole(question.Metadata ?? question.Headers.GetValueOrDefault("cf-aig-metadata"), options.Logs.MaxMetadataEntries),
            Header = name => question.Headers.GetValueOrDefault(name),
            ModelType = DynamicRouteRunner.ModelTypeOf(question.Endpoint),
            TokenId = context.User.RequireToken().TokenId,
            AccountId = accountId,
            Time = timeProvider.GetUtcNow(),
        };
        var live = new LiveRoute(gateway, new() { Id = route.Id, Name = route.Name, VersionId = version.Id, Elements = version.Elements });
        return TypedResults.Ok(Envelope.Of(ExplanationResource.From(
            await explainer.ExplainAsync(LiveRoutes.Of(gateway), live, request, question.Endpoint, question.Failing))));
    }

    private static Question Read(JsonElement body, List<ApiError> errors)
    {
        var reader = new ObjectReader(body, ["body"], errors);
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        if (reader.Object("headers").Value is { } fields)
        {
            foreach (var name in fields.Names)
            {
                headers[name] = fields.Text(name, 0, 16_384, Need.NotNull).Value ?? "";
            }
        }

        return new(
            reader.Object("body").Value is null ? "{}"u8.ToArray() : Encoding.UTF8.GetBytes(body.GetProperty("body").GetRawText()),
            headers,
            reader.Object("metadata").Value is null ? null : body.GetProperty("metadata").GetRawText(),
            reader.Text("endpoint", 1, 128).Value ?? DefaultEndpoint,
            (reader.Texts("failing", 0, 1_000, 128).Value ?? []).ToHashSet(StringComparer.Ordinal),
            reader.Text("version_id", 1, 64).Value);
    }

    private sealed record Question(
        byte[] Body, Dictionary<string, string> Headers, string? Metadata, string Endpoint, IReadOnlySet<string> Failing, string? VersionId);
}

/// <summary>What a route would do.</summary>
internal sealed record ExplanationResource
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string VersionId { get; init; }

    /// <summary><c>answered</c> or <c>failed</c>.</summary>
    public required string Outcome { get; init; }

    public string? ElementId { get; init; }

    public string? Provider { get; init; }

    public string? Model { get; init; }

    public ApiError? Error { get; init; }

    public required IReadOnlyList<ExplainedElement> Path { get; init; }

    public static ExplanationResource From(RouteExplanation explanation)
    {
        var (route, answering, error) = (explanation.Route, explanation.Answering, explanation.Error);
        return new()
        {
            Id = route.Id,
            Name = route.Name,
            VersionId = route.VersionId,
            Outcome = answering is null ? "failed" : "answered",
            ElementId = answering?.Id,
            Provider = answering?.Provider,
            Model = answering?.Model,
            Error = error is null ? null : new(error.Code, error.Description),
            Path = [.. explanation.Trace.Nodes.Select(node => new ExplainedElement(node.ElementId, node.Type, node.Result, node.Reason, node.Route))],
        };
    }
}

/// <summary>One element on the way.</summary>
/// <param name="ElementId">Its id.</param>
/// <param name="Type">Its type.</param>
/// <param name="Result">What it decides.</param>
/// <param name="Reason">By what.</param>
/// <param name="Route">The nested route it belongs to; absent for the route itself.</param>
internal sealed record ExplainedElement(string ElementId, string Type, string Result, string? Reason, string? Route);
