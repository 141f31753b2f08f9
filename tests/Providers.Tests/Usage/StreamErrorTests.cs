using System.Text;
using GatewayActors.Providers.Usage;
using Xunit;

namespace GatewayActors.Providers.Tests.Usage;

public sealed class StreamErrorTests
{
    [Theory]
    [InlineData("""{"error":{"message":"x","type":"server_error","param":null,"code":null}}""", "server_error", true)]
    [InlineData("""{"error":{"message":"x","type":"tokens","code":"rate_limit_exceeded"}}""", "tokens", true)]
    [InlineData("""{"error":{"message":"x","type":"insufficient_quota","code":"insufficient_quota"}}""", "insufficient_quota", false)]
    [InlineData("""{"error":{"message":"x","type":"rate_limit_error","code":"insufficient_quota"}}""", "rate_limit_error", false)]
    [InlineData("""{"error":{"message":"x","type":"invalid_request_error","code":"context_length_exceeded"}}""", "invalid_request_error", false)]
    [InlineData("""{"id":"g","error":{"code":502,"message":"x"},"choices":[{"finish_reason":"error"}]}""", "502", true)]
    [InlineData("""{"id":"g","error":{"code":402,"message":"x"}}""", "402", false)]
    [InlineData("""{"error":{"code":429,"message":"x","status":"RESOURCE_EXHAUSTED"}}""", "RESOURCE_EXHAUSTED", true)]
    [InlineData("""{"error":{"code":400,"message":"x","status":"INVALID_ARGUMENT"}}""", "INVALID_ARGUMENT", false)]
    [InlineData("""{"type":"error","code":"server_error","message":"x","param":null,"sequence_number":3}""", "server_error", true)]
    [InlineData("""{"type":"response.failed","response":{"model":"m","error":{"code":"rate_limit_exceeded","message":"x"},"usage":null}}""", "rate_limit_exceeded", true)]
    [InlineData("""{"error":"the prompt, quoted","error_type":"overloaded"}""", "overloaded", true)]
    [InlineData("""{"error":"the prompt, quoted"}""", "error", false)]
    [InlineData("""{"error":{"type":"a kind with blanks, such as a prompt"}}""", "error", false)]
    public void Read_ErrorEvent_IsKnownAtOnceAndOnlyByItsKind(string data, string kind, bool isRetryable)
    {
        var reader = Reading.Make(UsageReaders.OpenAI, Reading.Sse)!;
        reader.Read("data: {\"model\":\"m\",\"choices\":[],\"error\":null,\"usage\":null}\n\n"u8);
        Assert.Null(reader.Error);

        reader.Read(Encoding.UTF8.GetBytes($"data: {data}\n\n"));

        Assert.Equal(new StreamError(kind, isRetryable), reader.Error);
        Assert.Equal(reader.Error, reader.Complete().Error);
        Assert.Equal(new StreamError(kind, isRetryable), reader.Error);
    }

    [Theory]
    [InlineData("overloaded_error", true)]
    [InlineData("rate_limit_error", true)]
    [InlineData("api_error", true)]
    [InlineData("timeout_error", true)]
    [InlineData("invalid_request_error", false)]
    [InlineData("authentication_error", false)]
    [InlineData("billing_error", false)]
    public void Read_AnthropicError_IsRetryableByItsType(string type, bool isRetryable)
    {
        var reader = Reading.Make(UsageReaders.Anthropic, Reading.Sse)!;

        reader.Read(Encoding.UTF8.GetBytes($"event: error\ndata: {{\"type\":\"error\",\"error\":{{\"type\":\"{type}\",\"message\":\"x\"}}}}\n\n"));

        Assert.Equal(new StreamError(type, isRetryable), reader.Error);
    }

    [Fact]
    public void Read_GeminiErrorInTheArray_IsRead()
    {
        var reader = Reading.Make(UsageReaders.GoogleAIStudio)!;

        reader.Read("[{\"candidates\":[]}\n,\n{\"error\":{\"code\":503,\"message\":\"x\",\"status\":\"UNAVAILABLE\"}}\n]"u8);

        Assert.Equal(new StreamError("UNAVAILABLE", IsRetryable: true), reader.Error);
    }

    [Theory]
    [InlineData("throttlingException", true)]
    [InlineData("serviceUnavailableException", true)]
    [InlineData("internalServerException", true)]
    [InlineData("modelStreamErrorException", true)]
    [InlineData("validationException", false)]
    public void Read_BedrockException_IsRetryableByItsType(string type, bool isRetryable)
    {
        var reader = Reading.Make(UsageReaders.Bedrock, Reading.EventStream)!;

        reader.Read(Frames.Make([(":message-type", "exception"), (":exception-type", type)], "{\"message\":\"x\"}"u8));

        Assert.Equal(new StreamError(type, isRetryable), reader.Error);
    }

    [Fact]
    public void Read_BedrockErrorFrame_IsRead()
    {
        var reader = Reading.Make(UsageReaders.Bedrock, Reading.EventStream)!;

        reader.Read(Frames.Make([(":message-type", "error"), (":error-code", "InternalError"), (":error-message", "x")], []));

        Assert.Equal(new StreamError("InternalError", IsRetryable: false), reader.Error);
    }
}
