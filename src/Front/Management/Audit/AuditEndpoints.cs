using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Audit;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Audit;

/// <summary>The audit log of an account.</summary>
internal static class AuditEndpoints
{
    private const int MaxPerPage = 1_000;

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the audit log.</summary>
        public void MapAuditLogs() => routes.MapGet("/accounts/{accountId}/audit_logs", ListAsync)
            .WithName("ListAuditLogs")
            .WithTags("Audit log")
            .RequirePermission(Permissions.AccountRead)
            .WithQuery(
                "id", "since", "before", "direction", "actor.id", "actor.email", "actor.ip", "action.type", "resource.type", "resource.id", "page:integer", "per_page:integer");
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<AuditResource>>>, ApiProblem>> ListAsync(
        string accountId, HttpContext context, IAuditStore store, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(context.Request.Query);
        var paging = reader.Paging(MaxPerPage, perPage: 100);
        var id = reader.Text("id");
        if (id is not null && !Guid.TryParse(id, out _))
        {
            reader.Fail("id", "Expected the id of an entry");
        }

        var query = new AuditQuery
        {
            AccountId = accountId,
            Id = Guid.TryParse(id, out var guid) ? guid : null,
            Since = reader.Time("since"),
            Before = reader.Time("before"),
            ActorId = reader.Text("actor.id"),
            ActorName = reader.Text("actor.email"),
            ActorIp = reader.Text("actor.ip"),
            Action = reader.Text("action.type"),
            ResourceType = reader.Text("resource.type"),
            ResourceId = reader.Text("resource.id"),
            Descending = reader.Word("direction", SortDirections.Words) is not SortDirection.Ascending,
            Offset = (int)Math.Min(int.MaxValue, (paging.Page - 1L) * paging.PerPage),
            Limit = paging.PerPage,
        };
        if (reader.Problem is { } problem)
        {
            return problem;
        }

        var page = await store.ListAsync(query, cancellationToken);
        return TypedResults.Ok(Envelope.Page<AuditResource>([.. page.Entries.Select(AuditResource.From)], paging, page.TotalCount));
    }
}
