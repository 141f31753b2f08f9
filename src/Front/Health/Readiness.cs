using System.Collections.Immutable;

namespace GatewayActors.Front.Health;

/// <summary>
/// Whether this process may get traffic, and why not. It starts as <see cref="ReadinessStatus.Starting"/> and drains for good once the
/// host stops. Thread-safe; one per process.
/// </summary>
internal sealed class Readiness
{
    private readonly Lock _lock = new();
    private ImmutableSortedDictionary<string, string> _problems = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
    private string? _fatal;
    private bool _started;
    private bool _draining;

    public Readiness(IHostApplicationLifetime lifetime)
    {
        // As the first step of a stop, so that the balancer hears of it while requests are still served.
        lifetime.ApplicationStopping.Register(BeginDraining);
    }

    /// <summary>The state right now.</summary>
    public ReadinessReport Current
    {
        get
        {
            lock (_lock)
            {
                ImmutableArray<string> problems = [.. _fatal is null ? [] : (string[])[_fatal], .. _problems.Select(problem => $"{problem.Key}: {problem.Value}")];
                return _draining ? new(ReadinessStatus.Draining, ["The process is stopping.", .. problems])
                    : !_started ? new(ReadinessStatus.Starting, ["The process has not finished starting.", .. problems])
                    : problems.IsEmpty ? new(ReadinessStatus.Ready, [])
                    : new(ReadinessStatus.Unhealthy, problems);
            }
        }
    }

    /// <summary>Whether only a restart can help.</summary>
    public bool IsLive
    {
        get
        {
            lock (_lock)
            {
                return _fatal is null;
            }
        }
    }

    /// <summary>Says that everything is up and warm. Called once, when the first request can be served at full speed.</summary>
    public void MarkStarted()
    {
        lock (_lock)
        {
            _started = true;
        }
    }

    /// <summary>Takes this process out of traffic for good. Called by itself when the host begins to stop.</summary>
    public void BeginDraining()
    {
        lock (_lock)
        {
            _draining = true;
        }
    }

    /// <summary>Says that a part cannot work; replaces what the part said before.</summary>
    /// <param name="part">A word for the part, such as <c>silo</c>.</param>
    /// <param name="problem">A sentence for the operator. It is shown without a token, so it holds no secret, host or account.</param>
    public void ReportProblem(string part, string problem)
    {
        lock (_lock)
        {
            _problems = _problems.SetItem(part, problem);
        }
    }

    /// <summary>Says that a part works again.</summary>
    public void ClearProblem(string part)
    {
        lock (_lock)
        {
            _problems = _problems.Remove(part);
        }
    }

    /// <summary>Says that only a restart of the process can help, such as after the cluster has declared it dead.</summary>
    public void ReportFatal(string problem)
    {
        lock (_lock)
        {
            _fatal = problem;
        }
    }
}

/// <summary>A state with its reasons.</summary>
internal sealed record ReadinessReport(ReadinessStatus Status, ImmutableArray<string> Reasons);

/// <summary>The states of a process.</summary>
internal enum ReadinessStatus
{
    /// <summary>Not yet up.</summary>
    Starting,

    /// <summary>Serving.</summary>
    Ready,

    /// <summary>Stopping: requests in flight are finished, new ones should go elsewhere.</summary>
    Draining,

    /// <summary>Up, but a part does not work.</summary>
    Unhealthy,
}
