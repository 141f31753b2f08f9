using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Front.Upstreams.Health;

/// <summary>
/// What a front knows of the upstreams of one gateway: what the gateway's grain has told it, and what it has seen since. Holds only
/// upstreams about which there is something to say. Thread-safe.
/// </summary>
internal sealed class GatewayHealth
{
    /// <summary>An upstream that nobody has heard of for this time is forgotten, as its gateway's grain does.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan ForgetInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Known> _upstreams = new(StringComparer.Ordinal);
    private readonly Dictionary<string, UpstreamReport> _unsent = new(StringComparer.Ordinal);
    private DateTimeOffset _forgetsAt;
    private long _seenVersion;
    private volatile bool _isTroubled;
    private bool _isSending;

    /// <summary>The version to ask the grain with; 0 for none.</summary>
    public long SeenVersion => Volatile.Read(ref _seenVersion);

    /// <summary>Whether there is anything to say about any upstream. Free to ask, and nearly always false.</summary>
    public bool IsTroubled => _isTroubled;

    /// <summary>How many upstreams there is something to say about.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _upstreams.Count;
            }
        }
    }

    /// <summary>Takes over what an admission has brought.</summary>
    public void Accept(UpstreamHealth health, DateTimeOffset now)
    {
        lock (_lock)
        {
            // Answers may overtake each other; 0 is a grain that knows nothing, because it has just been activated.
            if (health.Version != 0 && health.Version <= _seenVersion)
            {
                return;
            }

            var told = health.Upstreams.ToDictionary(condition => condition.Upstream, StringComparer.Ordinal);
            foreach (var (upstream, known) in _upstreams)
            {
                // What was reported from here and is not in the answer yet is not given up.
                if (!told.ContainsKey(upstream) && !_unsent.ContainsKey(upstream) && known.CooledUntil <= now)
                {
                    _upstreams.Remove(upstream);
                }
            }

            foreach (var (upstream, condition) in told)
            {
                var known = _upstreams.GetValueOrDefault(upstream);
                var cooledUntil = now + condition.CoolFor;
                _upstreams[upstream] = known with
                {
                    HasFailed = true,
                    HeardAt = now,
                    CooledUntil = cooledUntil > known.CooledUntil ? cooledUntil : known.CooledUntil,
                    OpenUntil = condition.OpenFor is { } openFor ? now + openFor : null,

                    // The grain has heard how the last one that found out fared, and says how long the next one waits. What is
                    // wrong here for a moment, because this was said before one of ours asked, costs a question.
                    ProbedUntil = now + condition.ProbeFor,
                    Probe = condition.OpenFor > TimeSpan.Zero ? Guid.Empty : known.Probe,
                };
            }

            _isTroubled = _upstreams.Count > 0;
            Volatile.Write(ref _seenVersion, health.Version);
        }
    }

    /// <summary>Whether an upstream may be called now.</summary>
    /// <param name="upstream">Its name.</param>
    /// <param name="breaks">Whether the gateway has its circuit breaker switched on.</param>
    /// <param name="mindsCooling">Whether an upstream that asks to be left alone is left alone.</param>
    /// <param name="now">The time.</param>
    /// <param name="caller">Names the call.</param>
    /// <param name="asks">Whether the gateway's grain must be asked first: the call would find out whether the upstream is well again.</param>
    /// <returns>How long it is still left alone; null if it may be called.</returns>
    public TimeSpan? Enter(string upstream, bool breaks, bool mindsCooling, DateTimeOffset now, Guid caller, out bool asks)
    {
        asks = false;
        lock (_lock)
        {
            Forget(now);
            if (!_upstreams.TryGetValue(upstream, out var known))
            {
                return null;
            }

            if (mindsCooling && known.CooledUntil > now)
            {
                return known.CooledUntil - now;
            }

            if (!breaks || known.OpenUntil is not { } openUntil)
            {
                return null;
            }

            var until = openUntil > known.ProbedUntil ? openUntil : known.ProbedUntil;
            if (until > now)
            {
                return until - now;
            }

            // Half-open: this one finds out, unless a call of another front does; the others wait.
            asks = true;
            _upstreams[upstream] = known with { Probe = caller, ProbedUntil = now + UpstreamProbe.Longest };
            return null;
        }
    }

    /// <summary>Notes that a call may not find out, because another front's does, or because the upstream is well.</summary>
    /// <param name="upstream">Its name.</param>
    /// <param name="probe">The call.</param>
    /// <param name="wait">How long nobody else needs to ask.</param>
    /// <param name="now">The time.</param>
    public void NoteRefused(string upstream, Guid probe, TimeSpan wait, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_upstreams.TryGetValue(upstream, out var known) && known.Probe == probe)
            {
                _upstreams[upstream] = known with { Probe = Guid.Empty, ProbedUntil = now + wait };
            }
        }
    }

    /// <summary>Notes that an upstream has answered. To be called only where <see cref="IsTroubled"/>.</summary>
    /// <returns>Whether the grain has to be told, and nobody is about to.</returns>
    public bool NoteAnswer(string upstream, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (!_upstreams.TryGetValue(upstream, out var known))
            {
                return false;
            }

            if (!known.HasFailed)
            {
                RemoveIfWell(upstream, known, now);
                return false;
            }

            RemoveIfWell(upstream, known with { HasFailed = false, OpenUntil = null, ProbedUntil = default, Probe = Guid.Empty, HeardAt = now }, now);
            return Add(new() { Upstream = upstream, HasAnswered = true, CoolFor = _unsent.GetValueOrDefault(upstream).CoolFor });
        }
    }

    /// <summary>Notes that an upstream has failed, or asks to be left alone.</summary>
    /// <param name="upstream">Its name.</param>
    /// <param name="hasFailed">Whether it counts as a failure.</param>
    /// <param name="coolFor">How long it asks to be left alone; null if it does not.</param>
    /// <param name="now">The time.</param>
    /// <param name="probe">The call, if it was to find out; else empty.</param>
    /// <returns>Whether the grain has to be told, and nobody is about to.</returns>
    public bool NoteFailure(string upstream, bool hasFailed, TimeSpan? coolFor, DateTimeOffset now, Guid probe)
    {
        lock (_lock)
        {
            Forget(now);
            var known = _upstreams.GetValueOrDefault(upstream);
            var cooledUntil = coolFor is { } length ? now + length : default;
            var hasFoundOut = hasFailed && probe != Guid.Empty && probe == known.Probe;
            _upstreams[upstream] = known with
            {
                HasFailed = known.HasFailed || hasFailed,
                HeardAt = now,
                CooledUntil = cooledUntil > known.CooledUntil ? cooledUntil : known.CooledUntil,

                // Until the grain has said when the next one may find out, none does.
                ProbedUntil = hasFoundOut ? now + UpstreamProbe.Longest : known.ProbedUntil,
            };
            if (!hasFoundOut)
            {
                EndProbe(upstream, probe);
            }

            _isTroubled = true;
            var unsent = _unsent.GetValueOrDefault(upstream);
            return Add(unsent with
            {
                Upstream = upstream,
                Failures = unsent.Failures + (hasFailed ? 1 : 0),
                CoolFor = coolFor > unsent.CoolFor || unsent.CoolFor is null ? coolFor : unsent.CoolFor,
                EndedProbe = hasFailed || probe == Guid.Empty ? unsent.EndedProbe : probe,
            });
        }
    }

    /// <summary>Notes that a call that was to find out has ended without saying anything about its upstream: another one may.</summary>
    /// <returns>Whether the grain has to be told, and nobody is about to.</returns>
    public bool NoteNothing(string upstream, Guid probe)
    {
        lock (_lock)
        {
            EndProbe(upstream, probe);
            return Add(_unsent.GetValueOrDefault(upstream) with { Upstream = upstream, EndedProbe = probe });
        }
    }

    /// <summary>Takes what the grain is to be told; null if there is nothing, and whoever asked stops telling.</summary>
    public UpstreamReport[]? TakeReports()
    {
        lock (_lock)
        {
            if (_unsent.Count == 0)
            {
                _isSending = false;
                return null;
            }

            UpstreamReport[] reports = [.. _unsent.Values];
            _unsent.Clear();
            return reports;
        }
    }

    // One sender at a time: while a call is under way, what comes meanwhile gathers for the next one.
    private bool Add(UpstreamReport report)
    {
        _unsent[report.Upstream] = report;
        var starts = !_isSending;
        _isSending = true;
        return starts;
    }

    /// <summary>Lets another call find out. Only the one that was to find out can: others may end at any time.</summary>
    private void EndProbe(string upstream, Guid probe)
    {
        if (probe != Guid.Empty && _upstreams.TryGetValue(upstream, out var known) && known.Probe == probe)
        {
            _upstreams[upstream] = known with { ProbedUntil = default, Probe = Guid.Empty };
        }
    }

    /// <summary>Now and then drops what is over: nobody may ever call these upstreams again.</summary>
    private void Forget(DateTimeOffset now)
    {
        if (now < _forgetsAt)
        {
            return;
        }

        _forgetsAt = now + ForgetInterval;
        foreach (var (upstream, known) in _upstreams) // Removing while enumerating is allowed for a dictionary.
        {
            var isOver = known.CooledUntil <= now && !(known.OpenUntil > now);
            if (isOver && (now - known.HeardAt > Remembered || known is { HasFailed: false, OpenUntil: null }))
            {
                _upstreams.Remove(upstream);
            }
        }

        _isTroubled = _upstreams.Count > 0;
    }

    private void RemoveIfWell(string upstream, Known known, DateTimeOffset now)
    {
        if (known is { HasFailed: false, OpenUntil: null } && known.CooledUntil <= now)
        {
            _upstreams.Remove(upstream);
            _isTroubled = _upstreams.Count > 0;
        }
        else
        {
            _upstreams[upstream] = known;
        }
    }

    private readonly record struct Known
    {
        /// <summary>Whether its next answer is news.</summary>
        public bool HasFailed { get; init; }

        public DateTimeOffset CooledUntil { get; init; }

        public DateTimeOffset? OpenUntil { get; init; }

        /// <summary>Until then others wait for the call that finds out.</summary>
        public DateTimeOffset ProbedUntil { get; init; }

        /// <summary>Which call of this front that is; empty for none.</summary>
        public Guid Probe { get; init; }

        /// <summary>When there was last something to note.</summary>
        public DateTimeOffset HeardAt { get; init; }
    }
}
