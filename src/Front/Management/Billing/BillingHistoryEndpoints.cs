using System.Globalization;
using GatewayActors.Abstractions.Analytics;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Billing;

/// <summary>What was used, and the invoices that are not written here.</summary>
internal static class BillingHistoryEndpoints
{
    /// <summary>Most days or hours of one answer.</summary>
    private const int MaxItems = 2_000;

    private static readonly Words<Window> Windows = new((Window.Day, "day"), (Window.Hour, "hour"));
    private static readonly Words<InvoiceType> InvoiceTypes = new((InvoiceType.Auto, "auto"), (InvoiceType.Manual, "manual"), (InvoiceType.All, "all"));

    extension(IEndpointRouteBuilder group)
    {
        public void MapBillingHistory()
        {
            group.MapGet("/usage-history", GetUsageAsync).WithName("GetUsageHistory").WithQuery("value_grouping_window", "start_time:integer", "end_time:integer");
            group.MapGet("/invoice-history", GetInvoices).WithName("GetInvoiceHistory").WithQuery("type");
            group.MapGet("/invoice-preview", GetInvoicePreview).WithName("GetInvoicePreview");
        }
    }

    internal static async Task<Results<Ok<Envelope<UsageHistoryResource>>, ApiProblem>> GetUsageAsync(
        string accountId, HttpContext context, IAnalyticsStore analytics, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var window = query.Word("value_grouping_window", Windows);
        if (window is null && query.Problem is null)
        {
            query.Fail("value_grouping_window", "Required");
        }

        var length = window == Window.Hour ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);
        var end = query.Time("end_time") ?? timeProvider.GetUtcNow();
        var start = query.Time("start_time") ?? end - (window == Window.Hour ? TimeSpan.FromDays(1) : TimeSpan.FromDays(30));
        if (query.Problem is null && start > end)
        {
            query.Fail("start_time", "The start must not be after the end");
        }
        else if (query.Problem is null && (end - start) / length > MaxItems)
        {
            query.Fail("start_time", $"At most {MaxItems} {(window == Window.Hour ? "hours" : "days")} can be asked at once");
        }

        if (query.Problem is { } problem)
        {
            return problem;
        }

        var groups = await analytics.QueryAsync(
            new()
            {
                AccountId = accountId,
                From = start,
                To = end,
                Condition = new AnalyticsCondition.Compare(AnalyticsDimension.Wholesale, AnalyticsOperator.In, [1L]),
                Dimensions = [window == Window.Hour ? AnalyticsDimension.Hour : AnalyticsDimension.Date],
                Order = [new(window == Window.Hour ? AnalyticsDimension.Hour : AnalyticsDimension.Date, null, Descending: false)],
                Limit = MaxItems + 2, // The first and the last may be cut.
            },
            cancellationToken);
        return TypedResults.Ok(Envelope.Of(new UsageHistoryResource([.. groups.Select(group => Item(group, length))])));
    }

    internal static Results<Ok<Envelope<InvoiceHistoryResource>>, ApiProblem> GetInvoices(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        query.Word("type", InvoiceTypes);
        var paging = query.Paging(maxPerPage: 100);
        return query.Problem is { } problem
            ? problem
            : TypedResults.Ok(Envelope.Of(new InvoiceHistoryResource([], new(HasMore: false, paging.Page, paging.PerPage, TotalCount: 0))));
    }

    internal static Results<Ok<Envelope<InvoicePreviewResource>>, ApiProblem> GetInvoicePreview(TimeProvider timeProvider)
    {
        var now = timeProvider.GetUtcNow();
        var begin = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        return TypedResults.Ok(Envelope.Of(new InvoicePreviewResource(
            begin.ToString("'upcoming_'yyyyMM", CultureInfo.InvariantCulture), 0, 0, 0, "usd", begin.ToUnixTimeSeconds(), begin.AddMonths(1).ToUnixTimeSeconds(), "draft", [])));
    }

    private static UsageHistoryItem Item(AnalyticsGroup group, TimeSpan length)
    {
        var start = group.Dimensions[0] switch
        {
            DateTimeOffset time => time,
            var text => DateTimeOffset.Parse((string)text!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        };
        return new(
            start.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            Math.Round(group.CostUsd * 100, 6),
            start.ToUnixTimeMilliseconds(),
            (start + length).ToUnixTimeMilliseconds());
    }

    private enum Window
    {
        Day,
        Hour,
    }

    private enum InvoiceType
    {
        Auto,
        Manual,
        All,
    }
}
