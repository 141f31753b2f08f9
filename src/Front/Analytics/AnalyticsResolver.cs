using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Analytics;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Logging;
using GraphQL;

namespace GatewayActors.Front.Analytics;

/// <summary>Finds what a query asks for.</summary>
internal sealed class AnalyticsResolver(IAnalyticsStore analytics, ILogFlush flush, IGrainFactory grains, TimeProvider timeProvider)
{
    /// <summary>The one account of the filter, if the token may see its analytics.</summary>
    public async ValueTask<object?> ResolveAccountsAsync(IResolveFieldContext context)
    {
        var filter = Argument(context, "filter") as IDictionary<string, object?>;
        string[] asked = filter?.TryGetValue("accountTag", out var one) == true && one is string tag ? [tag]
            : filter?.TryGetValue("accountTag_in", out var several) == true && several is IEnumerable<object?> tags ? [.. tags.OfType<string>()]
            : [];
        if (asked is not [var accountId])
        {
            throw Refuse("accounts needs a filter with exactly one accountTag");
        }

        var token = context.User!.RequireToken();
        var exists = Identifiers.IsAccountId(accountId) && token.Can(Permissions.AnalyticsRead, accountId)
            && await grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).ExistsAsync(context.CancellationToken);
        if (!exists)
        {
            throw Refuse("not authorized for that account", "authz");
        }

        // Whoever made a call and then looks expects to find it.
        await flush.FlushAsync(context.CancellationToken);
        return new[] { new AnalyticsAccount(accountId) };
    }

    /// <summary>The groups of a dataset.</summary>
    public async ValueTask<object?> ResolveGroupsAsync(IResolveFieldContext context, Dataset dataset)
    {
        var selection = SelectedFields.Of(context);
        var dimensions = dataset.Dimensions.Where(field => selection.Dimensions.Contains(field.Name)).ToList();
        try
        {
            var query = new GroupQueryReader(dataset, timeProvider.GetUtcNow()).Read(
                ((AnalyticsAccount)context.Source!).AccountId,
                Argument(context, "filter"),
                Argument(context, "orderBy"),
                Argument(context, "limit"),
                dimensions,
                selection.WithQuantiles);
            var groups = await analytics.QueryAsync(query, context.CancellationToken);
            return groups.Select(group => new AnalyticsGroupView(group, query.Dimensions)).ToList();
        }
        catch (Exception exception) when (exception is QueryException or ArgumentException)
        {
            throw Refuse(exception.Message);
        }
    }

    /// <summary>How many log entries each gateway has.</summary>
    public async ValueTask<object?> ResolveSizesAsync(IResolveFieldContext context)
    {
        var accountId = ((AnalyticsAccount)context.Source!).AccountId;
        var filter = Argument(context, "filter") as IDictionary<string, object?>;
        var counts = (await analytics.CountEntriesAsync(accountId, context.CancellationToken)).AsEnumerable();
        if (filter?.TryGetValue("gateway", out var only) == true && only is string gatewayId)
        {
            counts = counts.Where(gateway => gateway.Key == gatewayId);
        }

        if (filter?.TryGetValue("gateway_in", out var some) == true && some is IEnumerable<object?> ids)
        {
            counts = counts.Where(gateway => ids.Contains(gateway.Key));
        }

        var byRows = (Argument(context, "orderBy") as IEnumerable<object?>)?.FirstOrDefault() as string;
        counts = byRows switch
        {
            "max_rows_DESC" => counts.OrderByDescending(gateway => gateway.Value),
            "max_rows_ASC" => counts.OrderBy(gateway => gateway.Value),
            "gateway_DESC" => counts.OrderByDescending(gateway => gateway.Key, StringComparer.Ordinal),
            _ => counts.OrderBy(gateway => gateway.Key, StringComparer.Ordinal),
        };
        var now = timeProvider.GetUtcNow();
        var sizes = new List<GatewaySize>();
        foreach (var (id, rows) in counts.Take(Argument(context, "limit") is { } limit && int.TryParse($"{limit}", out var most) ? most : GroupQueryReader.DefaultLimit))
        {
            var gateway = await grains.GetGrain<IGatewayGrain>(GrainKeys.Gateway(accountId, id)).GetAsync(context.CancellationToken);
            sizes.Add(new(id, rows, gateway?.Configuration.LogManagement, now));
        }

        return sizes;
    }

    private static object? Argument(IResolveFieldContext context, string name) => context.Arguments?.TryGetValue(name, out var argument) == true ? argument.Value : null;

    private static ExecutionError Refuse(string message, string? code = null) => new(message) { Code = code };
}
