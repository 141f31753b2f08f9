using System.Text;
using GatewayActors.Providers.Requests;
using Xunit;

namespace GatewayActors.Providers.Tests.Requests;

public sealed class ModelReplacementTests
{
    [Theory]
    [InlineData("""{"model":"a/b"}""", """{"model":"b"}""")]
    [InlineData("""{ "x" : {"model":"no"}, "model" : "a\/b" , "y":[ ] }""", """{ "x" : {"model":"no"}, "model" : "b" , "y":[ ] }""")]
    [InlineData("""{"model":"one","model":"two"}""", """{"model":"one","model":"b"}""")]
    public void Replace_TopLevelMember_LeavesEveryOtherByte(string body, string expected) => Assert.Equal(expected, Replace(body, "b"));

    [Fact]
    public void Replace_SpecialCharacters_AreEscaped() => Assert.Equal("{\"model\":\"\\u0022\\n@cf/x\"}", Replace("""{"model":"y"}""", "\"\n@cf/x"));

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"model":7}""")]
    [InlineData("""{"model":"x","model":null}""")]
    [InlineData("""{"model":"x" """)]
    public void Replace_NothingToReplace_IsNull(string body) => Assert.Null(Replace(body, "b"));

    [Theory]
    [InlineData("""{ "x":1,"model":"a/b"}""", """{ "x":1,"model":"b"}""")]
    [InlineData("""{"x":[1, 2],"model":7}""", """{"model":"b","x":[1, 2]}""")]
    [InlineData("{}", """{"model":"b"}""")]
    [InlineData("[]", null)]
    [InlineData("{", null)]
    public void Put_NamedOrNot_NamesIt(string body, string? expected) =>
        Assert.Equal(expected, ModelReplacement.Put(Encoding.UTF8.GetBytes(body), "model", "b") is { } put ? Encoding.UTF8.GetString(put) : null);

    private static string? Replace(string body, string model) =>
        ModelReplacement.Replace(Encoding.UTF8.GetBytes(body), "model", model) is { } replaced ? Encoding.UTF8.GetString(replaced) : null;
}
