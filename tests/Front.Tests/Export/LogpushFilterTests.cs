using GatewayActors.Front.Export.Logpush;
using GatewayActors.Front.Tests.Management;
using Xunit;

namespace GatewayActors.Front.Tests.Export;

public sealed class LogpushFilterTests
{
    [Theory]
    [InlineData("""{"key":"Provider","operator":"eq","value":"openai"}""", true)]
    [InlineData("""{"key":"Provider","operator":"!eq","value":"openai"}""", false)]
    [InlineData("""{"key":"Model","operator":"startsWith","value":"gpt-"}""", true)]
    [InlineData("""{"key":"Model","operator":"!endsWith","value":"-mini"}""", false)]
    [InlineData("""{"key":"Model","operator":"contains","value":"4o"}""", true)]
    [InlineData("""{"key":"Model","operator":"!contains","value":"4O"}""", true)]
    [InlineData("""{"key":"StatusCode","operator":"in","value":[200,201]}""", true)]
    [InlineData("""{"key":"StatusCode","operator":"!in","value":["200"]}""", false)]
    [InlineData("""{"key":"StatusCode","operator":"lt","value":"300"}""", true)]
    [InlineData("""{"key":"StatusCode","operator":"gt","value":200}""", false)]
    [InlineData("""{"key":"StatusCode","operator":"geq","value":200.0}""", true)]
    [InlineData("""{"key":"StatusCode","operator":"leq","value":199}""", false)]
    [InlineData("""{"key":"Cached","operator":"eq","value":false}""", true)]
    [InlineData("""{"and":[{"key":"Gateway","operator":"eq","value":"g"},{"key":"Cached","operator":"eq","value":true}]}""", false)]
    [InlineData("""{"or":[{"key":"Gateway","operator":"eq","value":"h"},{"and":[{"key":"Gateway","operator":"eq","value":"g"}]}]}""", true)]
    public void Matches_AsTheOperatorSays(string where, bool expected) => Assert.Equal(expected, Read(where).Matches(Entries.Make("a", "g")));

    [Theory]
    [InlineData("lt", false)]
    [InlineData("eq", false)]
    [InlineData("!eq", true)]
    public void Matches_AFieldThatIsAbsent_OnlyByNegation(string name, bool expected)
    {
        var entry = Entries.Sum("a", "g", Entries.CreatedAt);
        Assert.Null(entry.CostUsd);

        Assert.Equal(expected, Read($$"""{"key":"Cost","operator":"{{name}}","value":5}""").Matches(entry));
    }

    [Theory]
    [InlineData("x", "must be the text of a JSON object")]
    [InlineData("[]", "must be an object with 'where', and nothing else")]
    [InlineData("""{"where":{},"more":1}""", "must be an object with 'where', and nothing else")]
    [InlineData("""{"where":3}""", "where must be an object")]
    [InlineData("""{"where":{"and":[]}}""", "where.and must be a list with something in it")]
    [InlineData("""{"where":{"and":[{"key":"Model","operator":"eq","value":"a"}],"or":[]}}""", "where must have 'and', 'or' or a condition, and only one of them")]
    [InlineData("""{"where":{"or":[{"key":"Model","operator":"eq"}]}}""", "where.or.0 must have the texts 'key' and 'operator', and 'value'")]
    [InlineData("""{"where":{"key":"Nothing","operator":"eq","value":"a"}}""", "where.key is no field that can be filtered by")]
    [InlineData("""{"where":{"key":"RequestBody","operator":"contains","value":"a"}}""", "where.key is no field that can be filtered by")]
    [InlineData("""{"where":{"key":"Model","operator":"lt","value":"a"}}""", "where.operator is none for Model")]
    [InlineData("""{"where":{"key":"StatusCode","operator":"!lt","value":1}}""", "where.operator is none for StatusCode")]
    [InlineData("""{"where":{"key":"StatusCode","operator":"eq","value":"many"}}""", "where.value does not fit StatusCode")]
    [InlineData("""{"where":{"key":"StatusCode","operator":"in","value":"200,201"}}""", "where.value must be a list of 1 to 100 values")]
    [InlineData("""{"where":{"key":"Model","operator":"eq","value":["a"]}}""", "where.value must be one value")]
    public void Read_WhatIsNoFilter_IsNamed(string json, string expected)
    {
        Assert.Null(LogpushFilter.Read(json, out var problem));
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void Read_TooDeepOrTooMany_IsRefused()
    {
        const string Leaf = """{"key":"Model","operator":"eq","value":"a"}""";
        var deep = Enumerable.Range(0, 6).Aggregate(Leaf, (inner, _) => $$"""{"and":[{{inner}}]}""");

        Assert.Null(LogpushFilter.Read("{\"where\":" + deep + "}", out var nested));
        Assert.Null(LogpushFilter.Read("{\"where\":{\"or\":[" + string.Join(',', Enumerable.Repeat(Leaf, 51)) + "]}}", out var many));

        Assert.Equal(("is nested more than 5 deep", "has more than 50 conditions"), (nested, many));
    }

    private static LogpushFilter Read(string where)
    {
        var filter = LogpushFilter.Read("{\"where\":" + where + "}", out var problem);
        Assert.Null(problem);
        return filter!;
    }
}
