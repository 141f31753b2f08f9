using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Datasets;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Datasets;

/// <summary>The datasets of a gateway.</summary>
internal static class DatasetEndpoints
{
    public const int MaxPerPage = 100;

    private static readonly string[] Fields = ["name", "enable:boolean", "filters:array"];

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the datasets of a gateway.</summary>
        public void MapDatasets()
        {
            var group = routes.MapGroup("/accounts/{accountId}/ai-gateway/gateways/{gatewayId}/datasets")
                .WithTags("Datasets")
                .RequirePermission(Permissions.GatewayRead);
            group.MapGet("/", ListAsync).WithName("ListDatasets").WithQuery("page:integer", "per_page:integer", "name", "enable:boolean", "search");
            group.MapPost("/", CreateAsync).WithName("CreateDataset").RequirePermission(Permissions.GatewayWrite).WithBody(Fields);
            group.MapGet("/{datasetId}", GetAsync).WithName("GetDataset");
            group.MapPut("/{datasetId}", UpdateAsync).WithName("UpdateDataset").RequirePermission(Permissions.GatewayWrite).WithBody(Fields);
            group.MapDelete("/{datasetId}", DeleteAsync).WithName("DeleteDataset").RequirePermission(Permissions.GatewayWrite);
        }
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<DatasetResource>>>, ApiProblem>> ListAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var paging = query.Paging(MaxPerPage);
        var (name, enable, search) = (query.Text("name"), query.Boolean("enable"), query.Text("search"));
        if (query.Problem is { } problem)
        {
            return problem;
        }

        if (Find(grains, accountId, gatewayId) is not { } grain || await grain.ListAsync(cancellationToken) is not { } all)
        {
            return ApiProblem.NotFound;
        }

        Dataset[] found =
        [
            .. all.Reverse()
                .Where(dataset => name is null || dataset.Definition.Name == name)
                .Where(dataset => enable is null || dataset.Definition.Enable == enable)
                .Where(dataset => search is null || Mentions(dataset, search)),
        ];
        return TypedResults.Ok(Envelope.Page<DatasetResource>(
            [.. paging.Of(found).Select(dataset => DatasetResource.From(accountId, gatewayId, dataset))], paging, found.Length));
    }

    internal static async Task<Results<Ok<Envelope<DatasetResource>>, ApiProblem>> CreateAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (definition, problem) = await ReadAsync(context, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        return Find(grains, accountId, gatewayId) is { } grain
            ? Answer(accountId, gatewayId, await grain.CreateAsync(definition!, cancellationToken))
            : ApiProblem.NotFound;
    }

    internal static async Task<Results<Ok<Envelope<DatasetResource>>, ApiProblem>> GetAsync(
        string accountId, string gatewayId, string datasetId, IGrainFactory grains, CancellationToken cancellationToken) =>
        await FindAsync(grains, accountId, gatewayId, datasetId, cancellationToken) is { } dataset
            ? TypedResults.Ok(Envelope.Of(DatasetResource.From(accountId, gatewayId, dataset)))
            : ApiProblem.NotFound;

    internal static async Task<Results<Ok<Envelope<DatasetResource>>, ApiProblem>> UpdateAsync(
        string accountId, string gatewayId, string datasetId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (definition, problem) = await ReadAsync(context, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        return Find(grains, accountId, gatewayId) is { } grain && Guid.TryParseExact(datasetId, "D", out var id)
            ? Answer(accountId, gatewayId, await grain.UpdateAsync(id, definition!, cancellationToken))
            : ApiProblem.NotFound;
    }

    internal static async Task<Results<Ok<Envelope<DatasetResource>>, ApiProblem>> DeleteAsync(
        string accountId, string gatewayId, string datasetId, IGrainFactory grains, CancellationToken cancellationToken) =>
        Find(grains, accountId, gatewayId) is { } grain && Guid.TryParseExact(datasetId, "D", out var id)
            ? Answer(accountId, gatewayId, await grain.DeleteAsync(id, cancellationToken))
            : ApiProblem.NotFound;

    /// <summary>A dataset; null if there is none.</summary>
    internal static async Task<Dataset?> FindAsync(IGrainFactory grains, string accountId, string gatewayId, string datasetId, CancellationToken cancellationToken) =>
        Guid.TryParseExact(datasetId, "D", out var id)
        && Find(grains, accountId, gatewayId) is { } grain
        && await grain.ListAsync(cancellationToken) is { } datasets
            ? datasets.FirstOrDefault(dataset => dataset.Id == id)
            : null;

    private static async Task<(DatasetDefinition? Definition, ApiProblem? Problem)> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return (null, problem);
        }

        List<ApiError> errors = [];
        var definition = DatasetReader.Read(body, errors);
        return errors.Count > 0 ? (null, ApiProblem.Invalid(errors)) : (definition, null);
    }

    private static bool Mentions(Dataset dataset, string search) =>
        dataset.Definition.Name.Contains(search, StringComparison.OrdinalIgnoreCase)
        || dataset.Definition.FiltersJson.Contains(search, StringComparison.OrdinalIgnoreCase)
        || dataset.Id.ToString("D").Contains(search, StringComparison.OrdinalIgnoreCase);

    /// <summary>The grain of a gateway's datasets; null for an id that no gateway can have.</summary>
    private static IDatasetsGrain? Find(IGrainFactory grains, string accountId, string gatewayId) =>
        Identifiers.IsUrlId(gatewayId) ? grains.GetGrain<IDatasetsGrain>(GrainKeys.Gateway(accountId, gatewayId)) : null;

    private static Results<Ok<Envelope<DatasetResource>>, ApiProblem> Answer(string accountId, string gatewayId, DatasetChange change) => change.Outcome switch
    {
        DatasetOutcome.Done => TypedResults.Ok(Envelope.Of(DatasetResource.From(accountId, gatewayId, change.Dataset!))),
        DatasetOutcome.GatewayNotFound or DatasetOutcome.NotFound => ApiProblem.NotFound,
        // 400 rather than 409, which the official clients would try again.
        DatasetOutcome.NameTaken => ApiProblem.Invalid("A dataset with this name already exists in the gateway", "body", "name"),
        DatasetOutcome.TooMany => ApiProblem.Invalid("The gateway has as many datasets as it may have; delete one first", "body"),
    };
}
