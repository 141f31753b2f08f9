using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace GatewayActors.Front.Tests.DataPlane;

/// <summary>A clock that stands still until the test moves it, and tells which timers were set on it.</summary>
internal sealed class TestClock : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    public TestClock() : base(new DateTimeOffset(2026, 7, 1, 12, 0, 0, TimeSpan.Zero))
    {
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, base.CreateTimer(callback, state, dueTime, period));
        Note(dueTime);
        return timer;
    }

    /// <summary>Waits until a timer of this length is set.</summary>
    public async Task SetAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        while (await _timers.Reader.ReadAsync(cancellationToken) != length)
        {
        }
    }

    /// <summary>The next timer that is set, other than those of these lengths.</summary>
    public async Task<TimeSpan> NextAsync(CancellationToken cancellationToken, params TimeSpan[] except)
    {
        while (true)
        {
            var length = await _timers.Reader.ReadAsync(cancellationToken);
            if (!except.Contains(length))
            {
                return length;
            }
        }
    }

    private void Note(TimeSpan length)
    {
        if (length > TimeSpan.Zero)
        {
            _timers.Writer.TryWrite(length);
        }
    }

    private sealed class Timer(TestClock clock, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = timer.Change(dueTime, period);
            clock.Note(dueTime);
            return changed;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
