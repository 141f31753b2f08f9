using System.Text.Json;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Evaluations;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Logging;
using GatewayActors.Front.Management.Datasets;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Evaluations;

/// <summary>The evaluations of a gateway.</summary>
internal static class EvaluationEndpoints
{
    private const int MaxDatasets = 5;
    private const int MaxEvaluators = 20;
    private const int MaxId = 64;

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the evaluations of a gateway.</summary>
        public void MapEvaluations()
        {
            var group = routes.MapGroup("/accounts/{accountId}/ai-gateway/gateways/{gatewayId}/evaluations")
                .WithTags("Evaluations")
                .RequirePermission(Permissions.GatewayRead);
            group.MapGet("/", ListAsync).WithName("ListEvaluations").WithQuery("page:integer", "per_page:integer", "name", "processed:boolean", "search");
            group.MapPost("/", CreateAsync).WithName("CreateEvaluation").RequirePermission(Permissions.GatewayWrite)
                .WithBody(["name", "dataset_ids:array", "evaluation_type_ids:array"]);
            group.MapGet("/{evaluationId}", GetAsync).WithName("GetEvaluation");
            group.MapDelete("/{evaluationId}", DeleteAsync).WithName("DeleteEvaluation").RequirePermission(Permissions.GatewayWrite);
        }
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<EvaluationResource>>>, ApiProblem>> ListAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var paging = query.Paging(DatasetEndpoints.MaxPerPage);
        var (name, processed, search) = (query.Text("name"), query.Boolean("processed"), query.Text("search"));
        if (query.Problem is { } problem)
        {
            return problem;
        }

        if (Find(grains, accountId, gatewayId) is not { } grain || await grain.ListAsync(cancellationToken) is not { } all)
        {
            return ApiProblem.NotFound;
        }

        Evaluation[] found =
        [
            .. all.Reverse()
                .Where(evaluation => name is null || evaluation.Name == name)
                .Where(evaluation => processed is null || evaluation.IsProcessed == processed)
                .Where(evaluation => search is null || Mentions(evaluation, search)),
        ];
        return TypedResults.Ok(Envelope.Page<EvaluationResource>(
            [.. paging.Of(found).Select(evaluation => EvaluationResource.From(accountId, gatewayId, evaluation))], paging, found.Length));
    }

    internal static async Task<Results<Ok<Envelope<EvaluationResource>>, ApiProblem>> CreateAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, ILogFlush flush, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (Find(grains, accountId, gatewayId) is not { } grain)
        {
            return ApiProblem.NotFound;
        }

        List<ApiError> errors = [];
        var draft = ReadDraft(body, errors, out var datasetIds);
        if (errors.Count > 0)
        {
            return ApiProblem.Invalid(errors);
        }

        // What was logged before this call is in it.
        await flush.FlushAsync(cancellationToken);
        var change = await grain.CreateAsync(draft, cancellationToken);
        return Refusal(change, datasetIds) is { } refusal
            ? refusal
            : TypedResults.Ok(Envelope.Of(EvaluationResource.From(accountId, gatewayId, change.Evaluation!)));
    }

    internal static async Task<Results<Ok<Envelope<EvaluationResource>>, ApiProblem>> GetAsync(
        string accountId, string gatewayId, string evaluationId, IGrainFactory grains, CancellationToken cancellationToken) =>
        Guid.TryParseExact(evaluationId, "D", out var id)
        && Find(grains, accountId, gatewayId) is { } grain
        && (await grain.ListAsync(cancellationToken))?.FirstOrDefault(evaluation => evaluation.Id == id) is { } found
            ? TypedResults.Ok(Envelope.Of(EvaluationResource.From(accountId, gatewayId, found)))
            : ApiProblem.NotFound;

    internal static async Task<Results<Ok<Envelope<EvaluationResource>>, ApiProblem>> DeleteAsync(
        string accountId, string gatewayId, string evaluationId, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (Find(grains, accountId, gatewayId) is not { } grain || !Guid.TryParseExact(evaluationId, "D", out var id))
        {
            return ApiProblem.NotFound;
        }

        var change = await grain.DeleteAsync(id, cancellationToken);
        return Refusal(change, []) is { } refusal
            ? refusal
            : TypedResults.Ok(Envelope.Of(EvaluationResource.From(accountId, gatewayId, change.Evaluation!)));
    }

    private static EvaluationDraft ReadDraft(JsonElement body, List<ApiError> errors, out IReadOnlyList<string> datasetIds)
    {
        var reader = new ObjectReader(body, ["body"], errors);
        var name = DatasetReader.ReadName(reader);
        datasetIds = reader.Texts("dataset_ids", 1, MaxDatasets, MaxId, Need.NotNull).Value ?? [];
        var evaluators = reader.Texts("evaluation_type_ids", 1, MaxEvaluators, MaxId, Need.NotNull).Value ?? [];

        List<Guid> ids = [];
        foreach (var (index, text) in datasetIds.Index())
        {
            if (Guid.TryParseExact(text, "D", out var id))
            {
                ids.Add(id);
            }
            else
            {
                errors.Add(NoSuchDataset(index));
            }
        }

        List<Evaluator> known = [];
        foreach (var (index, text) in evaluators.Index())
        {
            if (EvaluationTypes.Find(text) is { } evaluator)
            {
                known.Add(evaluator);
            }
            else
            {
                errors.Add(ApiErrors.Invalid("There is no such evaluation type", "body", "evaluation_type_ids", $"{index}"));
            }
        }

        return new() { Name = name ?? "", DatasetIds = [.. ids.Distinct()], Evaluators = [.. known.Distinct()] };
    }

    private static ApiError NoSuchDataset(int index) => ApiErrors.Invalid("The gateway has no such dataset", "body", "dataset_ids", $"{index}");

    private static ApiProblem? Refusal(EvaluationChange change, IReadOnlyList<string> datasetIds) => change.Outcome switch
    {
        EvaluationOutcome.Done => null,
        EvaluationOutcome.GatewayNotFound or EvaluationOutcome.NotFound => ApiProblem.NotFound,
        // 400 rather than 409, which the official clients would try again.
        EvaluationOutcome.NameTaken => ApiProblem.Invalid("An evaluation with this name already exists in the gateway", "body", "name"),
        EvaluationOutcome.TooMany => ApiProblem.Invalid("The gateway has as many evaluations as it may have; delete one first", "body"),
        EvaluationOutcome.DatasetNotFound => ApiProblem.Invalid(PlacesOf(change, datasetIds, NoSuchDataset)),
        EvaluationOutcome.DatasetDisabled => ApiProblem.Invalid(PlacesOf(
            change, datasetIds, index => ApiErrors.Invalid("The dataset is switched off", "body", "dataset_ids", $"{index}"))),
    };

    private static ApiError[] PlacesOf(EvaluationChange change, IReadOnlyList<string> datasetIds, Func<int, ApiError> error) =>
        [.. datasetIds.Index().Where(item => change.DatasetIds.Contains(Guid.ParseExact(item.Item, "D"))).Select(item => error(item.Index))];

    private static bool Mentions(Evaluation evaluation, string search) =>
        evaluation.Name.Contains(search, StringComparison.OrdinalIgnoreCase)
        || evaluation.Id.ToString("D").Contains(search, StringComparison.OrdinalIgnoreCase)
        || evaluation.Datasets.Any(dataset => dataset.Definition.Name.Contains(search, StringComparison.OrdinalIgnoreCase));

    /// <summary>The grain of a gateway's evaluations; null for an id that no gateway can have.</summary>
    private static IEvaluationsGrain? Find(IGrainFactory grains, string accountId, string gatewayId) =>
        Identifiers.IsUrlId(gatewayId) ? grains.GetGrain<IEvaluationsGrain>(GrainKeys.Gateway(accountId, gatewayId)) : null;
}
