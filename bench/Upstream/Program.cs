using System.Buffers;
using GatewayActors.Bench.Upstream;

// A provider that costs next to nothing: what it answers is made once, and of a request it only looks for the stream flag.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
var app = builder.Build();
app.Run(async context =>
{
    var isStream = await AsksForStreamAsync(context.Request);
    var response = context.Response;
    response.Headers["x-request-id"] = "req_bench";
    if (!isStream)
    {
        response.ContentType = "application/json";
        response.ContentLength = Answers.Json.Length;
        await response.BodyWriter.WriteAsync(Answers.Json, context.RequestAborted);
        return;
    }

    response.ContentType = "text/event-stream; charset=utf-8";
    foreach (var chunk in Answers.Events)
    {
        await response.BodyWriter.WriteAsync(chunk, context.RequestAborted);
    }
});
await app.RunAsync();

static async ValueTask<bool> AsksForStreamAsync(HttpRequest request)
{
    var body = request.BodyReader;
    while (true)
    {
        var read = await body.ReadAsync(request.HttpContext.RequestAborted);
        if (read.IsCompleted)
        {
            var isStream = AsksForStream(read.Buffer);
            body.AdvanceTo(read.Buffer.End);
            return isStream;
        }

        body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
    }
}

static bool AsksForStream(in ReadOnlySequence<byte> body) =>
    body.IsSingleSegment
        ? body.FirstSpan.IndexOf("\"stream\":true"u8) >= 0
        : body.ToArray().AsSpan().IndexOf("\"stream\":true"u8) >= 0;
