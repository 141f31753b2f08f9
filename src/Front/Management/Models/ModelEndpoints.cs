using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Models;

/// <summary>The catalogue of models beside the inference routes.</summary>
internal static class ModelEndpoints
{
    private const int MaxPerPage = 1_000;
    private const string OpenRouter = "openrouter";

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the catalogue. A token that may call models may see which there are.</summary>
        public void MapModels()
        {
            var group = routes.MapGroup("/accounts/{accountId}/ai").WithTags("Models").RequireEither(Permissions.WorkersAiRead, Permissions.GatewayRun);
            group.MapGet("/models/search", Search).WithName("SearchModels").WithQuery(
                "author", "format", "hide_experimental:boolean", "include_deprecated:boolean", "search", "source:integer", "task", "page:integer", "per_page:integer");
            group.MapGet("/models/schema", GetSchema).WithName("GetModelSchema").WithQuery("model");
            group.MapGet("/authors/search", ListAuthors).WithName("SearchModelAuthors");
            group.MapGet("/tasks/search", ListTasks).WithName("SearchModelTasks");
        }
    }

    internal static Results<Ok<Envelope<IReadOnlyList<ModelResource>>>, Ok<Envelope<IReadOnlyList<OpenRouterModel>>>, ApiProblem> Search(
        HttpContext context, ModelCatalogue catalogue)
    {
        var query = new QueryReader(context.Request.Query);
        var paging = query.Paging(MaxPerPage);
        var (author, format, search, task) = (query.Text("author"), query.Text("format"), query.Text("search"), query.Text("task"));
        var source = query.Text("source") is null ? (int?)null : query.Integer("source", fallback: 0, min: 0, max: int.MaxValue);

        // Read for their mistakes alone: nothing in the table is experimental or deprecated.
        query.Boolean("hide_experimental");
        query.Boolean("include_deprecated");
        if (format is not (null or OpenRouter))
        {
            query.Fail("format", $"Expected '{OpenRouter}'");
        }

        if (query.Problem is { } problem)
        {
            return problem;
        }

        var found = catalogue.All
            .Where(model => author is null || model.IsOf(author))
            .Where(model => search is null || model.Resource.Name.Contains(search, StringComparison.OrdinalIgnoreCase))
            .Where(model => task is null || task.Equals(model.Resource.Task.Name, StringComparison.OrdinalIgnoreCase) || task.Equals(model.Resource.Task.Id, StringComparison.OrdinalIgnoreCase))
            .Where(model => source is null || model.Resource.Source == source)
            .ToList();
        var page = paging.Of(found);
        if (format == OpenRouter)
        {
            return TypedResults.Ok(Envelope.Page<OpenRouterModel>([.. page.Select(model => model.ToOpenRouter())], paging, found.Count));
        }

        return TypedResults.Ok(Envelope.Page<ModelResource>([.. page.Select(model => model.Resource)], paging, found.Count));
    }

    internal static Results<Ok<Envelope<ModelSchema>>, ApiProblem> GetSchema(HttpContext context, ModelCatalogue catalogue)
    {
        var query = new QueryReader(context.Request.Query);
        var name = query.Text("model");
        if (name is null && query.Problem is null)
        {
            query.Fail("model", "Required");
        }

        if (query.Problem is { } problem)
        {
            return problem;
        }

        return catalogue.All.FirstOrDefault(model => model.Resource.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found
            ? TypedResults.Ok(Envelope.Of(ModelSchema.Of(found)))
            : ApiProblem.NotFound;
    }

    // They cannot fail by themselves; the second result is what the policy answers, for the document.
    internal static Results<Ok<Envelope<IReadOnlyList<ModelAuthor>>>, ApiProblem> ListAuthors(ModelCatalogue catalogue) => TypedResults.Ok(Envelope.Of<IReadOnlyList<ModelAuthor>>(
        [.. catalogue.All.Select(model => model.Provider.Slug).Distinct().Order(StringComparer.Ordinal).Select(slug => new ModelAuthor(slug, slug))]));

    internal static Results<Ok<Envelope<IReadOnlyList<ModelTask>>>, ApiProblem> ListTasks() => TypedResults.Ok(Envelope.Of(ModelTasks.All));
}
