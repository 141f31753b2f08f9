using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.StoredKeys;

/// <summary>
/// An answer to a call with a stored key: should the upstream repeat the key, whoever reads the answer, a client or the log, sees stars. Bytes
/// are held back only where they may be the beginning of the key.
/// </summary>
internal sealed class ScrubbedAnswer : Answer
{
    private readonly Answer _inner;
    private readonly SecretScrubber _scrubber;
    private readonly ReadOnlyMemory<byte> _first;
    private byte[] _held = [];
    private bool _isEnded;

    public ScrubbedAnswer(Answer inner, SecretScrubber scrubber)
    {
        (_inner, _scrubber) = (inner, scrubber);
        _first = Pass(inner.First, isLast: inner.IsWhole);
    }

    public override int StatusCode => _inner.StatusCode;

    public override string? ContentType => _inner.ContentType;

    public override bool IsFailure => _inner.IsFailure;

    public override bool StatesError => _inner.StatesError;

    public override AnswerSource Source => _inner.Source;

    public override ReadOnlyMemory<byte> First => _first;

    public override bool IsWhole => _inner.IsWhole;

    public override bool TimedOut => _inner.TimedOut;

    public override void CopyHeaders(IHeaderDictionary headers)
    {
        _inner.CopyHeaders(headers);
        foreach (var (name, values) in headers.ToArray())
        {
            if (values.Any(value => value is not null && _scrubber.Hide(value) != value))
            {
                headers[name] = new([.. values.Select(value => _scrubber.Hide(value ?? ""))]);
            }
        }
    }

    public override async ValueTask<ReadOnlyMemory<byte>> ReadNextAsync()
    {
        while (!_isEnded)
        {
            var piece = await _inner.ReadNextAsync();
            _isEnded = piece.IsEmpty;
            if (Pass(piece, _isEnded) is { IsEmpty: false } passed)
            {
                return passed;
            }
        }

        return default;
    }

    public override ValueTask FinishAsync() => _inner.FinishAsync();

    public override UsageReport? Report() => _inner.Report();

    protected override void Dispose(bool disposing)
    {
        _inner.Dispose();
        base.Dispose(disposing);
    }

    private ReadOnlyMemory<byte> Pass(ReadOnlyMemory<byte> piece, bool isLast)
    {
        var all = _held.Length == 0 ? piece : (byte[])[.. _held, .. piece.Span];
        var unfinished = isLast ? 0 : _scrubber.Unfinished(all.Span);
        if (_scrubber.IsIn(all.Span))
        {
            var hidden = all.ToArray();
            _scrubber.Hide(hidden);
            all = hidden;
        }

        _held = unfinished == 0 ? [] : all[^unfinished..].ToArray();
        return unfinished == 0 ? all : all[..^unfinished];
    }
}
