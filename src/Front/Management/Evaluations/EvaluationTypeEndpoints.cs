using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Evaluations;

/// <summary>What evaluations can compute.</summary>
internal static class EvaluationTypeEndpoints
{
    private const int MinPerPage = 5;
    private const int MaxPerPage = 50;
    private const string DefaultOrder = "mandatory";

    private static readonly Dictionary<string, Func<EvaluationTypeResource, IComparable>> Orders = new(StringComparer.Ordinal)
    {
        [DefaultOrder] = type => type.Mandatory,
        ["id"] = type => type.Id,
        ["name"] = type => type.Name,
        ["type"] = type => type.Type,
        ["description"] = type => type.Description,
        ["enable"] = type => type.Enable,
        ["created_at"] = type => type.CreatedAt,
        ["modified_at"] = type => type.ModifiedAt,
    };

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the evaluation types.</summary>
        public void MapEvaluationTypes() => routes.MapGet("/accounts/{accountId}/ai-gateway/evaluation-types", ListAsync)
            .WithName("ListEvaluationTypes")
            .WithTags("Evaluations")
            .RequirePermission(Permissions.GatewayRead)
            .WithQuery("page:integer", "per_page:integer", "order_by", "order_by_direction");
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<EvaluationTypeResource>>>, ApiProblem>> ListAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var paging = new Paging(query.Integer("page", 1, 1, Paging.MaxPage), query.Integer("per_page", 20, MinPerPage, MaxPerPage));
        var direction = query.Word("order_by_direction", SortDirections.Words) ?? SortDirection.Descending;
        if (!Orders.TryGetValue(query.Text("order_by") ?? DefaultOrder, out var order))
        {
            query.Fail("order_by", $"Expected {string.Join(" | ", Orders.Keys.Select(name => $"'{name}'"))}");
        }

        if (query.Problem is { } problem)
        {
            return problem;
        }

        if (!await grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).ExistsAsync(cancellationToken))
        {
            return ApiProblem.AccountNotFound(context);
        }

        var types = direction == SortDirection.Descending
            ? EvaluationTypes.All.OrderByDescending(order!).ThenBy(type => type.Id, StringComparer.Ordinal)
            : EvaluationTypes.All.OrderBy(order!).ThenBy(type => type.Id, StringComparer.Ordinal);
        return TypedResults.Ok(Envelope.Page<EvaluationTypeResource>([.. paging.Of(types)], paging, EvaluationTypes.All.Count));
    }
}
