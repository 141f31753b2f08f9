using System.Buffers;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.DynamicRoutes.Running;

/// <summary>An answer that was taken in as a whole before it is known whether it will be the one.</summary>
internal sealed class BufferedAnswer : Answer
{
    /// <summary>The longest answer that is kept while another model is asked.</summary>
    private const int MaxBytes = 64 * 1024 * 1024;

    private readonly Answer _inner;
    private readonly ArrayBufferWriter<byte> _whole = new(4096);

    private BufferedAnswer(Answer inner) => _inner = inner;

    public override int StatusCode => _inner.StatusCode;

    public override string? ContentType => _inner.ContentType;

    public override bool IsFailure => _inner.IsFailure;

    public override AnswerSource Source => _inner.Source;

    public override ReadOnlyMemory<byte> First => _whole.WrittenMemory;

    public override bool IsWhole => true;

    public override bool TimedOut => _inner.TimedOut;

    /// <summary>Reads an answer to its end; one that is whole already stays as it is.</summary>
    /// <returns>The answer; null if it broke off or is too long, which disposes it.</returns>
    public static async ValueTask<Answer?> CreateAsync(Answer inner)
    {
        if (inner.IsWhole)
        {
            return inner;
        }

        var answer = new BufferedAnswer(inner);
        try
        {
            answer._whole.Write(inner.First.Span);
            while (await inner.ReadNextAsync() is { IsEmpty: false } piece)
            {
                answer._whole.Write(piece.Span);
                if (answer._whole.WrittenCount > MaxBytes)
                {
                    answer.Dispose();
                    return null;
                }
            }

            await inner.FinishAsync();
            return answer;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException || (exception is OperationCanceledException && inner.TimedOut))
        {
            answer.Dispose();
            return null;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    public override void CopyHeaders(IHeaderDictionary headers) => _inner.CopyHeaders(headers);

    public override ValueTask<ReadOnlyMemory<byte>> ReadNextAsync() => ValueTask.FromResult(ReadOnlyMemory<byte>.Empty);

    public override UsageReport? Report() => _inner.Report();

    protected override void Dispose(bool disposing)
    {
        _inner.Dispose();
        base.Dispose(disposing);
    }
}
