using System.Buffers;
using System.Text.Json;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Run;

/// <summary>A model's answer in JSON, set into a run object and the API's envelope while it passes.</summary>
internal sealed class RunReply : Answer
{
    // The answer is JSON and never part of a page.
    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Answer _inner;
    private readonly byte[] _tail;
    private readonly byte[] _first;
    private bool _hasEnded;

    /// <param name="inner">The answer; belongs to this one.</param>
    /// <param name="provider">The slug of the provider that has served it.</param>
    /// <param name="model">The model as the caller named it.</param>
    /// <param name="keySource">Whose credential was used, where the caller is told; else null.</param>
    public RunReply(Answer inner, string provider, string model, string? keySource)
    {
        _inner = inner;
        _tail = Tail(provider, model, keySource);
        var head = "{\"result\":{\"state\":\"Completed\",\"result\":"u8;
        _first = inner.IsWhole ? [.. head, .. inner.First.IsEmpty ? "null"u8 : inner.First.Span, .. _tail] : [.. head, .. inner.First.Span];
    }

    public override int StatusCode => _inner.StatusCode;

    /// <summary>Without a character set: the Workers binding takes no other spelling for JSON.</summary>
    public override string ContentType => "application/json";

    public override AnswerSource Source => _inner.Source;

    public override ReadOnlyMemory<byte> First => _first;

    public override bool IsWhole => _inner.IsWhole;

    public override bool TimedOut => _inner.TimedOut;

    public override void CopyHeaders(IHeaderDictionary headers)
    {
        _inner.CopyHeaders(headers);
        headers.ContentLength = null;
        headers.ContentType = ContentType;
    }

    public override async ValueTask<ReadOnlyMemory<byte>> ReadNextAsync()
    {
        if (_hasEnded)
        {
            return default;
        }

        var piece = await _inner.ReadNextAsync();
        _hasEnded = piece.IsEmpty;
        return _hasEnded ? _tail : piece;
    }

    public override ValueTask FinishAsync() => _inner.FinishAsync();

    public override UsageReport? Report() => _inner.Report();

    protected override void Dispose(bool disposing)
    {
        _inner.Dispose();
        base.Dispose(disposing);
    }

    private static byte[] Tail(string provider, string model, string? keySource)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        buffer.Write(",\"provider\":"u8);
        WriteText(buffer, provider);
        buffer.Write(",\"model\":"u8);
        WriteText(buffer, model);
        if (keySource is not null)
        {
            buffer.Write(",\"gatewayMetadata\":{\"keySource\":"u8);
            WriteText(buffer, keySource);
            buffer.Write("}"u8);
        }

        buffer.Write("},\"success\":true,\"errors\":[],\"messages\":[]}"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteText(ArrayBufferWriter<byte> buffer, string text)
    {
        using var json = new Utf8JsonWriter(buffer, Readable);
        json.WriteStringValue(text);
    }
}
