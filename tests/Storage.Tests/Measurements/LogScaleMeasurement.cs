using System.Globalization;
using GatewayActors.Abstractions.Analytics;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Storage.Sqlite.Logs;

namespace GatewayActors.Storage.Tests.Measurements;

/// <summary>
/// How long reading takes with many entries, and while others are written:
/// <c>dotnet run -c Release --project tests/Storage.Tests -- measure-log-scale [entries]</c>.
/// </summary>
internal sealed class LogScaleMeasurement(SqliteLogStore store, int total)
{
    public const string Argument = "measure-log-scale";

    private const string Account = "0123456789abcdef0123456789abcdef";
    private const string Gateway = "main";
    private const int BatchSize = 2_000;
    private const int Repeats = 40;

    private static readonly DateTimeOffset End = new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Start = End.AddDays(-30);

    private readonly Random _random = new(7);
    private LogEntry? _some;

    public static async Task RunAsync(int total)
    {
        using var directory = new TemporaryDirectory();
        using var store = new SqliteLogStore(directory.File("logs.db"));
        await store.InitializeAsync();
        await new LogScaleMeasurement(store, total).RunAsync();
    }

    private async Task RunAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var written = 0; written < total; written += BatchSize)
        {
            await store.WriteAsync(Batch(written, Start + ((End - Start) * (written / (double)total)), (End - Start) / total));
        }

        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{total:N0} entries over 30 days and 20 gateways written in {seconds:F0} s: {total / seconds:N0} a second"));
        await ReadAllAsync("");
        await ReadWhileWritingAsync();
    }

    private async Task ReadAllAsync(string suffix)
    {
        await PrintAsync("list, first page" + suffix, () => store.ListAsync(Query()));
        await PrintAsync("list, page 50" + suffix, () => store.ListAsync(Query() with { Page = 50 }));
        await PrintAsync("list by time" + suffix, () => store.ListAsync(Query(new LogFilter(LogFilterKey.CreatedAt, LogFilterOperator.GreaterThan, [End.AddHours(-6)]))));
        await PrintAsync("list by id" + suffix, () => store.ListAsync(Query(new LogFilter(LogFilterKey.Id, LogFilterOperator.Equal, [_some!.Id.ToString()]))));
        await PrintAsync("get one" + suffix, () => store.FindAsync(Account, Gateway, _some!.Id));
        await PrintAsync("list by provider" + suffix, () => store.ListAsync(Query(new LogFilter(LogFilterKey.Provider, LogFilterOperator.Equal, ["anthropic"]))));
        await PrintAsync("list of failures" + suffix, () => store.ListAsync(Query(new LogFilter(LogFilterKey.Success, LogFilterOperator.Equal, [false]))));
        await PrintAsync("list by cost" + suffix, () => store.ListAsync(Query(new LogFilter(LogFilterKey.Cost, LogFilterOperator.GreaterThan, [0.0049m]))));
        await PrintAsync("list by metadata" + suffix, () => store.ListAsync(Query(new LogFilter(LogFilterKey.MetadataValue, LogFilterOperator.Equal, ["user-7"]))));
        await PrintAsync("analytics, 30 days by day" + suffix, () => store.QueryAsync(Ask(AnalyticsDimension.Date)));
        await PrintAsync("analytics, 30 days by hour, model, status with percentiles" + suffix, () => store.QueryAsync(
            Ask(AnalyticsDimension.Hour, AnalyticsDimension.Model, AnalyticsDimension.StatusCode) with { WithDurations = true }));
        await PrintAsync("analytics, 6 hours by minute" + suffix, () => store.QueryAsync(Ask(AnalyticsDimension.Minute) with { From = End.AddHours(-6) }));
        await PrintAsync("analytics, 30 days by metadata" + suffix, () => store.QueryAsync(Ask(AnalyticsDimension.MetadataValues) with { Source = AnalyticsSource.Metadata }));
    }

    private async Task ReadWhileWritingAsync()
    {
        using var stop = new CancellationTokenSource();
        var number = total;
        var writing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await store.WriteAsync(Batch(number, End.AddSeconds((number - total) / 15_000d), TimeSpan.FromSeconds(1 / 15_000d)));
                number += BatchSize;
            }
        });
        var started = TimeProvider.System.GetTimestamp();
        await ReadAllAsync(", while writing");
        await stop.CancelAsync();
        await writing;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"written meanwhile: {(number - total) / TimeProvider.System.GetElapsedTime(started).TotalSeconds:N0} a second"));
    }

    private static async Task PrintAsync<T>(string what, Func<Task<T>> read)
    {
        await read(); // Not the first one of its kind.
        var times = new List<double>(Repeats);
        for (var i = 0; i < Repeats; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            await read();
            times.Add(TimeProvider.System.GetElapsedTime(started).TotalMilliseconds);
        }

        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: p50 {times[Repeats / 2]:F1} ms, p95 {times[Repeats * 95 / 100]:F1} ms, most {times[^1]:F1} ms"));
    }

    private static LogQuery Query(params LogFilter[] filters) => new() { AccountId = Account, GatewayId = Gateway, Filters = filters };

    private static AnalyticsQuery Ask(params AnalyticsDimension[] dimensions) =>
        new() { AccountId = Account, From = Start, To = End, Dimensions = dimensions, Limit = 10_000 };

    // Half of all entries belong to one gateway, a quarter has metadata with one of 1,000 users.
    private LogEntry[] Batch(int first, DateTimeOffset start, TimeSpan step)
    {
        var batch = new LogEntry[BatchSize];
        for (var i = 0; i < BatchSize; i++)
        {
            var (number, at) = (first + i, start + (step * i));
            var id = Guid.CreateVersion7(at);
            var status = _random.Next(100) switch { 0 => 500, 1 or 2 => 429, _ => 200 };
            batch[i] = new()
            {
                Id = id,
                AccountId = Account,
                GatewayId = number % 2 == 0 ? Gateway : $"gateway-{number % 20}",
                CreatedAt = at,
                Provider = number % 3 == 0 ? "anthropic" : "openai",
                Model = $"large-model-{number % 6}",
                ModelType = "text-generation",
                Path = "v1/chat/completions",
                RequestType = "http",
                RequestContentType = "application/json",
                ResponseContentType = "application/json",
                StatusCode = status,
                Success = status < 400,
                DurationMs = Math.Exp(_random.NextDouble() * 9),
                TimeToFirstByteMs = 120,
                TokensIn = _random.Next(2_000),
                TokensOut = _random.Next(500),
                CostUsd = _random.Next(5_000) * 0.000001m,
                MetadataJson = number % 4 == 0 ? $$"""{"user":"user-{{_random.Next(1_000)}}"}""" : null,
                EventId = id.ToString(),
                Authentication = true,
                UserAgent = "client/1.0",
            };
        }

        _some ??= batch[0];
        return batch;
    }
}
