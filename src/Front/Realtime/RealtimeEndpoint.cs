using System.Net.WebSockets;
using GatewayActors.Front.Billing;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Inspection;
using GatewayActors.Front.Limits;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Policies;
using GatewayActors.Front.Sockets;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Realtime;

namespace GatewayActors.Front.Realtime;

/// <summary>
/// Connects a client's WebSocket with one of the provider: the provider's first, so that a refusal is answered with its own status and body,
/// then the client's.
/// </summary>
internal sealed class RealtimeEndpoint(
    RoutingStage routing,
    StepRunner steps,
    ResponseRelay relay,
    InspectionStage inspection,
    Settlement settlement,
    PolicyStage policies,
    LimitsStage limits,
    LimitSettlement limitSettlement,
    Credits credits,
    SocketAcceptor acceptor,
    SocketStops stops,
    GatewayOptions options,
    TimeProvider timeProvider)
{
    /// <summary>Serves an exchange to its end; its errors are those of the exchange.</summary>
    public async ValueTask RunAsync(Exchange exchange, OfferedProtocols protocols)
    {
        if (LimitsStage.RefusesByRate(exchange))
        {
            return;
        }

        var step = CreateStep(exchange, protocols);
        exchange.Step = step;
        if (DataPlanePath.TryParse(exchange.RawTarget, out var path))
        {
            routing.Invoke(step, path.Provider, path.Rest, path.Query);
        }

        using var answer = step.Error is null ? await steps.RunAsync(step) : null;
        if (answer is Attempt { StatusCode: StatusCodes.Status101SwitchingProtocols } upgraded)
        {
            await ServeAsync(step, upgraded, protocols);
        }
        else if (answer is { StatusCode: < StatusCodes.Status400BadRequest })
        {
            exchange.Fail(new(GatewayErrorKind.UpstreamUnreachable, $"The provider answered the handshake of a WebSocket with {answer.StatusCode}."));
        }
        else if (answer is not null)
        {
            await relay.RelayAsync(step, answer);
        }
        else if (step.Error is { } error)
        {
            exchange.Fail(error);
        }
    }

    private Step CreateStep(Exchange exchange, OfferedProtocols protocols)
    {
        var policy = exchange.Headers.Override(exchange.Snapshot.Attempts);
        return new(exchange, exchange.Http.Request.Headers)
        {
            Method = HttpMethods.Get, // Also where the client's is CONNECT.
            Upgrade = new(protocols.Forwarded),
            AttemptPolicy = policy with { HedgeDelay = null, FirstByteTimeout = policy.FirstByteTimeout ?? options.WebSockets.HandshakeTimeout },
        };
    }

    private async ValueTask ServeAsync(Step step, Attempt upgraded, OfferedProtocols protocols)
    {
        var exchange = step.Exchange;
        var response = exchange.Http.Response;
        step.FirstByteTimestamp = timeProvider.GetTimestamp();
        upgraded.CopyHeaders(response.Headers);
        foreach (var name in HandshakeHeaders)
        {
            response.Headers.Remove(name);
        }

        ExchangeResponseHeaders.Write(exchange, response.Headers);
        var chosen = upgraded.Response.Headers.NonValidated.TryGetValues("Sec-WebSocket-Protocol", out var protocol) ? protocol.ToString() : null;
        exchange.StatusCode = step.StatusCode = StatusCodes.Status101SwitchingProtocols;
        step.ResponseContentType = RealtimeRecord.TextType;
        step.Session = new RealtimeRecord(step.KeepsPayload ? (int)Math.Min(options.Logs.MaxPayloadBytes, int.MaxValue) : 0);
        using var provider = WebSocket.CreateFromStream(upgraded.Body, new WebSocketCreationOptions
        {
            IsServer = false,
            KeepAliveInterval = options.WebSockets.PingInterval,
            KeepAliveTimeout = options.WebSockets.PongTimeout,
        });
        if (await acceptor.AcceptAsync(exchange, protocols.Choose(chosen)) is not { } accepted)
        {
            provider.Abort();
            exchange.ClientGone = true;
            await limitSettlement.SettleAsync(step, usd: 0, tokens: 0);
            return;
        }

        using var client = accepted;
        using var books = new RealtimeBooks(step, step.Session, settlement, policies, limits, limitSettlement, credits);
        using var guard = RealtimeGuard.Of(step, inspection);
        using var session = new RealtimeSession(
            new(RealtimeSender.Client, client),
            new(RealtimeSender.Provider, provider),
            step.Route.Provider.CreateRealtimeMeter(step.Route.Address),
            guard,
            books,
            step.Session,
            options,
            timeProvider);
        await session.RunAsync(stops.Closing);
        step.ResponseBytes = step.Session.Provider.Bytes;
        exchange.Delivered = !exchange.ClientGone && exchange.RelayFailure is null && step.Error is null;
    }

    private static readonly string[] HandshakeHeaders = ["Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Sec-WebSocket-Version", "Content-Length", "Content-Type"];
}
