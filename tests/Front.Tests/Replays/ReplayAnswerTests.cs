using System.Text;
using GatewayActors.Front.Replays;
using Xunit;

namespace GatewayActors.Front.Tests.Replays;

public sealed class ReplayAnswerTests
{
    [Theory]
    [InlineData("""{"choices":[{"message":{"role":"assistant","content":"Hello"}},{"message":{"content":"other"}}]}""", "Hello")]
    [InlineData("""{"choices":[{"message":{"content":[{"type":"text","text":"Hel"},{"type":"image_url"},{"type":"text","text":"lo"}]}}]}""", "Hello")]
    [InlineData("""{"type":"message","content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"Hello"}]}""", "Hello")]
    [InlineData("""{"object":"response","output":[{"type":"reasoning","summary":[]},{"type":"message","content":[{"type":"output_text","text":"Hello"}]}]}""", "Hello")]
    [InlineData("""{"error":{"message":"no"}}""", null)]
    [InlineData("""{"choices":"none","content":4}""", null)]
    [InlineData("[]", null)]
    [InlineData("""{"choices":[""", null)]
    public void Read_WholeAnswer_IsItsText(string body, string? expected) => Assert.Equal(expected, Read("application/json", body)?.Text);

    [Theory]
    [InlineData("data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"Hel\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"lo\"}}]}\n\ndata: {\"choices\":[]}\n\ndata: [DONE]\n\n")]
    [InlineData("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"Hello\"}}\n\nevent: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"thinking_delta\",\"thinking\":\"x\"}}\n\n")]
    [InlineData("event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"Hello\"}\n\nevent: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{}}\n\n")]
    public void Read_Stream_IsItsText(string body) => Assert.Equal(new("Hello", true), Read("text/event-stream; charset=utf-8", body));

    [Fact]
    public void Read_LongAnswer_IsCutBetweenCharacters()
    {
        var text = new string('a', ReplayAnswer.MaxLength - 1) + "😀";

        var answer = Read("application/json", $$$"""{"choices":[{"message":{"content":"{{{text}}}"}}]}""")!;

        Assert.Equal((ReplayAnswer.MaxLength - 1, false), (answer.Text.Length, answer.IsWhole));
        Assert.True(Read("application/json", $$$"""{"choices":[{"message":{"content":"{{{text[..^2]}}}"}}]}""")!.IsWhole);
    }

    private static ReplayAnswer? Read(string contentType, string body) => ReplayAnswer.Read(contentType, Encoding.UTF8.GetBytes(body));
}
