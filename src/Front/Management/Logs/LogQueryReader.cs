using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Logs;

/// <summary>Reads queries for log entries.</summary>
internal static class LogQueryReader
{
    /// <summary>Most entries on a page.</summary>
    public const int MaxPerPage = 50;

    /// <summary>The parameters of a list, for the OpenAPI document.</summary>
    public static IReadOnlyList<string> ListParameters { get; } =
    [
        "page:integer", "per_page:integer", "search", "order_by", "order_by_direction", "filters", "meta_info:boolean", "metadata_format", "direction",
        "start_date", "end_date", "min_cost:number", "max_cost:number", "min_tokens_in:number", "max_tokens_in:number", "min_tokens_out:number",
        "max_tokens_out:number", "min_total_tokens:number", "max_total_tokens:number", "min_duration:number", "max_duration:number",
        "feedback:integer", "success:boolean", "cached:boolean", "id", "model", "model_type", "provider", "request_content_type", "response_content_type",
    ];

    /// <summary>Reads the query of a list.</summary>
    public static LogQuery ReadList(string accountId, string gatewayId, QueryReader query, string? queryString)
    {
        var paging = query.Paging(MaxPerPage);
        var older = query.Word("direction", SortDirections.Words);
        var direction = query.Word("order_by_direction", SortDirections.Words) ?? older ?? SortDirection.Descending;
        var filters = LogFilterReader.ReadFilters(query, queryString);
        LogFilterReader.AddParameters(query, filters);
        return new()
        {
            AccountId = accountId,
            GatewayId = gatewayId,
            Filters = filters,
            Search = query.Text("search"),
            OrderBy = query.Word("order_by", LogWords.ListOrders) ?? LogOrder.CreatedAt,
            Descending = direction == SortDirection.Descending,
            Page = paging.Page,
            PerPage = paging.PerPage,
            WithRanges = query.Boolean("meta_info") ?? false,
        };
    }

    /// <summary>The parameters of those who read all that matches, for the OpenAPI document.</summary>
    public static IReadOnlyList<string> ReadParameters { get; } =
    [
        .. ListParameters.Except(["page:integer", "per_page:integer", "order_by", "meta_info:boolean"]),
    ];

    /// <summary>Reads the query of a download: the filters of a list, in the order of time.</summary>
    public static LogQuery ReadAll(string accountId, string gatewayId, QueryReader query, string? queryString)
    {
        var list = ReadList(accountId, gatewayId, query, queryString);
        if (list.OrderBy != LogOrder.CreatedAt)
        {
            query.Fail("order_by", "What is read as a whole comes in the order of created_at");
        }

        return list;
    }

    /// <summary>Reads the query of a deletion: oldest first, unless asked otherwise.</summary>
    public static LogQuery ReadDeletion(string accountId, string gatewayId, QueryReader query, string? queryString) => new()
    {
        AccountId = accountId,
        GatewayId = gatewayId,
        Filters = LogFilterReader.ReadFilters(query, queryString),
        OrderBy = query.Word("order_by", LogWords.DeletionOrders) ?? LogOrder.CreatedAt,
        Descending = query.Word("order_by_direction", SortDirections.Words) == SortDirection.Descending,
    };

    /// <summary>Reads in which form <c>metadata</c> is wanted.</summary>
    public static MetadataFormat ReadMetadataFormat(QueryReader query) => query.Word("metadata_format", MetadataFormats) ?? MetadataFormat.Object;

    private static readonly Words<MetadataFormat> MetadataFormats = new((MetadataFormat.Object, "object"), (MetadataFormat.Text, "string"));
}

/// <summary>The forms of <c>metadata</c>.</summary>
internal enum MetadataFormat
{
    /// <summary>A JSON object.</summary>
    Object,

    /// <summary>A text that holds a JSON object, as the reference's REST API has it.</summary>
    Text,
}
