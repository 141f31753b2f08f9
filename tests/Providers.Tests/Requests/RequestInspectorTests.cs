using System.Text;
using GatewayActors.Providers.Requests;
using Xunit;

namespace GatewayActors.Providers.Tests.Requests;

public sealed class RequestInspectorTests
{
    [Theory]
    [InlineData("""{"model":"gpt-4o","stream":true}""", "gpt-4o", true)]
    [InlineData("""{"stream":false,"messages":[{"role":"user","content":"hi"}],"model":"gpt-4o"}""", "gpt-4o", false)]
    [InlineData("""{"messages":[{"model":"inner","stream":true}],"options":{"model":"inner"},"model":"outer"}""", "outer", null)]
    [InlineData("""{"mo\u0064el":"a\/b\u00e9\"","str\u0065am":true}""", "a/bé\"", true)]
    [InlineData("""  {  "model" : "m" , "n" : 1.5e3 , "stream" : true } trailing""", "m", true)]
    [InlineData("""{"model":"","stream":true}""", null, true)]
    [InlineData("""{"model":7,"stream":"true"}""", null, null)]
    [InlineData("""{"model":null,"stream":null}""", null, null)]
    [InlineData("""{"model":{"name":"x"},"stream":[true]}""", null, null)]
    [InlineData("""{"Model":"m","streams":true}""", null, null)]
    [InlineData("""{"model":"first","model":"second"}""", "second", null)]
    [InlineData("{}", null, null)]
    [InlineData("", null, null)]
    [InlineData("   ", null, null)]
    [InlineData("null", null, null)]
    [InlineData("\"model\"", null, null)]
    [InlineData("""[{"model":"m"}]""", null, null)]
    [InlineData("""{"model":"m",}""", null, null)]
    [InlineData("""{"model":"m" "stream":true}""", null, null)]
    [InlineData("""{model:"m"}""", null, null)]
    [InlineData("""{"model":"\ud800"}""", null, null)]
    [InlineData("not json", null, null)]
    public void Inspect_Body_FindsTopLevelMembersOnly(string body, string? model, bool? stream) =>
        Assert.Equal(new(model, stream), RequestInspector.Inspect(Encoding.UTF8.GetBytes(body), "model"));

    [Fact]
    public void Inspect_OtherMemberName_IsUsed() =>
        Assert.Equal(new("sonic-2", null), RequestInspector.Inspect("""{"model":"x","model_id":"sonic-2"}"""u8, "model_id"));

    [Fact]
    public void Inspect_ByteOrderMark_IsSkipped() =>
        Assert.Equal(new("m", null), RequestInspector.Inspect([0xEF, 0xBB, 0xBF, .. """{"model":"m"}"""u8], "model"));

    [Fact]
    public void Inspect_BytesThatAreNoUtf8_SayNothing() =>
        Assert.Equal(RequestFacts.None, RequestInspector.Inspect([.. "{\"model\":\""u8, 0xFF, 0xFE, .. "\"}"u8], "model"));

    [Fact]
    public void Inspect_BothFound_ReadsNoFurther() =>
        Assert.Equal(new("m", true), RequestInspector.Inspect("""{"model":"m","stream":true,#### never read"""u8, "model"));

    [Fact]
    public void Inspect_BodyCutAnywhere_KnowsWhatCameComplete()
    {
        var body = """{"messages":[{"role":"user","content":"a \"model\": \u00e9 é € 😀"}],"n":12,"x":{"model":"inner"},"model":"mödel-1","y":[1,[2]],"stream":true}"""u8;
        var modelEnd = body.IndexOf("mödel-1\""u8) + "mödel-1\""u8.Length;
        var streamEnd = body.LastIndexOf("true"u8) + 4;

        for (var length = 0; length <= body.Length; length++)
        {
            Assert.Equal(
                new RequestFacts(length >= modelEnd ? "mödel-1" : null, length >= streamEnd ? true : null),
                RequestInspector.Inspect(body[..length], "model"));
        }
    }

    [Fact]
    public void Inspect_DeepNesting_IsSteppedOverOrLeftAlone()
    {
        static byte[] Nested(int depth) => Encoding.UTF8.GetBytes($"{{\"a\":{new string('[', depth)}{new string(']', depth)},\"model\":\"m\"}}");

        Assert.Equal("m", RequestInspector.Inspect(Nested(200), "model").Model);
        Assert.Null(RequestInspector.Inspect(Nested(100_000), "model").Model);
    }

    [Fact]
    public void Inspect_LargeBody_AllocatesOnlyTheModel()
    {
        var body = Encoding.UTF8.GetBytes($$"""{"messages":[{"content":"{{new string('x', 100_000)}}"}],"model":"m","stream":true}""");
        RequestInspector.Inspect(body, "model");

        var before = GC.GetAllocatedBytesForCurrentThread();
        RequestInspector.Inspect(body, "model");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64);
    }
}
