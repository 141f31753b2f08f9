using System.Globalization;
using System.Text;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Storage.Sqlite;
using GatewayActors.Storage.Sqlite.Logs;

namespace GatewayActors.Storage.Tests.Measurements;

/// <summary>
/// CPU time of writing log entries, per entry: <c>dotnet run -c Release --project tests/Storage.Tests -- measure-log-writes</c>.
/// </summary>
internal static class LogWriteMeasurement
{
    public const string Argument = "measure-log-writes";

    private const int BatchSize = 2_000;
    private const int Batches = 60;

    public static void Run()
    {
        foreach (var (gateways, bodyBytes) in ((int, int)[])[(1, 0), (20, 0), (1, 1024), (20, 1024)])
        {
            var runs = Enumerable.Range(0, 3).Select(_ => Measure(gateways, bodyBytes)).OrderBy(run => run.Cpu).ToArray();
            var (cpu, wall, bytes) = runs[1];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"gateways {gateways,2}  bodies 2 x {bodyBytes,4} B  CPU {cpu:F1} us  wall {wall:F1} us  disk {bytes:F0} B per entry"));
        }
    }

    private static (double Cpu, double Wall, double Bytes) Measure(int gateways, int bodyBytes)
    {
        using var directory = new TemporaryDirectory();
        var path = directory.File("logs.db");
        using var session = new LogSession(LogConnections.OpenWriter(new SqliteFile(path)));
        using var writer = new LogBatchWriter(session.Connection, new BodyFiles(path));
        using var eraser = new LogEraser(session, writer);
        var (cpu, wall) = (TimeSpan.Zero, TimeSpan.Zero);
        var time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var batch = -10; batch < Batches; batch++)
        {
            var entries = new List<LogEntry>(BatchSize);
            for (var i = 0; i < BatchSize; i++)
            {
                time = time.AddTicks(587); // 17,000 entries a second
                entries.Add(Entry(time, i % gateways, i % 12, bodyBytes));
            }

            var started = (Environment.CpuUsage.TotalTime, TimeProvider.System.GetTimestamp());
            writer.Write(entries, eraser);
            if (batch >= 0)
            {
                cpu += Environment.CpuUsage.TotalTime - started.TotalTime;
                wall += TimeProvider.System.GetElapsedTime(started.Item2);
            }
        }

        const double Entries = BatchSize * Batches;
        return (cpu.TotalMicroseconds / Entries, wall.TotalMicroseconds / Entries, Directory.EnumerateFiles(Path.GetDirectoryName(path)!, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length) / (Entries + (10 * BatchSize)));
    }

    private static LogEntry Entry(DateTimeOffset time, int gateway, int model, int bodyBytes)
    {
        var id = Guid.CreateVersion7(time);
        return new()
        {
            Id = id,
            AccountId = "0123456789abcdef0123456789abcdef",
            GatewayId = $"gateway-{gateway}",
            CreatedAt = time,
            Provider = model % 2 == 0 ? "openai" : "anthropic",
            Model = $"large-model-{model}-2026-01-01",
            ModelType = "text-generation",
            Path = "v1/chat/completions",
            RequestType = "http",
            RequestContentType = "application/json",
            ResponseContentType = "application/json; charset=utf-8",
            StatusCode = 200,
            Success = true,
            DurationMs = 812.345,
            TimeToFirstByteMs = 402.1,
            UpstreamLatencyMs = 400.9,
            TokensIn = 612,
            TokensOut = 248,
            CacheReadTokens = 512,
            CostUsd = 0.00321m,
            MetadataJson = """{"team":"research","user":"12345"}""",
            RequestBytes = 1024,
            ResponseBytes = 1024,
            EventId = id.ToString(),
            Authentication = true,
            Byok = true,
            UserAgent = "OpenAI/Python 2.15.0",
            RequestBody = bodyBytes == 0 ? null : LogBody.Of(Body.Span[..bodyBytes]),
            ResponseBody = bodyBytes == 0 ? null : LogBody.Of(Body.Span[..bodyBytes]),
        };
    }

    private static ReadOnlyMemory<byte> Body { get; } =
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 400).Select(i => $$"""{"role":"user","content":"{{i}}"}""")));
}
