using System.Text;
using GatewayActors.Providers.Requests;
using Xunit;

namespace GatewayActors.Providers.Tests.Requests;

public sealed class RequestedOutputTests
{
    [Theory]
    [InlineData("""{"model":"m","max_tokens":50}""", 50)]
    [InlineData("""{"max_completion_tokens":70,"max_tokens":50}""", 70)]
    [InlineData("""{"max_output_tokens":5,"n":3}""", 15)]
    [InlineData("""{"n":4,"messages":[{"max_tokens":999}],"max_tokens":2}""", 8)]
    [InlineData("""{"generationConfig":{"temperature":1,"maxOutputTokens":9,"candidateCount":2},"contents":[]}""", 18)]
    [InlineData("""{"messages":[],"inferenceConfig":{"maxTokens":11}}""", 11)]
    [InlineData("""{"inputText":"x","textGenerationConfig":{"maxTokenCount":12}}""", 12)]
    [InlineData("""{"inputs":"x","parameters":{"max_new_tokens":13}}""", 13)]
    [InlineData("""{"parameters":{"options":{"num_predict":14}},"max_tokens":3}""", 3)]
    [InlineData("""{"max_tokens":9223372036854775807,"n":9223372036854775807}""", 1_280_000_000)]
    [InlineData("""{"max_tokens":16,"messages":[{"content":"cut""", 16)]
    [InlineData("\uFEFF{\"max_tokens\":17}", 17)]
    public void Find_SaysTheMostThatIsAskedFor(string body, long tokens) => Assert.Equal(tokens, RequestedOutput.Find(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("not JSON")]
    [InlineData("""{"n":2}""")]
    [InlineData("""{"max_tokens":null}""")]
    [InlineData("""{"max_tokens":"50"}""")]
    [InlineData("""{"max_tokens":-1}""")]
    [InlineData("""{"max_tokens":1.5}""")]
    [InlineData("""{"max_tokens":99999999999999999999}""")]
    [InlineData("""{"tools":{"max_tokens":5}}""")]
    public void Find_NothingIsSaid_IsNull(string body) => Assert.Null(RequestedOutput.Find(Encoding.UTF8.GetBytes(body)));
}
