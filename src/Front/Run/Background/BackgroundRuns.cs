using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using GatewayActors.Front.Compat;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Egress;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayActors.Front.Run.Background;

/// <summary>Runs models whose callers do not wait: answers them at once, and goes on with an exchange of its own. Thread-safe.</summary>
/// <remarks>Such a run lives in this process alone. What a crash or the end of a drain cuts is lost, and nobody is told.</remarks>
internal sealed partial class BackgroundRuns(
    Lazy<ExchangePipeline> pipeline, RunWebhooks webhooks, GatewayOptions options, TimeProvider timeProvider, ILogger<BackgroundRuns> logger)
{
    /// <summary>How many runs of one account may be under way in a process.</summary>
    public const int MostPerAccount = 100;

    private readonly ConcurrentDictionary<string, int> _running = new(StringComparer.Ordinal);

    /// <summary>Begins a run and answers its caller, or fails the exchange.</summary>
    /// <param name="exchange">The exchange of the caller.</param>
    /// <param name="call">What its body says.</param>
    /// <param name="body">Its body.</param>
    public async ValueTask QueueAsync(Exchange exchange, RunCall call, ReadOnlyMemory<byte> body)
    {
        var account = exchange.Gateway.AccountId;
        if (call.Background!.WebhookUrl is { } url && TenantUrl.Problem(url, options.Upstream.AllowPrivateNetworks) is { } problem)
        {
            exchange.Fail(new(GatewayErrorKind.MalformedRequest, $"options.webhookUrl: {problem}."));
            return;
        }

        if (_running.AddOrUpdate(account, 1, (_, count) => count + 1) > MostPerAccount)
        {
            Release(account);
            exchange.Fail(new(GatewayErrorKind.RateLimited, $"The account has {MostPerAccount} background runs under way."));
            return;
        }

        var run = Continue(exchange, call, body);
        _ = RunAsync(run, call, account); // Nobody waits for it; it catches what goes wrong itself.
        exchange.Http.Response.StatusCode = StatusCodes.Status202Accepted;
        await JsonAnswer.WriteAsync(exchange, Encoding.UTF8.GetBytes(
            $$$"""{"id":"{{{run.IdText}}}","state":"Queued","result":{"id":"{{{run.IdText}}}","state":"Queued"},"success":true,"errors":[],"messages":[]}"""));
    }

    /// <summary>The exchange that goes on: the caller's, with a request and an answer of its own.</summary>
    private Exchange Continue(Exchange exchange, RunCall call, ReadOnlyMemory<byte> body)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(body.Length); // The caller's own goes back when it has been answered.
        body.CopyTo(buffer);
        var http = new DefaultHttpContext();
        var from = exchange.Http.Request;
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = exchange.RawTarget;
        http.Request.Method = from.Method;
        http.Request.Path = from.Path;
        foreach (var (name, values) in from.Headers)
        {
            http.Request.Headers[name] = values;
        }

        http.Response.Body = new RunAnswer();
        var now = timeProvider.GetUtcNow();
        var run = new Exchange(http, ExchangeIds.Create(now), now, timeProvider.GetTimestamp())
        {
            IsContinued = true,
            RawTarget = exchange.RawTarget,
            Gateway = exchange.Gateway,
            Snapshot = exchange.Snapshot,
            SecretsVersion = exchange.SecretsVersion,
            DlpVersion = exchange.DlpVersion,
            Principal = exchange.Principal,
            Identity = exchange.Identity,
            ConsumedHeaders = exchange.ConsumedHeaders,
            Rate = exchange.Rate,
            Rest = exchange.Rest,
            Run = new(pathModel: null) { Call = call with { Background = null } },
            Body = new BufferedRequestBody(buffer, body.Length),
        };
        run.Headers.Read(from.Headers, exchange.ConsumedHeaders);
        run.Headers.Read(call.Options);
        return run;
    }

    private async Task RunAsync(Exchange run, RunCall call, string account)
    {
        await Task.Yield(); // The caller's answer goes first.
        var answer = run.Http.Response.Body;
        try
        {
            await pipeline.Value.RunAsync(run);
            await run.Http.Response.CompleteAsync();
            if (call.Background is { WebhookUrl: { } url } delivery)
            {
                await webhooks.SendAsync(new(url), RunEvent.Write(run, call.Model, (RunAnswer)answer, delivery.IsChat), run.Id);
            }
        }
#pragma warning disable CA1031 // Nobody waits for this task: what is not caught here is never seen.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogRunFailed(run.Id, exception);
        }
        finally
        {
            Release(account);
        }
    }

    private void Release(string account)
    {
        if (_running.AddOrUpdate(account, 0, (_, count) => count - 1) == 0)
        {
            _running.TryRemove(new(account, 0)); // Only if none has begun meanwhile.
        }
    }

    [LoggerMessage(EventId = 1305, EventName = "BackgroundRunFailed", Level = LogLevel.Error, Message = "The background run {ExchangeId} ended without a notice to its webhook.")]
    private partial void LogRunFailed(Guid exchangeId, Exception exception);
}
