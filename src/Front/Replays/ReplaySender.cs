using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Abstractions.Replays;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayActors.Front.Replays;

/// <summary>
/// Sends a logged request once more: an exchange like every other, with limits, credentials, costs and a log entry of its own. Only its
/// caller is known already, and its answer goes nowhere but to the log. Thread-safe.
/// </summary>
internal sealed class ReplaySender(ExchangePipeline pipeline, ILogStore logs, TimeProvider timeProvider)
{
    /// <summary>Sends one.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="gatewayId">The gateway.</param>
    /// <param name="replay">The replay.</param>
    /// <param name="item">Its request.</param>
    /// <param name="cancellationToken">Breaks the exchange off, as a client does who goes away.</param>
    /// <returns>The item with what came back; null if it was broken off and is still to be sent.</returns>
    public async Task<ReplayItem?> SendAsync(string accountId, string gatewayId, Replay replay, ReplayItem item, CancellationToken cancellationToken)
    {
        if (await logs.FindAsync(accountId, gatewayId, item.SourceId, cancellationToken) is not { } source
            || await logs.ReadBodyAsync(accountId, gatewayId, item.SourceId, LogBodySide.Request, cancellationToken) is not { } body
            || ReplayRequest.Create(ReplayRequest.PathOf(source), body, replay.Definition.Target) is not { } request)
        {
            return item with { Problem = "The request is not in the log any more" };
        }

        var now = timeProvider.GetUtcNow();
        var started = timeProvider.GetTimestamp();
        var http = Context($"/v1/{accountId}/{gatewayId}/compat/{request.Endpoint}", request.Body, cancellationToken);
        http.Request.Headers["cf-aig-metadata"] = ReplayTags.Write(replay.Id, source);
        http.Request.Headers["cf-aig-skip-cache"] = "true"; // An answer out of the cache would say nothing about the model.
        var exchange = new Exchange(http, ExchangeIds.Create(now), now, started)
        {
            IsReplay = true,
            Principal = new TokenPrincipal
            {
                TokenId = replay.Definition.TokenId,
                AccountId = replay.Definition.IsOperator ? null : accountId,
                Permissions = Permissions.GatewayRun,
            },
        };
        await pipeline.RunAsync(exchange);
        await http.Response.CompleteAsync();
        return exchange.ClientGone || ReferenceEquals(exchange.Error, GatewayError.Stopping)
            ? null
            : item with { Replayed = Figures(exchange, timeProvider.GetElapsedTime(started)), ReplayedId = exchange.Step is { IsLogged: true } step ? step.LogId : null };
    }

    private static ReplayFigures Figures(Exchange exchange, TimeSpan duration) => new()
    {
        StatusCode = exchange.StatusCode,
        Success = exchange is { StatusCode: < 400, Delivered: true, RelayFailure: null } && exchange.Step is null or { Usage.Error: null },
        CostUsd = exchange.Step?.Cost?.Usd,
        DurationMs = duration.TotalMilliseconds,
        TokensIn = exchange.Step?.Usage.Usage?.InputTotal,
        TokensOut = exchange.Step?.Usage.Usage?.OutputTotal,
    };

    private static DefaultHttpContext Context(string target, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var http = new DefaultHttpContext { RequestAborted = cancellationToken };
        var request = http.Features.GetRequiredFeature<IHttpRequestFeature>();
        (request.Method, request.RawTarget, request.Path, request.Scheme) = (HttpMethods.Post, target, target, Uri.UriSchemeHttp);
        request.Body = new MemoryStream(body.ToArray(), writable: false);
        http.Request.ContentType = "application/json";
        http.Request.ContentLength = body.Length;
        http.Response.Body = Stream.Null; // What is kept of the answer is in the log.
        return http;
    }
}
