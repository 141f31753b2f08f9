using GatewayActors.Front.Pipeline;
using Xunit;

namespace GatewayActors.Front.Tests.Pipeline;

public sealed class BodyCaptureTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4_095)]
    [InlineData(4_096)]
    [InlineData(100_000)]
    public void Append_UpToTheLimit_KeepsEveryByte(int limit)
    {
        var bytes = new byte[limit];
        Random.Shared.NextBytes(bytes);
        using var capture = new BodyCapture(limit);
        foreach (var piece in bytes.Chunk(997))
        {
            capture.Append(piece);
        }

        Assert.True(capture.IsWhole);
        Assert.Equal(bytes, capture.Bytes.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(50_000)]
    public void Append_PastTheLimit_KeepsNothingAnyMore(int limit)
    {
        using var capture = new BodyCapture(limit);
        capture.Append(new byte[limit]);
        capture.Append([1]);
        capture.Append([2]);

        Assert.False(capture.IsWhole);
        Assert.True(capture.Bytes.IsEmpty);
    }

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("Application/JSON; charset=utf-8", true)]
    [InlineData("application/problem+json", true)]
    [InlineData("text/event-stream", true)]
    [InlineData("text/plain", true)]
    [InlineData("application/x-ndjson", true)]
    [InlineData("application/vnd.amazon.eventstream", true)]
    [InlineData("audio/mpeg", false)]
    [InlineData("image/png", false)]
    [InlineData("application/octet-stream", false)]
    [InlineData("multipart/form-data; boundary=x", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void IsTextual_ByContentType_Decides(string? contentType, bool expected) => Assert.Equal(expected, BodyCapture.IsTextual(contentType));
}
