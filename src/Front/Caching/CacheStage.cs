using GatewayActors.Abstractions.Caching;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Caching;

/// <summary>
/// Answers a step out of the cache, or along with another exchange that is fetching the same answer. Else it gives the step the task of
/// fetching it.
/// </summary>
internal sealed class CacheStage(CacheShards shards, Flights flights, RecentAnswers recent)
{
    /// <summary>
    /// Whether an exchange may be answered out of the cache, as far as is known before its admission. Steps of a universal request may
    /// ask for it by headers of their own.
    /// </summary>
    public static bool MayAnswer(Exchange exchange) =>
        exchange.IsUniversal || (!exchange.IsWebSocket && exchange.Gateway.Seen is { } seen && CachePlan.For(exchange.Http.Request.Method, seen.Cache, exchange.Headers) is not null);

    /// <summary>How many bytes of a request's body must be in memory for it to be looked up; 0 where nothing is cached.</summary>
    public static int BodyBytes(Step step) => Plan(step) is null ? 0 : CachePlan.MaxBytes;

    /// <returns>
    /// The answer; or what the step's own answer is to be handed to; or neither, where nothing is cached, or where the step has failed
    /// or its client is gone.
    /// </returns>
    public async ValueTask<(Answer? Answer, CacheFetch? Fetch)> InvokeAsync(Step step)
    {
        if (Plan(step) is not { } plan)
        {
            return default;
        }

        var form = AnswerForm.Of(step);
        if (!MayLookUp(step, form))
        {
            return default;
        }

        var settings = step.Exchange.Snapshot.Cache;
        var key = CacheKeys.Create(step, plan.Key, form);
        if (recent.TryGet(key, settings, out var held) && form.Fit(held.Answer) is { } fitting)
        {
            return (new CachedReply(fitting, AnswerSource.Cache, ReferenceEquals(fitting, held.Answer) ? held : null), null);
        }

        var fetch = new CacheFetch(step, plan, key, form, shards, flights, recent);
        if (!settings.SingleFlight)
        {
            return await LookUpAsync(fetch, CacheSharing.None);
        }

        while (true)
        {
            if (flights.JoinOrBegin(fetch.FlightKey, out var flight))
            {
                fetch.Lead(flight);

                // Who asks for a stream wants its first words now, and another front could hand over only all of it at the end.
                return await LookUpAsync(fetch, step.WantsStream ? CacheSharing.Reserve : CacheSharing.ReserveOrWait);
            }

            var seat = new FlightSeat(flight, step.Exchange.Http.RequestAborted);
            var start = await WaitAsync(step, flight);
            if (start is FlightStart.Answered answered && IsFor(fetch, answered.OnlyFor) && flight.Body.TryAddReader() is { } reader)
            {
                return (new FollowerReply(flight, reader, answered.Head, seat, step.Exchange.Http.RequestAborted), null);
            }

            seat.Dispose();
            switch (start)
            {
                case null:
                    step.Exchange.ClientGone = true;
                    return default;
                case FlightStart.Cached { OnlyFor: { } only } when only != fetch.Request:
                case FlightStart.Failed { OnlyFor: { } request } when request != fetch.Request:
                    return default; // Another request's failure: this one calls for itself.
                case FlightStart.Cached cached:
                    return (new CachedReply(cached.Answer, cached.IsStale ? AnswerSource.StaleCache : AnswerSource.Cache), null);
                case FlightStart.Failed failed:
                    step.Fail(failed.Error);
                    if (failed.Error.EndsExchange)
                    {
                        step.Exchange.Fail(failed.Error);
                    }

                    return default;
                case FlightStart.Answered:
                    return default; // Another request's failure; or too long to be kept, and too late to join.
                default:
                    if (start == FlightStart.Alone)
                    {
                        return default;
                    }

                    break;
            }
        }
    }

    private static bool IsFor(CacheFetch fetch, CacheKey? only) => only is null || only == fetch.Request;

    private static async ValueTask<(Answer? Answer, CacheFetch? Fetch)> LookUpAsync(CacheFetch fetch, CacheSharing sharing)
    {
        var isHanded = false;
        try
        {
            var answer = await fetch.LookUpAsync(sharing);
            isHanded = answer is null;
            return (answer, isHanded ? fetch : null);
        }
        finally
        {
            if (!isHanded)
            {
                fetch.Dispose();
            }
        }
    }

    private static CachePlan? Plan(Step step) => CachePlan.For(step.Method, step.Exchange.Snapshot.Cache, step.Headers);

    private static bool MayLookUp(Step step, AnswerForm form) =>
        step.Body is { IsWhole: true, Length: <= CachePlan.MaxBytes }
        && (form.IsShared || step.Exchange.Snapshot.Cache.Streaming || !(step.WantsStream || step.Route.Address.Path.Contains("stream", StringComparison.OrdinalIgnoreCase)));

    /// <summary>What the flight brings; null if the client went away first.</summary>
    private static async ValueTask<FlightStart?> WaitAsync(Step step, Flight flight)
    {
        try
        {
            return await flight.Start.WaitAsync(step.Exchange.Http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
