using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Management.Logs;

namespace GatewayActors.Front.Export.Tail;

/// <summary>Writes what a tail sees as server-sent events.</summary>
/// <param name="tail">The tail.</param>
/// <param name="query">What of the gateway's entries is wanted.</param>
/// <param name="metadataFormat">The form of the metadata.</param>
/// <param name="logs">Where the entries are read: so filters mean what they mean in a list, and nothing is shown that is not stored.</param>
/// <param name="findEnd">Why the stream must end, if it must.</param>
/// <param name="timeProvider">Says when it is time for a sign of life.</param>
internal sealed class LogTailStream(
    LogTail tail, LogQuery query, MetadataFormat metadataFormat, ILogStore logs, Func<CancellationToken, ValueTask<string?>> findEnd, TimeProvider timeProvider)
{
    /// <summary>How often a sign of life is sent where nothing else is, and how often is asked whether the stream may go on.</summary>
    public static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    // As many as values of a filter.
    private const int ReadAtOnce = 100;

    /// <summary>Writes until the stream must end, or the client goes away.</summary>
    public async Task RunAsync(PipeWriter output, CancellationToken stopping, CancellationToken aborted)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping, aborted);
        using var json = new Utf8JsonWriter(output);
        var checkedAt = timeProvider.GetTimestamp();
        output.Write(": tail\n\n"u8); // So that the client sees at once that it is connected.
        await output.FlushAsync(aborted);
        while (!stopping.IsCancellationRequested)
        {
            var rest = KeepAlive - timeProvider.GetElapsedTime(checkedAt);
            if (rest <= TimeSpan.Zero)
            {
                if (await findEnd(aborted) is { } reason)
                {
                    WriteEnd(output, reason);
                    await output.FlushAsync(aborted);
                    return;
                }

                checkedAt = timeProvider.GetTimestamp();
                output.Write(": \n\n"u8);
                await output.FlushAsync(aborted);
                continue;
            }

            if (await WaitAsync(rest, ended.Token))
            {
                await WriteEntriesAsync(output, json, aborted);
            }
        }

        WriteEnd(output, "stopping");
        await output.FlushAsync(aborted);
    }

    /// <summary>Whether there are new entries.</summary>
    private async ValueTask<bool> WaitAsync(TimeSpan atMost, CancellationToken ended)
    {
        using var timeout = new CancellationTokenSource(atMost, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ended);
        try
        {
            return await tail.Ids.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return false; // Whatever it was, the caller looks.
        }
    }

    private async ValueTask WriteEntriesAsync(PipeWriter output, Utf8JsonWriter json, CancellationToken aborted)
    {
        List<object?> ids = [];
        while (ids.Count < ReadAtOnce && tail.Ids.TryRead(out var id))
        {
            ids.Add(id.ToString("D"));
        }

        if (ids.Count > 0)
        {
            var entries = await logs.ReadAsync(query with { Filters = [.. query.Filters, new(LogFilterKey.Id, LogFilterOperator.Equal, ids)] }, after: null, ReadAtOnce, aborted);
            foreach (var entry in entries)
            {
                output.Write("event: log\nid: "u8);
                Encoding.UTF8.GetBytes(entry.Id.ToString("D"), output);
                output.Write("\ndata: "u8);
                json.Reset(output);
                JsonSerializer.Serialize(json, LogResource.From(entry, metadataFormat), LogsJson.Default.LogResource);
                output.Write("\n\n"u8);
            }
        }

        if (tail.TakeMissed() is > 0 and var missed)
        {
            Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"event: dropped\ndata: {{\"count\":{missed}}}\n\n"), output);
        }

        await output.FlushAsync(aborted);
    }

    private static void WriteEnd(PipeWriter output, string reason) => Encoding.UTF8.GetBytes($"event: end\ndata: {{\"reason\":\"{reason}\"}}\n\n", output);
}
