using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Abstractions.Replays;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Logging;
using GatewayActors.Front.Management.Datasets;
using GatewayActors.Front.Management.Gateways;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Replays;
using GatewayActors.Providers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Replays;

/// <summary>Replays: the requests of a dataset, sent once more to another model.</summary>
internal static class ReplayEndpoints
{
    private const int MaxResultsPerPage = 50;
    private const string Gateway = "/accounts/{accountId}/ai-gateway/gateways/{gatewayId}";

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the replays of a gateway.</summary>
        public void MapReplays()
        {
            // Whoever begins one spends what running costs.
            routes.MapPost($"{Gateway}/datasets/{{datasetId}}/replays", CreateAsync).WithName("CreateReplay").WithTags("Replays")
                .RequirePermission(Permissions.GatewayWrite | Permissions.GatewayRun)
                .WithBody(["model"], "max_entries:integer", "concurrency:integer", "max_cost:number");
            var group = routes.MapGroup($"{Gateway}/replays").WithTags("Replays").RequirePermission(Permissions.GatewayRead);
            group.MapGet("/", ListAsync).WithName("ListReplays").WithQuery("page:integer", "per_page:integer", "dataset_id", "state");
            group.MapGet("/{replayId}", GetAsync).WithName("GetReplay");
            group.MapDelete("/{replayId}", DeleteAsync).WithName("DeleteReplay").RequirePermission(Permissions.GatewayWrite);
            group.MapPost("/{replayId}/cancel", CancelAsync).WithName("CancelReplay").RequirePermission(Permissions.GatewayWrite);
            group.MapGet("/{replayId}/results", ListResultsAsync).WithName("ListReplayResults").WithQuery("page:integer", "per_page:integer");
        }
    }

    internal static async Task<Results<Ok<Envelope<ReplayResource>>, ApiProblem>> CreateAsync(
        string accountId, string gatewayId, string datasetId, HttpContext context, IGrainFactory grains, ProviderCatalog providers, ILogFlush flush,
        IReplayRunner runner, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (await GatewayEndpoints.FindAsync(grains, accountId, gatewayId, cancellationToken) is not { } gateway
            || await DatasetEndpoints.FindAsync(grains, accountId, gatewayId, datasetId, cancellationToken) is not { } dataset)
        {
            return ApiProblem.NotFound;
        }

        List<ApiError> errors = [];
        var wish = ReplayReader.Read(body, gateway, providers, errors);
        if (!dataset.Definition.Enable)
        {
            errors.Add(ApiErrors.Invalid("The dataset is switched off", "params", "dataset_id"));
        }

        if (errors.Count > 0)
        {
            return ApiProblem.Invalid(errors);
        }

        var token = context.User.RequireToken();
        await flush.FlushAsync(cancellationToken); // What was logged before this call is in it.
        var change = await grains.GetGrain<IReplaysGrain>(GrainKeys.Gateway(accountId, gatewayId)).CreateAsync(
            new()
            {
                DatasetId = dataset.Id,
                Dataset = dataset.Definition,
                Target = wish.Target,
                MaxEntries = wish.MaxEntries,
                Concurrency = wish.Concurrency,
                MaxCostUsd = wish.MaxCostUsd,
                TokenId = token.TokenId,
                IsOperator = token.IsOperator,
            },
            cancellationToken);
        if (change.Replay is { } replay)
        {
            runner.Begin(KeyOf(accountId, gatewayId, replay.Id));
        }

        return Answer(gatewayId, change);
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<ReplayResource>>>, ApiProblem>> ListAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var paging = query.Paging(DatasetEndpoints.MaxPerPage);
        var (datasetId, state) = (query.Text("dataset_id"), query.Word("state", ReplayWords.States));
        if (query.Problem is { } problem)
        {
            return problem;
        }

        if (!Identifiers.IsUrlId(gatewayId)
            || await grains.GetGrain<IReplaysGrain>(GrainKeys.Gateway(accountId, gatewayId)).ListAsync(cancellationToken) is not { } ids)
        {
            return ApiProblem.NotFound;
        }

        var all = await Task.WhenAll(ids.Reverse().Select(id => Replay(grains, accountId, gatewayId, id).GetAsync(cancellationToken)));
        Replay[] found =
        [
            .. all.OfType<Replay>()
                .Where(replay => datasetId is null || replay.Definition.DatasetId.ToString("D") == datasetId)
                .Where(replay => state is null || replay.State == state),
        ];
        return TypedResults.Ok(Envelope.Page<ReplayResource>([.. paging.Of(found).Select(replay => ReplayResource.From(gatewayId, replay))], paging, found.Length));
    }

    internal static async Task<Results<Ok<Envelope<ReplayResource>>, ApiProblem>> GetAsync(
        string accountId, string gatewayId, string replayId, IGrainFactory grains, CancellationToken cancellationToken) =>
        await FindAsync(grains, accountId, gatewayId, replayId, cancellationToken) is { } replay
            ? TypedResults.Ok(Envelope.Of(ReplayResource.From(gatewayId, replay)))
            : ApiProblem.NotFound;

    internal static async Task<Results<Ok<Envelope<ReplayResource>>, ApiProblem>> DeleteAsync(
        string accountId, string gatewayId, string replayId, IGrainFactory grains, CancellationToken cancellationToken) =>
        Identifiers.IsUrlId(gatewayId) && Guid.TryParseExact(replayId, "D", out var id)
            ? Answer(gatewayId, await grains.GetGrain<IReplaysGrain>(GrainKeys.Gateway(accountId, gatewayId)).DeleteAsync(id, cancellationToken))
            : ApiProblem.NotFound;

    internal static async Task<Results<Ok<Envelope<ReplayResource>>, ApiProblem>> CancelAsync(
        string accountId, string gatewayId, string replayId, IGrainFactory grains, IReplayRunner runner, CancellationToken cancellationToken)
    {
        if (await FindAsync(grains, accountId, gatewayId, replayId, cancellationToken) is not { } replay
            || await Replay(grains, accountId, gatewayId, replay.Id).CancelAsync(cancellationToken) is not { } cancelled)
        {
            return ApiProblem.NotFound;
        }

        if (cancelled.State == ReplayState.Cancelled)
        {
            runner.Abort(KeyOf(accountId, gatewayId, replay.Id));
        }

        return TypedResults.Ok(Envelope.Of(ReplayResource.From(gatewayId, cancelled)));
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<ReplayResultResource>>>, ApiProblem>> ListResultsAsync(
        string accountId, string gatewayId, string replayId, HttpContext context, IGrainFactory grains, ILogStore logs, ILogFlush flush,
        CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var paging = query.Paging(MaxResultsPerPage);
        if (query.Problem is { } problem)
        {
            return problem;
        }

        if (await FindAsync(grains, accountId, gatewayId, replayId, cancellationToken) is not { } replay)
        {
            return ApiProblem.NotFound;
        }

        await flush.FlushAsync(cancellationToken);
        var results = new ReplayResults(logs, accountId, gatewayId);
        List<ReplayResultResource> page = [];
        foreach (var item in paging.Of(replay.Items))
        {
            page.Add(await results.ReadAsync(item, cancellationToken)); // One after the other: each brings two bodies into memory.
        }

        return TypedResults.Ok(Envelope.Page<ReplayResultResource>(page, paging, replay.Items.Count));
    }

    private static async Task<Replay?> FindAsync(IGrainFactory grains, string accountId, string gatewayId, string replayId, CancellationToken cancellationToken) =>
        Guid.TryParseExact(replayId, "D", out var id)
        && Identifiers.IsUrlId(gatewayId)
        && await grains.GetGrain<IReplaysGrain>(GrainKeys.Gateway(accountId, gatewayId)).ListAsync(cancellationToken) is { } ids
        && ids.Contains(id)
            ? await Replay(grains, accountId, gatewayId, id).GetAsync(cancellationToken)
            : null;

    private static IReplayGrain Replay(IGrainFactory grains, string accountId, string gatewayId, Guid id) =>
        grains.GetGrain<IReplayGrain>(KeyOf(accountId, gatewayId, id));

    private static string KeyOf(string accountId, string gatewayId, Guid id) => GrainKeys.Replay(GrainKeys.Gateway(accountId, gatewayId), id);

    private static Results<Ok<Envelope<ReplayResource>>, ApiProblem> Answer(string gatewayId, ReplayChange change) => change.Outcome switch
    {
        ReplayOutcome.Done => TypedResults.Ok(Envelope.Of(ReplayResource.From(gatewayId, change.Replay!))),
        ReplayOutcome.GatewayNotFound or ReplayOutcome.NotFound => ApiProblem.NotFound,
        ReplayOutcome.NotEnded => ApiProblem.Invalid("The replay has not ended; cancel it first", "params", "replay_id"),
        ReplayOutcome.TooMany => ApiProblem.Invalid("The gateway has as many replays as it may have; delete one first", "body"),
    };
}
