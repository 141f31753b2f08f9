using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Binding;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Logging;
using GatewayActors.Front.Management.Gateways;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Logs;

/// <summary>Log entries of a gateway.</summary>
internal static class LogEndpoints
{
    private const int MaxDeleted = 10_000;

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the log entries of a gateway.</summary>
        public void MapLogs()
        {
            var group = routes.MapGroup("/accounts/{accountId}/ai-gateway/gateways/{gatewayId}/logs")
                .WithTags("Logs")
                .RequirePermission(Permissions.GatewayMetadataRead);
            group.MapGet("/", ListAsync).WithName("ListLogs").WithQuery(LogQueryReader.ListParameters);
            group.MapDelete("/", DeleteAsync).WithName("DeleteLogs").RequirePermission(Permissions.GatewayWrite)
                .WithQuery("filters", "limit:integer", "order_by", "order_by_direction");
            group.MapGet("/{logId}", GetAsync).WithName("GetLog").WithQuery("metadata_format");
            group.MapPatch("/{logId}", PatchAsync).WithName("PatchLog").RequirePermission(Permissions.GatewayWrite)
                .WithBody([], "feedback:integer", "score:number", "metadata:object");
            group.MapGet("/{logId}/request", LogBodyEndpoints.GetRequestAsync).WithName("GetLogRequest").RequirePermission(Permissions.GatewayRead);
            group.MapGet("/{logId}/response", LogBodyEndpoints.GetResponseAsync).WithName("GetLogResponse").RequirePermission(Permissions.GatewayRead);
        }
    }

    internal static async Task<Results<Ok<LogListEnvelope>, ApiProblem>> ListAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, ILogStore logs, ILogFlush flush, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(context.Request.Query);
        var query = LogQueryReader.ReadList(accountId, gatewayId, reader, context.Request.QueryString.Value);
        var metadataFormat = LogQueryReader.ReadMetadataFormat(reader);
        if (reader.Problem is { } problem)
        {
            return problem;
        }

        // Whoever made a call and then looks at the list expects to find it.
        await flush.FlushAsync(cancellationToken);
        var page = await logs.ListAsync(query, cancellationToken);
        if (page.TotalCount == 0 && await GatewayEndpoints.FindAsync(grains, accountId, gatewayId, cancellationToken) is null)
        {
            return ApiProblem.NotFound;
        }

        LogResource[] entries = [.. page.Entries.Select(entry => LogResource.From(entry, metadataFormat))];
        return TypedResults.Ok(new LogListEnvelope(entries, page.Ranges is { } ranges
            ? new LogRangesResultInfo(entries.Length, query.Page, query.PerPage, page.TotalCount, ranges)
            : new LogResultInfo(entries.Length, query.Page, query.PerPage, page.TotalCount)));
    }

    internal static async Task<Results<Ok<Accepted>, ApiProblem>> DeleteAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, ILogStore logs, ILogFlush flush, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(context.Request.Query);
        var query = LogQueryReader.ReadDeletion(accountId, gatewayId, reader, context.Request.QueryString.Value);
        var limit = reader.Integer("limit", MaxDeleted, 1, MaxDeleted);
        if (reader.Problem is { } problem)
        {
            return problem;
        }

        await flush.FlushAsync(cancellationToken);
        return await logs.DeleteAsync(query, limit, cancellationToken) == 0
            && await GatewayEndpoints.FindAsync(grains, accountId, gatewayId, cancellationToken) is null
                ? ApiProblem.NotFound
                : TypedResults.Ok(new Accepted(true));
    }

    internal static async Task<Results<Ok<Envelope<LogResource>>, ApiProblem>> GetAsync(
        string accountId, string gatewayId, string logId, HttpContext context, ILogStore logs, ILogFlush flush, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(context.Request.Query);
        var metadataFormat = LogQueryReader.ReadMetadataFormat(reader);
        if (reader.Problem is { } problem)
        {
            return problem;
        }

        if (await new LogAddress(accountId, gatewayId, logId).FindAsync(logs, flush, cancellationToken) is not { } entry)
        {
            return ApiProblem.NotFound;
        }

        var resource = LogResource.From(entry, metadataFormat);
        if (resource.Metadata is null && context.Features.Get<BindingCall>() is not null)
        {
            resource = resource with { Metadata = LogResource.NoMetadata }; // A Worker's type has it always.
        }

        if (!context.User.RequireToken().Can(Permissions.GatewayRead, accountId))
        {
            return TypedResults.Ok(Envelope.Of(resource)); // Metadata Read: heads are content.
        }

        var (request, response) = (await HeadAsync(LogBodySide.Request), await HeadAsync(LogBodySide.Response));
        return TypedResults.Ok(Envelope.Of(resource with
        {
            RequestHead = request?.Text,
            RequestHeadComplete = request?.Complete,
            ResponseHead = response?.Text,
            ResponseHeadComplete = response?.Complete,
        }));

        async Task<LogHead?> HeadAsync(LogBodySide side) =>
            await logs.ReadBodyAsync(accountId, gatewayId, entry.Id, side, cancellationToken) is { } body ? LogHead.Of(body.Span) : null;
    }

    internal static async Task<Results<Ok<Envelope<Nothing>>, ApiProblem>> PatchAsync(
        string accountId, string gatewayId, string logId, HttpContext context, ILogStore logs, ILogFlush flush, GatewayOptions options, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        List<ApiError> errors = [];
        var patch = LogPatchReader.Read(body, options.Logs.MaxMetadataEntries, errors);
        if (errors.Count > 0)
        {
            return ApiProblem.Invalid(errors);
        }

        // Feedback often comes right behind the answer, while the entry is still with the writer.
        if (await new LogAddress(accountId, gatewayId, logId).FindAsync(logs, flush, cancellationToken) is not { } entry)
        {
            return ApiProblem.NotFound;
        }

        // Two changes at the same time may together pass the limit by one of them: it only bounds what grows.
        if (LogPatchReader.CheckMerged(patch, entry.MetadataJson, options.Logs.MaxMetadataEntries) is { } tooMany)
        {
            return tooMany;
        }

        return await logs.PatchAsync(accountId, gatewayId, entry.Id, patch, cancellationToken)
            ? TypedResults.Ok(Envelope.Of(new Nothing()))
            : ApiProblem.NotFound;
    }
}
