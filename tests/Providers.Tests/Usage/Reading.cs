using GatewayActors.Providers.Usage;
using Xunit;

namespace GatewayActors.Providers.Tests.Usage;

/// <summary>Makes readers and feeds them.</summary>
internal static class Reading
{
    public delegate UsageReader? Family(in ResponseFacts response);

    public const string Json = "application/json";
    public const string Sse = "text/event-stream; charset=utf-8";
    public const string EventStream = "application/vnd.amazon.eventstream";

    public static byte[] Fixture(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", name));

    public static UsageReader? Make(
        Family family,
        string? contentType = Json,
        string path = "chat/completions",
        string[]? headers = null,
        ReadOnlySpan<byte> request = default,
        string? model = null,
        int status = 200,
        string method = "POST") => family(new()
        {
            Address = new("https://upstream.test/" + path, path) { Model = model },
            Method = method,
            StatusCode = status,
            ContentType = contentType,
            Headers = new Headers(headers ?? []),
            RequestBody = request,
        });

    public static UsageReport Whole(UsageReader? reader, ReadOnlySpan<byte> body)
    {
        Assert.NotNull(reader);
        reader.Read(body);
        return reader.Complete();
    }

    public static UsageReport Cut(UsageReader? reader, ReadOnlySpan<byte> body, int at)
    {
        Assert.NotNull(reader);
        reader.Read(body[..at]);
        reader.Read(body[at..]);
        return reader.Complete();
    }

    public static UsageReport InPieces(UsageReader? reader, ReadOnlySpan<byte> body, int bytes)
    {
        Assert.NotNull(reader);
        for (var i = 0; i < body.Length; i += bytes)
        {
            reader.Read(body.Slice(i, Math.Min(bytes, body.Length - i)));
        }

        return reader.Complete();
    }

    private sealed class Headers(string[] lines) : IHeaderSource
    {
        public string? this[string name] =>
            lines.FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
    }
}
