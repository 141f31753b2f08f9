using System.IO.Pipelines;
using System.Text;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Export.Tail;
using GatewayActors.Front.Management.Logs;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Management;
using Xunit;

namespace GatewayActors.Front.Tests.Export;

public sealed class LogTailStreamTests : IAsyncDisposable
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly LogTails _tails = new(new GatewayOptions());
    private readonly MemoryLogStore _logs = new();
    private readonly TestClock _clock = new();
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 4096, resumeWriterThreshold: 2048, useSynchronizationContext: false));
    private readonly CancellationTokenSource _stopping = new();
    private readonly StringBuilder _read = new();
    private string? _end;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _stopping.Dispose();
    }

    [Fact]
    public async Task Tail_NewEntries_ComeAsEvents()
    {
        var tail = _tails.Open("a", "g")!;
        var running = RunAsync(tail);
        await ReadUntilAsync(": tail\n\n");

        var (mine, other, counted) = (Entries.Make("a", "g"), Entries.Make("b", "g"), Entries.Make("a", "other"));
        Publish(mine, other, counted);

        var text = await ReadUntilAsync("\n\n", "data: {");
        Assert.Contains($"event: log\nid: {mine.Id:D}\ndata: {{\"id\":\"{mine.Id:D}\",", text, StringComparison.Ordinal);
        Assert.DoesNotContain(other.Id.ToString("D"), text, StringComparison.Ordinal);
        await StopAsync(running);
    }

    [Fact]
    public async Task Tail_SlowReader_LosesEntriesAndLearnsHowMany()
    {
        var tail = _tails.Open("a", "g")!;
        var entries = Enumerable.Range(0, LogTail.Capacity + 7).Select(_ => Entries.Make("a", "g")).ToArray();
        Publish(entries); // Nobody reads yet, and the writer does not wait.

        var running = RunAsync(tail);

        await ReadUntilAsync("event: dropped\ndata: {\"count\":7}\n\n");
        await StopAsync(running);
    }

    [Fact]
    public async Task Tail_NothingNew_IsKeptAlive()
    {
        var running = RunAsync(_tails.Open("a", "g")!);
        await ReadUntilAsync(": tail\n\n");

        await _clock.SetAsync(LogTailStream.KeepAlive, _cancelled);
        _clock.Advance(LogTailStream.KeepAlive);

        await ReadUntilAsync(": \n\n", ": tail\n\n: ");
        await StopAsync(running);
    }

    [Fact]
    public async Task Tail_TokenThatEnds_EndsIt()
    {
        var running = RunAsync(_tails.Open("a", "g")!);
        await ReadUntilAsync(": tail\n\n");
        await _clock.SetAsync(LogTailStream.KeepAlive, _cancelled);

        _end = "token";
        _clock.Advance(LogTailStream.KeepAlive);

        await ReadUntilAsync("event: end\ndata: {\"reason\":\"token\"}\n\n");
        await running;
    }

    [Fact]
    public void Open_MoreThanAllowed_IsRefusedPerAccount()
    {
        var open = Enumerable.Range(0, 10).Select(number => _tails.Open("a", $"g{number % 2}")!).ToArray();

        Assert.Null(_tails.Open("a", "g"));
        Assert.NotNull(_tails.Open("b", "g"));
        _tails.Close(open[0]);
        Assert.NotNull(_tails.Open("a", "g"));
    }

    private void Publish(params LogEntry[] entries)
    {
        foreach (var entry in entries)
        {
            _logs.Add(entry);
        }

        _tails.Publish(entries);
    }

    private Task RunAsync(LogTail tail)
    {
        var query = new LogQuery { AccountId = "a", GatewayId = "g", Descending = false };
        var stream = new LogTailStream(tail, query, MetadataFormat.Object, _logs, _ => new(_end), _clock);
        return stream.RunAsync(_pipe.Writer, _stopping.Token, _cancelled);
    }

    private async Task StopAsync(Task running)
    {
        await _stopping.CancelAsync();
        await ReadUntilAsync("event: end\ndata: {\"reason\":\"stopping\"}\n\n");
        await running;
    }

    private async Task<string> ReadUntilAsync(string end, string containing = "")
    {
        while (!(_read.ToString() is var text && text.Contains(containing, StringComparison.Ordinal) && text.EndsWith(end, StringComparison.Ordinal)))
        {
            var result = await _pipe.Reader.ReadAsync(_cancelled);
            foreach (var segment in result.Buffer)
            {
                _read.Append(Encoding.UTF8.GetString(segment.Span));
            }

            _pipe.Reader.AdvanceTo(result.Buffer.End);
            Assert.False(result.IsCompleted);
        }

        return _read.ToString();
    }
}
