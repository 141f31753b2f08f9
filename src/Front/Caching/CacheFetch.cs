using GatewayActors.Abstractions.Caching;
using GatewayActors.Front.Dlp;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Gateways;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Caching;

/// <summary>
/// The task of fetching one answer that may be cached. Whoever has it hands the answer to <see cref="CompleteAsync"/>, or disposes it
/// without: then the next one who wants the answer gets the task.
/// </summary>
internal sealed class CacheFetch : IDisposable
{
    private static readonly CacheLookup Miss = new() { Outcome = CacheOutcome.Miss };
    private static readonly IOException Unfinished = new("The answer was not fetched to its end.");

    private readonly Step _step;
    private readonly CachePlan _plan;
    private readonly CacheKey _key;
    private readonly AnswerForm _form;
    private readonly CacheShards _shards;
    private readonly Flights _flights;
    private readonly RecentAnswers _recent;
    private Flight? _flight;
    private FlightSeat? _seat;
    private CacheLookup? _lookup;
    private ITimer? _keeping;
    private bool _isHandedOver;
    private bool _keepsSeat;
    private bool _isStored;

    public CacheFetch(Step step, in CachePlan plan, CacheKey key, AnswerForm form, CacheShards shards, Flights flights, RecentAnswers recent)
    {
        (_step, _plan, _key, _form, _shards, _flights, _recent) = (step, plan, key, form, shards, flights, recent);
        FlightKey = new(key, form, step.Exchange.Snapshot.Version, step.AttemptPolicy, step.HasFallback, plan.StaleFor);
    }

    public FlightKey FlightKey { get; }

    private CacheSettings Settings => _step.Exchange.Snapshot.Cache;

    /// <summary>
    /// The request, where others may share the flight that are not the same: a client's key stands for answers that may stand for one
    /// another, but what is wrong with one request or credential is not wrong with the next. Null where all are the same.
    /// </summary>
    public CacheKey? Request => _plan.Key is null ? null : CacheKeys.Create(_step, clientKey: null, _form);

    /// <summary>Makes this the one that fetches for a flight.</summary>
    public void Lead(Flight flight)
    {
        _flight = flight;
        _seat = new(flight, _step.Exchange.Http.RequestAborted);
        _step.Aborted = flight.Abandoned; // Others may wait when the client has gone.
    }

    /// <summary>Looks the answer up in its shard.</summary>
    /// <returns>The answer, for this exchange and its followers; null if it is to be fetched.</returns>
    public async ValueTask<Answer?> LookUpAsync(CacheSharing sharing)
    {
        var query = new CacheQuery { Generation = Settings.Generation, GatewayTtl = Settings.Ttl, StaleFor = _plan.StaleFor, Sharing = sharing };
        _lookup = await _shards.LookUpAsync(_step.Exchange.Gateway, _key, query, _step.Aborted);
        switch (_lookup.Outcome)
        {
            case CacheOutcome.Hit:
                _recent.Hold(_key, Settings, _lookup.Answer!);
                if (_form.Fit(_lookup.Answer!) is not { } answer)
                {
                    _lookup = Miss; // Kept in another form, and it lacks something in this one. What is fetched takes its place.
                    return null;
                }

                _flight?.Begin(new FlightStart.Cached(answer, IsStale: false, OnlyFor: null));
                return new CachedReply(answer, AnswerSource.Cache);
            case CacheOutcome.Reserved:
                _keeping = _shards.Keep(_step.Exchange.Gateway, _key, _lookup.Reservation);
                return null;
            case CacheOutcome.Miss or CacheOutcome.Pending or CacheOutcome.Outdated:
            default:
                return null;
        }
    }

    /// <summary>Takes what the upstream has answered: shares it, and stores it once it is whole.</summary>
    /// <param name="attempt">The answer, whatever its status; null for none. It is this method's from now on.</param>
    /// <returns>What the exchange goes on with; null if there is nothing.</returns>
    public async ValueTask<Answer?> CompleteAsync(Answer? attempt)
    {
        if (_lookup?.Answer is { } kept && !_step.HasFallback && IsFailure(attempt) && _form.Fit(kept) is { } stale)
        {
            attempt?.Dispose();
            _step.Recover();
            _flight?.Begin(new FlightStart.Cached(stale, IsStale: true, OnlyFor: Request));
            return new CachedReply(stale, AnswerSource.StaleCache);
        }

        if (attempt is null)
        {
            if (_step.Error is { } error
                && (error.EndsExchange || error.Kind is GatewayErrorKind.UpstreamTimeout or GatewayErrorKind.UpstreamUnreachable or GatewayErrorKind.UpstreamPaused))
            {
                _flight?.Begin(new FlightStart.Failed(error, OnlyFor: Request));
            }

            return null;
        }

        // What a fallback will drop ends with this exchange; nobody else can be left reading it.
        var isDropped = _step.HasFallback && attempt.IsFailure;
        if (isDropped || !StorableAnswers.MayShare(attempt.ContentType, Settings.Streaming))
        {
            _keepsSeat = true; // The rest of it is read as long as the client is there.
            _flight?.Begin(FlightStart.Alone);
            return attempt;
        }

        return attempt.IsWhole ? await ShareWholeAsync(attempt) : ShareWhileItComesIn(attempt);
    }

    public void Dispose()
    {
        if (!_isHandedOver)
        {
            End();
        }
    }

    /// <summary>Whether the provider has failed, rather than refused the request.</summary>
    private bool IsFailure(Answer? attempt) => attempt is null
        ? _step.Error is { Kind: GatewayErrorKind.UpstreamTimeout or GatewayErrorKind.UpstreamUnreachable or GatewayErrorKind.UpstreamPaused }
        : attempt.StatusCode is 429 or >= 500 || attempt.StatesError;

    private async ValueTask<Answer> ShareWholeAsync(Answer attempt)
    {
        var body = attempt.First.ToArray();
        var head = Head(attempt);
        if (_flight is not null)
        {
            await _flight.Body.AppendAsync(body, CancellationToken.None);
            _flight.Body.Complete();
            _flight.Begin(Answered(attempt, head));
        }

        await StoreAsync(attempt, head, body);
        return attempt;
    }

    private LeaderReply ShareWhileItComesIn(Answer attempt)
    {
        _isHandedOver = true;
        var flight = _flight ?? new Flight(); // Without others to share with, still what keeps the body.
        var seat = _seat ?? new FlightSeat(flight, _step.Exchange.Http.RequestAborted);
        var reader = flight.Body.TryAddReader()!; // Nothing is in it yet.
        var head = Head(attempt);
        flight.Begin(Answered(attempt, head));
        return new(flight, reader, attempt, FetchAsync(flight, attempt, head), seat, _step.Exchange.Http.RequestAborted);
    }

    /// <summary>Brings the rest of the body in, at the provider's pace and not at that of any client.</summary>
    private async Task FetchAsync(Flight flight, Answer attempt, SharedHead head)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // The head goes out meanwhile.
        Exception? failure = Unfinished; // Unless it is taken back: whatever goes wrong, half an answer must not pass for a whole one.
        try
        {
            await flight.Body.AppendAsync(attempt.First.ToArray(), flight.Abandoned);
            while (await attempt.ReadNextAsync() is { IsEmpty: false } piece)
            {
                await flight.Body.AppendAsync(piece.ToArray(), flight.Abandoned);
            }

            if (!flight.Body.HasOverflowed)
            {
                await StoreAsync(attempt, head, flight.Body.ToMemory());
            }

            failure = null;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException)
        {
            flight.TimedOut = attempt.TimedOut;
            failure = exception;
        }
        finally
        {
            // Before the last client has seen the end: a request that follows must find the answer in the shard, not the flight's rest.
            End();
            flight.Body.Complete(failure);
        }
    }

    private async ValueTask StoreAsync(Answer attempt, SharedHead head, ReadOnlyMemory<byte> body)
    {
        var mayStore = _lookup is not null and not { Outcome: CacheOutcome.Outdated }
            && attempt.StatusCode is >= 200 and <= 299
            && body.Length <= CachePlan.MaxBytes
            && !attempt.StatesError
            && StreamEnds.IsReached(_step.Route.Address.Path, head.ContentType, body.Span);
        if (!mayStore)
        {
            return;
        }

        _isStored = true;
        await _shards.StoreAsync(_step.Exchange.Gateway, _key, Settings.Generation, new()
        {
            StatusCode = head.StatusCode,
            ContentType = head.ContentType,
            Headers = head.Headers,
            Body = body,
            Model = attempt.Report()?.Model,
            Ttl = _plan.Ttl,
            StaleFor = _plan.StaleFor,
            FollowsGateway = _plan.FollowsGateway,
        });
    }

    private FlightStart.Answered Answered(Answer attempt, SharedHead head) => new(head, OnlyFor: attempt.IsFailure ? Request : null);

    // What was found in the answer stands beside it for everybody who gets it: nobody scans it again.
    private SharedHead Head(Answer attempt)
    {
        var headers = StorableAnswers.LastingHeaders(attempt);
        return new(attempt.StatusCode, attempt.ContentType, DlpReport.ToHeader(_step) is { } dlp ? [.. headers, KeyValuePair.Create(ExchangeResponseHeaders.Dlp, dlp)] : headers);
    }

    /// <summary>Lets others have the task, should they still want the answer.</summary>
    private void End()
    {
        _keeping?.Dispose();
        if (!_isStored && _lookup is { Outcome: CacheOutcome.Reserved, Reservation: var reservation })
        {
            _shards.Abandon(_step.Exchange.Gateway, _key, reservation);
        }

        if (_flight is { } flight)
        {
            _flights.Remove(FlightKey, flight);
            flight.Begin(FlightStart.Again);
        }

        if (!_isHandedOver && !_keepsSeat)
        {
            _seat?.Dispose();
        }
    }
}
