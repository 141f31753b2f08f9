using System.Buffers;
using System.Net.WebSockets;
using GatewayActors.Bench.Upstream;

// A provider that costs next to nothing: what it answers is made once, and of a request it only looks for two members.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
var app = builder.Build();
app.UseWebSockets();
app.Run(async context =>
{
    if (context.WebSockets.IsWebSocketRequest)
    {
        await EchoAsync(context);
        return;
    }

    var (isStream, isLong) = await ReadAsync(context.Request);
    var response = context.Response;
    response.Headers["x-request-id"] = "req_bench";
    var isMessages = context.Request.Path.Value!.EndsWith("/messages", StringComparison.Ordinal);
    if (!isStream)
    {
        response.ContentType = "application/json";
        var answer = isMessages ? MessageAnswers.Json : isLong ? Answers.LongJson : Answers.Json;
        response.ContentLength = answer.Length;
        await response.BodyWriter.WriteAsync(answer, context.RequestAborted);
        return;
    }

    response.ContentType = "text/event-stream; charset=utf-8";
    foreach (var chunk in isMessages ? MessageAnswers.Events : Answers.Events)
    {
        await response.BodyWriter.WriteAsync(chunk, context.RequestAborted);
    }
});
await app.RunAsync();

static async ValueTask<(bool IsStream, bool IsLong)> ReadAsync(HttpRequest request)
{
    var body = request.BodyReader;
    while (true)
    {
        var read = await body.ReadAsync(request.HttpContext.RequestAborted);
        if (read.IsCompleted)
        {
            var asked = (Has(read.Buffer, "\"stream\":true"u8), Has(read.Buffer, "\"verbosity\":\"high\""u8));
            body.AdvanceTo(read.Buffer.End);
            return asked;
        }

        body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
    }
}

static bool Has(in ReadOnlySequence<byte> body, ReadOnlySpan<byte> text) =>
    body.IsSingleSegment ? body.FirstSpan.IndexOf(text) >= 0 : body.ToArray().AsSpan().IndexOf(text) >= 0;

// A realtime API that says what it hears.
static async Task EchoAsync(HttpContext context)
{
    using var socket = await context.WebSockets.AcceptWebSocketAsync();
    var buffer = ArrayPool<byte>.Shared.Rent(4096);
    try
    {
        while (await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } piece)
        {
            await socket.SendAsync(buffer.AsMemory(0, piece.Count), piece.MessageType, piece.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }
    catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
    {
        socket.Abort();
    }
    finally
    {
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
