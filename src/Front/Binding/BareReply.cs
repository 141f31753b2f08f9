using System.Runtime.InteropServices;
using System.Text.Json;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Rest;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Binding;

/// <summary>A model's answer in JSON as the Workers binding takes it: without an envelope, and with a content type of exactly these letters.</summary>
/// <param name="inner">The answer; belongs to this one.</param>
/// <param name="whole">What takes the place of its body; null for the body itself, as it comes.</param>
internal sealed class BareReply(Answer inner, ReadOnlyMemory<byte>? whole) : Answer
{
    public override int StatusCode => inner.StatusCode;

    public override string ContentType => "application/json";

    public override AnswerSource Source => inner.Source;

    public override ReadOnlyMemory<byte> First => whole ?? inner.First;

    public override bool IsWhole => whole is not null || inner.IsWhole;

    public override bool TimedOut => inner.TimedOut;

    public override ReadOnlyMemory<byte> SignOfLife => inner.SignOfLife;

    /// <summary>A hosted model's answer has its provider's envelope, which is taken off; so it is read whole.</summary>
    /// <param name="answer">The answer, in JSON.</param>
    public static async ValueTask<Answer> OfHostedAsync(Answer answer)
    {
        try
        {
            var (body, isWhole) = await AnswerBodies.ReadAsync(answer, AnswerBodies.MaxWholeBytes);
            return isWhole ? new BareReply(answer, ResultOf(body)) : Broken(answer, AnswerBodies.TooLong.Message);
        }
        catch (Exception exception) when (AnswerBodies.IsBroken(answer, exception))
        {
            return Broken(answer, "The provider's answer ended early.");
        }
    }

    public override void CopyHeaders(IHeaderDictionary headers)
    {
        inner.CopyHeaders(headers);
        headers.ContentType = ContentType;
        if (whole is not null)
        {
            headers.ContentLength = null;
        }
    }

    public override ValueTask<ReadOnlyMemory<byte>> ReadNextAsync() => inner.ReadNextAsync();

    public override ValueTask FinishAsync() => inner.FinishAsync();

    public override UsageReport? Report() => inner.Report();

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }

    private static ReplacedReply Broken(Answer answer, string message) =>
        new(answer, StatusCodes.Status502BadGateway, RestErrorWriter.Write(new GatewayError(GatewayErrorKind.UpstreamUnreachable, message).Code, message, description: null, failure: null));

    private static ReadOnlyMemory<byte> ResultOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("success"u8, out _) && root.TryGetProperty("result"u8, out var result)
                ? Copy(result)
                : body;
        }
        catch (JsonException)
        {
            return body; // The provider calls it JSON; the client will see for itself.
        }
    }

    private static byte[] Copy(JsonElement element) => JsonMarshal.GetRawUtf8Value(element).ToArray();
}
