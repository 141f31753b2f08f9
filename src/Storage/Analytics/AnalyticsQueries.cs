using System.Data.Common;
using System.Text.Json;
using GatewayActors.Abstractions.Analytics;
using GatewayActors.Storage.Logs;

namespace GatewayActors.Storage.Analytics;

/// <summary>Answers questions about many exchanges at once.</summary>
internal static class AnalyticsQueries
{
    public static IReadOnlyList<AnalyticsGroup> Run(LogDatabase database, DbConnection connection, AnalyticsQuery query)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(query.Limit, 1);
        var names = database.Gateways
            .Where(gateway => gateway.AccountId == query.AccountId)
            .Select(gateway => new { gateway.Key, gateway.GatewayId })
            .ToDictionary(gateway => gateway.Key, gateway => gateway.GatewayId);
        var keys = query.Gateways is { } asked ? names.Where(gateway => asked.Contains(gateway.Value)).Select(gateway => gateway.Key).ToList() : [.. names.Keys];
        if (keys.Count == 0 || query.From >= query.To)
        {
            return [];
        }

        var sql = new AnalyticsSql(query, AnalyticsPlan.Of(query), keys);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Put together from constants, numbers and parameters.
        command.CommandText = sql.Build();
#pragma warning restore CA2100
        for (var i = 0; i < sql.Parameters.Count; i++)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ($"@p{i}", sql.Parameters[i]);
            command.Parameters.Add(parameter);
        }

        var groups = new List<AnalyticsGroup>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            groups.Add(Read(reader, query, names));
        }

        return groups;
    }

    private static AnalyticsGroup Read(DbDataReader reader, AnalyticsQuery query, Dictionary<long, string> names)
    {
        var first = query.Dimensions.Count;
        var dollars = first + AnalyticsSql.Measures.Length;
        long Sum(AnalyticsMeasure measure) => reader.GetInt64(first + Array.IndexOf(AnalyticsSql.Measures, measure));
        return new()
        {
            Dimensions = [.. query.Dimensions.Select((dimension, i) => reader.IsDBNull(i) ? null : ReadDimension(reader, i, dimension, query.Source, names))],
            Count = Sum(AnalyticsMeasure.Count),
            CostUsd = reader.GetInt64(dollars) + PicoDollars.ToDollars(reader.GetInt64(dollars + 1)),
            CachedRequests = Sum(AnalyticsMeasure.CachedRequests),
            ErroredRequests = Sum(AnalyticsMeasure.ErroredRequests),
            CachedTokensIn = Sum(AnalyticsMeasure.CachedTokensIn),
            CachedTokensOut = Sum(AnalyticsMeasure.CachedTokensOut),
            UncachedTokensIn = Sum(AnalyticsMeasure.UncachedTokensIn),
            UncachedTokensOut = Sum(AnalyticsMeasure.UncachedTokensOut),
            CacheReadTokens = Sum(AnalyticsMeasure.CacheReadTokens),
            CacheWriteTokens = Sum(AnalyticsMeasure.CacheWriteTokens),
            Durations = query.WithDurations ? ReadDurations(reader, dollars + 2) : null,
        };
    }

    private static object ReadDimension(DbDataReader reader, int column, AnalyticsDimension dimension, AnalyticsSource source, Dictionary<long, string> names) => dimension switch
    {
        <= AnalyticsDimension.Hour => Timestamps.FromMicroseconds(reader.GetInt64(column)),
        AnalyticsDimension.Gateway => names[reader.GetInt64(column)],
        AnalyticsDimension.Cost => PicoDollars.ToDollars(reader.GetInt64(column)),
        AnalyticsDimension.MetadataKeys or AnalyticsDimension.MetadataValues when source == AnalyticsSource.Requests => ReadTexts(reader.GetString(column)),
        AnalyticsDimension.Provider or AnalyticsDimension.Model or AnalyticsDimension.UserAgent
            or AnalyticsDimension.MetadataRaw or AnalyticsDimension.MetadataKeys or AnalyticsDimension.MetadataValues => reader.GetString(column),
        AnalyticsDimension.Cached or AnalyticsDimension.Error or AnalyticsDimension.RateLimited or AnalyticsDimension.StatusCode or AnalyticsDimension.Wholesale
            or AnalyticsDimension.DurationMs or AnalyticsDimension.TokensIn or AnalyticsDimension.TokensOut => reader.GetInt64(column),
    };

    private static string[] ReadTexts(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(text => text.GetString() ?? "")];
    }

    private static DurationHistogram ReadDurations(DbDataReader reader, int column)
    {
        var durations = new DurationHistogram();
        if (!reader.IsDBNull(column))
        {
            durations.Add(reader.GetFieldValue<byte[]>(column));
        }

        return durations;
    }
}
