using System.Text.Json;
using GatewayActors.Front.DynamicRoutes.Conditions;
using Xunit;

namespace GatewayActors.Front.Tests.DynamicRoutes;

public sealed class ConditionTests
{
    private const string Body = """{"model":"dynamic/x","temperature":0.5,"stream":true,"n":null,"big":12345678901234567890,"messages":[{"role":"system","content":"Be brief"},{"role":"user","content":"write Code"}],"tags":["a","b",3]}""";
    private const string Metadata = """{"plan":"paid","user_id":"42","age":30,"beta":true,"version":"1.10","team.name":"core"}""";

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"metadata.plan":"paid"}""", true)]
    [InlineData("""{"metadata.plan":"Paid"}""", false)]
    [InlineData("""{"metadata.plan":{"$eq":"paid"}}""", true)]
    [InlineData("""{"metadata.plan":{"$ne":"paid"}}""", false)]
    [InlineData("""{"metadata.none":{"$eq":"paid"}}""", false)]
    [InlineData("""{"metadata.none":{"$ne":"paid"}}""", true)]
    [InlineData("""{"metadata.none":{"$nin":["paid"]}}""", true)]
    [InlineData("""{"metadata.none":{"$in":["paid"]}}""", false)]
    [InlineData("""{"metadata.none":{"$lt":5}}""", false)]
    [InlineData("""{"metadata.none":{"$gte":5}}""", false)]
    [InlineData("""{"metadata.plan":{"$in":["free","paid"]}}""", true)]
    [InlineData("""{"metadata.plan":{"$nin":["free","paid"]}}""", false)]
    [InlineData("""{"metadata.user_id":42}""", true)] // A numeric text equals the number in metadata…
    [InlineData("""{"metadata.age":"30"}""", true)]
    [InlineData("""{"metadata.user_id":{"$in":[41,42]}}""", true)]
    [InlineData("""{"body.temperature":"0.5"}""", false)] // …and nowhere else but in headers.
    [InlineData("""{"headers.x-tier":{"$gte":2}}""", true)]
    [InlineData("""{"headers.X-Tier":"3"}""", true)]
    [InlineData("""{"headers.x-none":{"$exists":false}}""", true)]
    [InlineData("""{"headers.authorization":{"$exists":false}}""", true)]
    [InlineData("""{"metadata.beta":true}""", true)]
    [InlineData("""{"metadata.beta":"true"}""", false)]
    [InlineData("""{"metadata.age":{"$gt":29,"$lt":31}}""", true)]
    [InlineData("""{"metadata.age":{"$gt":30}}""", false)]
    [InlineData("""{"metadata.age":{"$gte":30}}""", true)]
    [InlineData("""{"metadata.age":{"$lte":29.9}}""", false)]
    [InlineData("""{"metadata.plan":{"$gt":"p"}}""", true)]
    [InlineData("""{"metadata.plan":{"$gt":1}}""", false)]
    [InlineData("""{"metadata.team.name":"core"}""", true)]
    [InlineData("""{"body.temperature":0.50}""", true)]
    [InlineData("""{"body.big":12345678901234567890}""", true)]
    [InlineData("""{"body.big":12345678901234567891}""", false)]
    [InlineData("""{"body.n":null}""", true)]
    [InlineData("""{"body.n":{"$exists":true}}""", true)]
    [InlineData("""{"body.none":null}""", false)]
    [InlineData("""{"body.messages.1.role":"user"}""", true)]
    [InlineData("""{"body.messages.2.role":{"$exists":true}}""", false)]
    [InlineData("""{"body.messages.-1.role":{"$exists":true}}""", false)]
    [InlineData("""{"body.messages":{"$size":2}}""", true)]
    [InlineData("""{"body.model":{"$size":9}}""", false)]
    [InlineData("""{"body.tags":{"$contains":"b"}}""", true)]
    [InlineData("""{"body.tags":{"$contains":"3"}}""", false)]
    [InlineData("""{"body.tags":{"$contains":3}}""", true)]
    [InlineData("""{"body.tags":["a","b",3]}""", true)]
    [InlineData("""{"body.messages.0.content":{"$contains":"brief"}}""", true)]
    [InlineData("""{"body.messages.0.content":{"$contains":1}}""", false)]
    [InlineData("""{"body.messages.1.content":{"$regex":"(?i)\\bcode\\b"}}""", true)]
    [InlineData("""{"body.messages.1.content":{"$regex":"^code"}}""", false)]
    [InlineData("""{"body.temperature":{"$regex":"0"}}""", false)]
    [InlineData("""{"metadata.plan":{"$not":{"$eq":"free"}}}""", true)]
    [InlineData("""{"$not":{"metadata.plan":"paid"}}""", false)]
    [InlineData("""{"$and":[{"metadata.plan":"paid"},{"metadata.age":{"$gt":40}}]}""", false)]
    [InlineData("""{"$or":[{"metadata.plan":"free"},{"metadata.age":{"$gt":20}}]}""", true)]
    [InlineData("""{"$or":[{"metadata.plan":"free"}],"metadata.plan":"paid"}""", false)]
    [InlineData("""{"request.stream":true}""", true)]
    [InlineData("""{"request.model_type":"text-generation"}""", true)]
    [InlineData("""{"identity.authenticated":true,"identity.token_id":"t1","identity.account_id":"a1"}""", true)]
    [InlineData("""{"time.hour":{"$gte":13,"$lt":14}}""", true)]
    [InlineData("""{"time.weekday":6}""", true)]
    public void Matches_EveryOperator_AnswersAsItsTableSays(string condition, bool expected)
    {
        List<string> mistakes = [];
        var read = new ConditionReader((_, problem) => mistakes.Add(problem)).Read(JsonElement.Parse(condition));
        using var request = Request(Body);

        Assert.Empty(mistakes);
        Assert.Equal(expected, read.Matches(request));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("""{"text":"\ud800"}""")]
    public void Matches_BodyThatCannotBeRead_FindsNothingInIt(string body)
    {
        var read = new ConditionReader((_, _) => { }).Read(JsonElement.Parse("""{"body.text":{"$regex":"a"}}"""));
        using var request = Request(body);

        Assert.False(read.Matches(request));
    }

    [Fact]
    public void Matches_PatternThatWouldExplode_EndsAtOnce()
    {
        var read = new ConditionReader((_, _) => { }).Read(JsonElement.Parse("""{"body.text":{"$regex":"^(a+)+$"}}"""));
        using var request = Request($$$$$"""{"text":"{{{{{new string('a', 100_000)}}}}}!"}""");

        Assert.False(read.Matches(request));
    }

    private static RouteRequest Request(string body) => new()
    {
        Body = System.Text.Encoding.UTF8.GetBytes(body),
        Metadata = Metadata,
        Header = name => name == "x-tier" ? "3" : null,
        ModelType = "text-generation",
        TokenId = "t1",
        AccountId = "a1",
        Time = new(2026, 11, 28, 13, 59, 0, TimeSpan.Zero),
    };
}
