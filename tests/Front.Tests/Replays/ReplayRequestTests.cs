using System.Text;
using GatewayActors.Front.Replays;
using Xunit;

namespace GatewayActors.Front.Tests.Replays;

public sealed class ReplayRequestTests
{
    [Theory]
    [InlineData("chat/completions", """{"model":"a","messages":[],"x":1.50}""", "chat/completions", """{"model":"p/m","messages":[],"x":1.50}""")]
    [InlineData("openai/v1/chat/completions", """{"messages":[{"role":"user","content":"é"}],"model":"a"}""", "chat/completions", """{"messages":[{"role":"user","content":"é"}],"model":"p/m"}""")]
    [InlineData("v1/messages", """{"model":"a","max_tokens":1,"messages":[]}""", "messages", """{"model":"p/m","max_tokens":1,"messages":[]}""")]
    [InlineData("responses", """{"model":"a","input":"x"}""", "responses", """{"model":"p/m","input":"x"}""")]
    public void Create_ChatInOneOfTheFormats_NamesTheTarget(string path, string body, string endpoint, string expected)
    {
        var request = ReplayRequest.Create(path, Encoding.UTF8.GetBytes(body), "p/m")!;

        Assert.Equal((endpoint, expected), (request.Endpoint, Encoding.UTF8.GetString(request.Body.Span)));
    }

    [Theory]
    [InlineData("model/claude/converse", null, "model/claude/converse")]
    [InlineData("v1/messages", "{\"usage\":{}}", "v1/messages")]
    [InlineData("model/claude/converse", "{\"client_endpoint\":\"responses\",\"usage\":{}}", "responses")]
    [InlineData("v1/messages", "{\"warnings\":[\"client_endpoint\"]}", "v1/messages")]
    public void PathOf_Entry_IsThatOfTheBodysFormat(string path, string? details, string expected) =>
        Assert.Equal(expected, ReplayRequest.PathOf(path, details));

    [Theory]
    [InlineData("embeddings", """{"model":"a","input":"x"}""")]
    [InlineData("xchat/completions", """{"model":"a","messages":[]}""")]
    [InlineData("chat/completions", """{"model":"a","input":"x"}""")]
    [InlineData("chat/completions", "[1]")]
    [InlineData("chat/completions", """{"model":"a","messages":[""")]
    [InlineData("chat/completions", "")]
    [InlineData("v1beta/models/gemini:generateContent", """{"contents":[]}""")]
    public void Create_AnythingElse_IsNone(string path, string body) => Assert.Null(ReplayRequest.Create(path, Encoding.UTF8.GetBytes(body), "p/m"));
}
