using System.Collections.Concurrent;
using System.Threading.Channels;

namespace GatewayActors.Testing.Upstreams;

/// <summary>
/// One test's own share of a fake upstream: its replies and what it received. Requests find it by the header <see cref="HeaderName"/>,
/// which a gateway passes on like any header it does not know.
/// </summary>
public sealed class UpstreamScript
{
    /// <summary>The header that carries <see cref="Id"/>.</summary>
    public const string HeaderName = "x-test-script";

    private readonly ConcurrentQueue<UpstreamReply> _replies = new();
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private readonly Channel<RecordedRequest> _arrivals = Channel.CreateUnbounded<RecordedRequest>();
    private Func<RecordedRequest, UpstreamReply>? _otherwise;

    internal UpstreamScript(string id) => Id = id;

    /// <summary>The name of this script.</summary>
    public string Id { get; }

    /// <summary>Everything received so far, in the order of arrival.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    /// <summary>Adds the reply to the next request that has none yet.</summary>
    public UpstreamScript Then(UpstreamReply reply)
    {
        _replies.Enqueue(reply);
        return this;
    }

    /// <summary>Sets what every request gets for which no reply is left.</summary>
    public UpstreamScript Otherwise(Func<RecordedRequest, UpstreamReply> reply)
    {
        _otherwise = reply;
        return this;
    }

    /// <summary>The next request, as soon as its headers are here. Each request is handed out once.</summary>
    public ValueTask<RecordedRequest> NextAsync(CancellationToken cancellationToken) => _arrivals.Reader.ReadAsync(cancellationToken);

    internal UpstreamReply ReplyTo(RecordedRequest request)
    {
        // 418 is in nobody's list of statuses to retry, so a call too many is seen as what it is.
        var reply = _replies.TryDequeue(out var next)
            ? next
            : _otherwise?.Invoke(request) ?? UpstreamReply.Json("""{"error":{"message":"the script has no reply left"}}""", 418);
        _requests.Enqueue(request);
        _arrivals.Writer.TryWrite(request);
        return reply;
    }
}
