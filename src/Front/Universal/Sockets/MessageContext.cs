using GatewayActors.Front.Pipeline;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayActors.Front.Universal.Sockets;

/// <summary>The request that a message of a WebSocket is: a universal one with what the handshake has asked of the gateway.</summary>
internal static class MessageContext
{
    /// <param name="handshake">The exchange of the handshake.</param>
    /// <param name="eventId">The client's name of the request.</param>
    /// <param name="request">The request's body.</param>
    /// <param name="answer">Where the answer goes.</param>
    /// <param name="gone">Cancelled when the client goes away.</param>
    public static HttpContext Create(Exchange handshake, string eventId, ReadOnlyMemory<byte> request, MessageAnswer answer, CancellationToken gone)
    {
        var http = new DefaultHttpContext();
        http.Features.Set<IHttpResponseFeature>(answer);
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answer));
        http.Features.Set<IHttpRequestLifetimeFeature>(new Lifetime { RequestAborted = gone });
        var target = $"/v1/{handshake.Gateway.AccountId}/{handshake.Gateway.GatewayId}";
        var feature = http.Features.GetRequiredFeature<IHttpRequestFeature>();
        (feature.Method, feature.RawTarget, feature.Path, feature.Scheme) = (HttpMethods.Post, target, target, handshake.Http.Request.Scheme);
        feature.Body = new MemoryStream(request.ToArray(), writable: false);
        http.Connection.RemoteIpAddress = handshake.Http.Connection.RemoteIpAddress;
        foreach (var (name, values) in handshake.Http.Request.Headers)
        {
            var isOurs = name.StartsWith("cf-", StringComparison.OrdinalIgnoreCase) && !AuthenticationStage.IsConsumed(handshake.ConsumedHeaders, name);
            if (isOurs || name.Equals("user-agent", StringComparison.OrdinalIgnoreCase) || name.Equals("traceparent", StringComparison.OrdinalIgnoreCase))
            {
                http.Request.Headers[name] = values;
            }
        }

        http.Request.Headers["cf-aig-event-id"] = eventId;
        http.Request.ContentType = "application/json";
        http.Request.ContentLength = request.Length;
        return http;
    }

    /// <summary>An answer that breaks off ends no connection: others are under way on it.</summary>
    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; }

        public void Abort()
        {
        }
    }
}
