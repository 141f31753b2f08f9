using System.Globalization;
using System.Text;

namespace GatewayActors.Testing.Upstreams;

/// <summary>What a fake upstream does with one request: steps, played in the order in which they were added.</summary>
/// <remarks>Status and headers go out with the first bytes, or when the script ends. Every <c>Send</c> is flushed by itself.</remarks>
public sealed class UpstreamReply
{
    internal abstract record Step;

    internal sealed record SetStatus(int Code) : Step;

    internal sealed record SetHeader(string Name, string Value) : Step;

    internal sealed record SendBytes(ReadOnlyMemory<byte> Bytes) : Step;

    internal sealed record SendHeaders : Step;

    internal sealed record TakeBody : Step;

    internal sealed record Echo : Step;

    internal sealed record Choose(Func<RecordedRequest, UpstreamReply> Reply) : Step;

    internal sealed record WaitFor(Gate Gate) : Step;

    internal sealed record Close(bool Reset) : Step;

    internal List<Step> Steps { get; } = [];

    /// <summary>Whether the request's body is read before the first step.</summary>
    internal bool ReadsBody { get; private set; } = true;

    /// <summary>A whole JSON answer with its length.</summary>
    public static UpstreamReply Json(string json, int status = 200, params ReadOnlySpan<(string Name, string Value)> headers)
    {
        var reply = new UpstreamReply().Status(status).Header("Content-Type", "application/json");
        foreach (var (name, value) in headers)
        {
            reply.Header(name, value);
        }

        return reply.Content(Encoding.UTF8.GetBytes(json));
    }

    /// <summary>The head of an event stream; the events are added with <see cref="Event"/>.</summary>
    public static UpstreamReply EventStream() => new UpstreamReply().Header("Content-Type", "text/event-stream; charset=utf-8");

    /// <summary>Answers with the request's own body and content type.</summary>
    public static UpstreamReply EchoBody() => new UpstreamReply().Add(new Echo());

    /// <summary>Answers as the request's body has it.</summary>
    public static UpstreamReply ByBody(Func<RecordedRequest, UpstreamReply> reply) => new UpstreamReply().Add(new Choose(reply));

    /// <summary>Sets the status.</summary>
    public UpstreamReply Status(int code) => Add(new SetStatus(code));

    /// <summary>Adds a header.</summary>
    /// <exception cref="InvalidOperationException">The head has gone out before.</exception>
    public UpstreamReply Header(string name, string value) => Steps.Exists(step => step is SendHeaders or SendBytes)
        ? throw new InvalidOperationException($"The header {name} would come after the body has begun.")
        : Add(new SetHeader(name, value));

    /// <summary>Sends a whole body with its length.</summary>
    public UpstreamReply Content(ReadOnlyMemory<byte> body) => Length(body.Length).Send(body);

    /// <summary>States a length, which need not be the true one.</summary>
    public UpstreamReply Length(long bytes) => Header("Content-Length", bytes.ToString(CultureInfo.InvariantCulture));

    /// <summary>Sends the headers without waiting for the body.</summary>
    public UpstreamReply Head() => Add(new SendHeaders());

    /// <summary>Sends bytes at once.</summary>
    public UpstreamReply Send(ReadOnlyMemory<byte> bytes) => Add(new SendBytes(bytes));

    /// <summary>Sends text at once.</summary>
    public UpstreamReply Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends one server-sent event.</summary>
    public UpstreamReply Event(string data, string? type = null) => Send((type is null ? "" : $"event: {type}\n") + $"data: {data}\n\n");

    /// <summary>Goes on when the test opens the gate, or ends when the client goes away.</summary>
    public UpstreamReply Wait(Gate gate) => Add(new WaitFor(gate));

    /// <summary>Never goes on: ends only when the client goes away or the upstream is stopped.</summary>
    public UpstreamReply Stall() => Wait(new Gate());

    /// <summary>Resets the connection (RST). What was sent may be lost: wait on a gate that the test opens when the client has it.</summary>
    public UpstreamReply Reset() => Add(new Close(Reset: true));

    /// <summary>Closes the connection properly (FIN) although the response is not over; see <see cref="Reset"/> on what was sent.</summary>
    public UpstreamReply Cut() => Add(new Close(Reset: false));

    /// <summary>Starts with the first step at once and does not read the request's body.</summary>
    public UpstreamReply BeforeBody()
    {
        ReadsBody = false;
        return this;
    }

    /// <summary>Reads the request's body now; see <see cref="BeforeBody"/>.</summary>
    public UpstreamReply ReadBody() => Add(new TakeBody());

    private UpstreamReply Add(Step step)
    {
        Steps.Add(step);
        return this;
    }
}
