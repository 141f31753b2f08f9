using System.Collections.Concurrent;
using GatewayActors.Abstractions.Replays;
using Orleans.Runtime;

namespace GatewayActors.Front.Replays;

/// <summary>Runs the replays that this process has claimed, a few at a time; the others wait for their turn.</summary>
internal sealed partial class ReplayRunner(IServiceProvider services, IHostApplicationLifetime lifetime, ILogger<ReplayRunner> logger)
    : IReplayRunner, IHostedService, IDisposable
{
    private const int AtOnce = 4;

    private readonly SemaphoreSlim _free = new(AtOnce);
    private readonly ConcurrentDictionary<string, Running> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopped = new();

    public void Begin(string key)
    {
        var running = new Running(CancellationTokenSource.CreateLinkedTokenSource(_stopped.Token));
        if (_running.TryAdd(key, running))
        {
            running.Task = RunAsync(key, running);
        }
        else
        {
            running.Abort.Dispose();
        }
    }

    public void Abort(string key)
    {
        if (_running.TryGetValue(key, out var running))
        {
            running.Cancel();
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The drain has waited for what could end; the rest is broken off, and sent again after the next start.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopped.CancelAsync();
        await Task.WhenAll(_running.Values.Select(running => running.Task));
    }

    public void Dispose()
    {
        _stopped.Dispose();
        _free.Dispose();
    }

    private async Task RunAsync(string key, Running running)
    {
        await Task.Yield(); // Whoever begins it does not wait.
        try
        {
            await _free.WaitAsync(running.Abort.Token);
            try
            {
                var run = ActivatorUtilities.CreateInstance<ReplayRun>(services, key);
                await run.RunAsync(running.Abort.Token, lifetime.ApplicationStopping);
            }
            finally
            {
                _free.Release();
            }
        }
        catch (OperationCanceledException) when (running.Abort.IsCancellationRequested)
        {
            // Cancelled, or the process ends.
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException or IOException)
        {
            LogInterrupted(key, exception); // It stays among the pending work, and is woken within a minute.
        }
#pragma warning disable CA1031 // Nobody waits for this task: what is not caught here is never seen.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogDefect(key, exception);
        }
        finally
        {
            _running.TryRemove(key, out _);
            running.Dispose();
        }
    }

    [LoggerMessage(EventId = 1601, EventName = "ReplayInterrupted", Level = LogLevel.Warning, Message = "The replay {Replay} was interrupted; it goes on within a minute.")]
    private partial void LogInterrupted(string replay, Exception exception);

    [LoggerMessage(EventId = 1602, EventName = "ReplayDefect", Level = LogLevel.Error, Message = "The replay {Replay} failed.")]
    private partial void LogDefect(string replay, Exception exception);

    private sealed class Running(CancellationTokenSource abort) : IDisposable
    {
        private readonly Lock _lock = new();
        private bool _isDisposed;

        public CancellationTokenSource Abort => abort;

        public Task Task { get; set; } = Task.CompletedTask;

        public void Cancel()
        {
            lock (_lock)
            {
                if (!_isDisposed)
                {
                    abort.Cancel();
                }
            }
        }

        public void Dispose()
        {
            lock (_lock)
            {
                _isDisposed = true;
                abort.Dispose();
            }
        }
    }
}
