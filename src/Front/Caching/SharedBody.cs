namespace GatewayActors.Front.Caching;

/// <summary>
/// A body that one writer brings in and any number of readers take out, each from the beginning and at its own pace. One thread writes;
/// readers are added and read from any.
/// </summary>
/// <param name="maxBytes">How much is kept. A longer body drops what all readers have passed, takes no new ones, and waits for the slowest.</param>
internal sealed class SharedBody(int maxBytes)
{
    private readonly Lock _lock = new();
    private readonly List<Reader> _readers = [];

    // Readers hold on to the piece they are at, and each piece to the next: what all have passed is garbage once nobody holds the first.
    private Piece? _first = new(ReadOnlyMemory<byte>.Empty);
    private Piece? _last;
    private TaskCompletionSource? _progress;
    private Exception? _failure;

    /// <summary>Bytes brought in so far.</summary>
    public long Length { get; private set; }

    /// <summary>Whether the body has become too long to be kept.</summary>
    public bool HasOverflowed
    {
        get
        {
            lock (_lock)
            {
                return _first is null;
            }
        }
    }

    /// <summary>A reader from the first byte on; null if that is not kept any more.</summary>
    public Reader? TryAddReader()
    {
        lock (_lock)
        {
            if (_first is null)
            {
                return null;
            }

            var reader = new Reader(this, _first);
            _readers.Add(reader);
            return reader;
        }
    }

    /// <summary>Brings in the next bytes, which are kept as they are. Waits only for readers of a body that has overflowed.</summary>
    public ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty)
        {
            return ValueTask.CompletedTask; // To a reader no bytes are the end.
        }

        Piece before;
        var piece = new Piece(bytes);
        lock (_lock)
        {
            before = _last ?? _first!;
            _last = piece;
            Length += bytes.Length;
            if (Length > maxBytes)
            {
                _first = null;
            }
        }

        before.SetNext(piece);
        return HasOverflowed ? WaitForReadersAsync(cancellationToken) : ValueTask.CompletedTask;
    }

    /// <summary>Ends the body: with a failure, if it is not whole.</summary>
    public void Complete(Exception? failure = null)
    {
        Piece last;
        lock (_lock)
        {
            _failure = failure;
            last = _last ?? _first!;
        }

        last.SetNext(null);
    }

    /// <summary>All that was brought in, in one piece.</summary>
    /// <exception cref="InvalidOperationException">The body has overflowed.</exception>
    public ReadOnlyMemory<byte> ToMemory()
    {
        Piece? first;
        lock (_lock)
        {
            first = _first ?? throw new InvalidOperationException("A body that has overflowed is not kept.");
            if (first.Next is { IsCompletedSuccessfully: true } only && ReferenceEquals(only.GetAwaiter().GetResult(), _last))
            {
                return _last?.Bytes ?? default; // One piece, as most answers are that came whole.
            }
        }

        var whole = GC.AllocateUninitializedArray<byte>((int)Length);
        var position = 0;
        for (Piece? piece = first; piece is not null; piece = piece.Next is { IsCompletedSuccessfully: true } next ? next.GetAwaiter().GetResult() : null)
        {
            piece.Bytes.CopyTo(whole.AsMemory(position));
            position += piece.Bytes.Length;
        }

        return whole;
    }

    private async ValueTask WaitForReadersAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task progress;
            lock (_lock)
            {
                if (_readers.Count == 0 || Length - _readers.Min(reader => reader.Position) <= maxBytes)
                {
                    return;
                }

                progress = (_progress = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await progress.WaitAsync(cancellationToken);
        }
    }

    private void NoteProgress(Reader? gone = null)
    {
        TaskCompletionSource? progress;
        lock (_lock)
        {
            if (gone is not null)
            {
                _readers.Remove(gone);
            }

            (progress, _progress) = (_progress, null);
        }

        progress?.TrySetResult();
    }

    /// <summary>One reader's place in the body. Used by one thread at a time.</summary>
    internal sealed class Reader : IDisposable
    {
        private readonly SharedBody _body;
        private Piece _piece;
        private long _position;

        public Reader(SharedBody body, Piece first) => (_body, _piece) = (body, first);

        /// <summary>How many bytes it has taken.</summary>
        public long Position => Interlocked.Read(ref _position);

        /// <summary>The next bytes, as soon as there are any; none at the end.</summary>
        /// <exception cref="SharedBodyException">The body is not whole.</exception>
        public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
        {
            var next = _piece.Next;
            var piece = next.IsCompletedSuccessfully ? await next : await next.WaitAsync(cancellationToken);
            if (piece is null)
            {
                return _body._failure is { } failure ? throw new SharedBodyException(failure) : ReadOnlyMemory<byte>.Empty;
            }

            _piece = piece;
            Interlocked.Add(ref _position, piece.Bytes.Length);
            if (_body.HasOverflowed)
            {
                _body.NoteProgress();
            }

            return piece.Bytes;
        }

        public void Dispose() => _body.NoteProgress(gone: this);
    }

    /// <summary>Bytes that came together, and the way to those that follow.</summary>
    internal sealed class Piece(ReadOnlyMemory<byte> bytes)
    {
        private readonly TaskCompletionSource<Piece?> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ReadOnlyMemory<byte> Bytes => bytes;

        /// <summary>The next piece once it is here; null at the end.</summary>
        public Task<Piece?> Next => _next.Task;

        public void SetNext(Piece? next) => _next.TrySetResult(next);
    }
}

/// <summary>The upstream of a shared answer failed after its first bytes.</summary>
internal sealed class SharedBodyException(Exception inner) : IOException("The shared answer broke off.", inner);
