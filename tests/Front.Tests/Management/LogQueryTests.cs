using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Management.Logs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

public sealed class LogQueryTests
{
    [Theory]
    [InlineData("filters.key=success&filters.operator=eq&filters.value=true&filters.key=model&filters.operator=contains&filters.value=gpt&filters.value=claude")]
    [InlineData("filters%2Ekey=success&filters.operator=eq&filters.value=1&page=1&filters.key=model&filters.operator=contains&filters.value=gpt&filters.value=claude")]
    [InlineData("filters=%5B%7B%22key%22:%22success%22,%22operator%22:%22eq%22,%22value%22:true%7D,%7B%22key%22:%22model%22,%22operator%22:%22contains%22,%22value%22:%5B%22gpt%22,%22claude%22%5D%7D%5D")]
    [InlineData("filters[0][key]=success&filters[0][operator]=eq&filters[0][value][]=true&filters[1][key]=model&filters[1][operator]=contains&filters[1][value][]=gpt&filters[1][value][]=claude")]
    [InlineData("filters[0].key=success&filters[1].key=model&filters[0].operator=eq&filters[1].operator=contains&filters[0].value=true&filters[1].value[0]=gpt&filters[1].value[1]=claude")]
    [InlineData("filters[][key]=success&filters[][operator]=eq&filters[][value]=true&filters[][key]=model&filters[][operator]=contains&filters[][value]=gpt&filters[][value]=claude")]
    [InlineData("filters.0.key=success&filters.0.operator=eq&filters.0.value=true&filters.1.key=model&filters.1.operator=contains&filters.1.value=gpt&filters.1.value=claude")]
    public void ReadList_FiltersInEveryEncoding_AreTheSame(string query)
    {
        var filters = Read(query).Filters;

        Assert.Equal(2, filters.Count);
        Assert.Equal((LogFilterKey.Success, LogFilterOperator.Equal), (filters[0].Key, filters[0].Operator));
        Assert.Equal([true], filters[0].Values);
        Assert.Equal((LogFilterKey.Model, LogFilterOperator.Contains), (filters[1].Key, filters[1].Operator));
        Assert.Equal(["gpt", "claude"], filters[1].Values);
    }

    [Fact]
    public void ReadList_Values_HaveTheTypeOfTheirKey()
    {
        var filters = Read(
            "filters.key=cost&filters.operator=gt&filters.value=1e-3&filters.key=created_at&filters.operator=lt&filters.value=2026-09-05T00:00:00Z"
            + "&filters.key=created_at&filters.operator=gt&filters.value=1767225600000&filters.key=feedback&filters.operator=eq&filters.value="
            + "&filters.key=metadata.key&filters.operator=eq&filters.value=7&filters.key=compatibilityMode&filters.operator=neq&filters.value=0").Filters;

        Assert.Equal(
            [0.001m, new DateTimeOffset(2026, 9, 5, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), null, "7", false],
            filters.Select(filter => Assert.Single(filter.Values)));
    }

    [Fact]
    public void ReadList_OlderParameters_AreFilters()
    {
        var query = Read(
            "start_date=2026-01-01T00:00:00+02:00&end_date=2026-01-02&min_cost=0.5&max_tokens_in=7&min_total_tokens=3&max_duration=100.5&feedback=-1"
            + "&success=true&cached=0&model=gpt-4o&provider=openai&direction=asc&search=abc&order_by=provider&meta_info=1&per_page=50&page=3&limit=1&unknown=x");

        Assert.Equal(
            [
                (LogFilterKey.CreatedAt, LogFilterOperator.AtLeast, new DateTimeOffset(2025, 12, 31, 22, 0, 0, TimeSpan.Zero)),
                (LogFilterKey.CreatedAt, LogFilterOperator.AtMost, new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero)),
                (LogFilterKey.Cost, LogFilterOperator.AtLeast, 0.5m), (LogFilterKey.TokensIn, LogFilterOperator.AtMost, 7m),
                (LogFilterKey.Tokens, LogFilterOperator.AtLeast, 3m), (LogFilterKey.Duration, LogFilterOperator.AtMost, 100.5m),
                (LogFilterKey.Model, LogFilterOperator.Equal, "gpt-4o"), (LogFilterKey.Provider, LogFilterOperator.Equal, "openai"),
                (LogFilterKey.Success, LogFilterOperator.Equal, true), (LogFilterKey.Cached, LogFilterOperator.Equal, false),
                (LogFilterKey.Feedback, LogFilterOperator.Equal, -1m),
            ],
            query.Filters.Select(filter => (filter.Key, filter.Operator, filter.Values.Single()!)));
        Assert.Equal(("abc", LogOrder.Provider, false, 3, 50, true), (query.Search, query.OrderBy, query.Descending, query.Page, query.PerPage, query.WithRanges));
    }

    [Fact]
    public void ReadList_NoQuery_IsNewestFirst()
    {
        var query = Read("");

        Assert.Equal((LogOrder.CreatedAt, true, 1, 20, false), (query.OrderBy, query.Descending, query.Page, query.PerPage, query.WithRanges));
        Assert.Empty(query.Filters);
    }

    [Fact]
    public void Keys_All_CanBeFilteredBy() =>
        Assert.All(Enum.GetValues<LogFilterKey>(), key => Assert.NotNull(LogWords.Keys.Format(key)));

    [Theory]
    [InlineData("per_page=100", "query.per_page: per_page: Number must be less than or equal to 50")]
    [InlineData("per_page=x&page=0", "query.page: page: Number must be greater than or equal to 1", "query.per_page: per_page: Expected integer")]
    [InlineData("order_by=cost", "query.order_by: order_by: Invalid enum value. Expected 'created_at' | 'provider' | 'model' | 'model_type' | 'success' | 'cached', received 'cost'")]
    [InlineData("filters.key=cost&filters.operator=contains&filters.value=1", "query.filters.0.operator: filters.operator: 'contains' does not suit 'cost'")]
    [InlineData("filters.operator=eq", "query.filters.0.key: filters.key: Required", "query.filters.0.value: filters.value: Required")]
    [InlineData("filters.key=success&filters.operator=eq&filters.value=maybe", "query.filters.0.value: filters.value: Expected true or false")]
    [InlineData("filters.key=cost&filters.operator=gt&filters.value=", "query.filters.0.value: filters.value: 'gt' needs a value")]
    [InlineData("filters=%5B%5B%5D%5D", "query.filters: filters: Expected a JSON array of objects with key, operator and value")]
    [InlineData("filters.colour=red", "query.filters: filters: A filter has the fields key, operator and value")]
    [InlineData("start_date=soon", "query.start_date: start_date: Expected an RFC 3339 date and time")]
    public void ReadList_Mistakes_NameTheParameter(string text, params string[] expected)
    {
        var reader = new QueryReader(new QueryCollection(QueryHelpers.ParseQuery(text)));

        LogQueryReader.ReadList("a", "g", reader, $"?{text}");

        Assert.Equal(expected, reader.Errors.Select(error => $"{string.Join('.', error.Path!)}: {error.Message}"));
    }

    [Theory]
    [InlineData(4096, "a", 4096, true)]
    [InlineData(4097, "a", 4096, false)]
    [InlineData(2049, "é", 2048, false)]
    [InlineData(2000, "日", 1365, false)]
    [InlineData(1025, "😀", 2048, false)]
    public void LogHead_LongBody_IsCutBetweenCharacters(int count, string character, int length, bool complete)
    {
        var body = System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(character, count)));

        var head = LogHead.Of(body);

        Assert.Equal(complete, head.Complete);
        Assert.Equal(length, head.Text.Length);
        Assert.DoesNotContain('\uFFFD', head.Text);
    }

    [Fact]
    public void LogHead_BinaryBody_IsCutAnyway() => Assert.False(LogHead.Of(Enumerable.Repeat((byte)0x80, 5000).ToArray()).Complete);

    private static LogQuery Read(string text)
    {
        var reader = new QueryReader(new QueryCollection(QueryHelpers.ParseQuery(text)));
        var query = LogQueryReader.ReadList("a", "g", reader, $"?{text}");
        Assert.Empty(reader.Errors);
        return query;
    }
}
