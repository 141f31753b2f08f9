using System.IO.Compression;
using System.Text;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Logpush;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Front.Export.Logpush;

/// <summary>One delivery: lines in one gzip file.</summary>
/// <param name="Content">The file.</param>
/// <param name="Count">How many entries are in it.</param>
/// <param name="First">The first of them; null for none.</param>
/// <param name="Last">The number of the last entry that it stands for.</param>
/// <param name="Notice">What the tenant should know about it; null for nothing.</param>
/// <param name="IsCsv">Whether it is CSV rather than NDJSON.</param>
internal sealed record LogpushBatch(byte[] Content, int Count, LogEntry? First, long Last, string? Notice, bool IsCsv = false);

/// <summary>Puts deliveries together.</summary>
internal sealed class LogpushBatches(ILogOutbox outbox, ILogStore logs, IGrainFactory grains)
{
    private const int Records = 1_000;
    private const int MaxRecords = 10_000;
    private const int Bytes = 5 * 1024 * 1024;
    private const int MaxBytes = 32 * 1024 * 1024;

    /// <summary>The next delivery of a job; null if there is nothing.</summary>
    public async Task<LogpushBatch?> NextAsync(string accountId, LogpushJob job, CancellationToken cancellationToken)
    {
        // Both were looked at when the job was made.
        var format = job.Definition.Output is { } output && LogpushFormat.Read(output, out _, out _) is { } made ? made : LogpushFormat.Default;
        var filter = job.Definition.Filter is { } text ? LogpushFilter.Read(text, out _) : null;
        var maxRecords = Math.Min(job.Definition.MaxUploadRecords ?? Records, MaxRecords);
        var maxBytes = Math.Min(job.Definition.MaxUploadBytes ?? Bytes, MaxBytes);
        var entries = await outbox.ReadAsync(accountId, job.Cursor, maxRecords, cancellationToken);
        if (entries.Count == 0)
        {
            return null;
        }

        Dictionary<string, ContentProtection?> gateways = [];
        using var content = new MemoryStream();
        var (count, bytes, last) = (0, 0L, job.Cursor);
        LogEntry? first = null;
        try
        {
            await using (var gzip = new GZipStream(content, CompressionLevel.Fastest, leaveOpen: true))
            {
                await gzip.WriteAsync(format.BatchPrefix, cancellationToken);
                foreach (var (number, entry) in entries)
                {
                    if (!gateways.TryGetValue(entry.GatewayId, out var protection))
                    {
                        protection = gateways[entry.GatewayId] = await ProtectionAsync(accountId, entry.GatewayId, cancellationToken);
                    }

                    if (protection is not null && format.Takes(entry) && filter?.Matches(entry) != false)
                    {
                        var request = format.Has(LogpushField.RequestBody) ? await BodyAsync(entry, LogBodySide.Request, cancellationToken) : null;
                        var response = format.Has(LogpushField.ResponseBody) ? await BodyAsync(entry, LogBodySide.Response, cancellationToken) : null;
                        var line = LogpushLine.Write(entry, request, response, protection, format);
                        if (count > 0 && bytes + line.Length > maxBytes)
                        {
                            break;
                        }

                        if (count > 0)
                        {
                            await gzip.WriteAsync(format.RecordDelimiter, cancellationToken);
                        }

                        await gzip.WriteAsync(line, cancellationToken);
                        bytes += line.Length;
                        count++;
                        first ??= entry;
                    }

                    last = number;
                }

                await gzip.WriteAsync(format.BatchSuffix, cancellationToken);
            }

            var unusable = gateways.Where(gateway => gateway.Value?.HidesContent == true).Select(gateway => gateway.Key).Order(StringComparer.Ordinal).ToArray();
            return new(
                content.ToArray(),
                count,
                first,
                last,
                unusable.Length == 0 ? null : $"logpush_public_key of {string.Join(", ", unusable)} is not an RSA public key: contents are left out",
                format.IsCsv);
        }
        finally
        {
            foreach (var protection in gateways.Values)
            {
                protection?.PublicKey?.Dispose();
            }
        }
    }

    /// <summary>How a gateway's contents are protected; null if it is gone: nobody knows then whether they may be read.</summary>
    private async Task<ContentProtection?> ProtectionAsync(string accountId, string gatewayId, CancellationToken cancellationToken)
    {
        if (await grains.GetGrain<IGatewayGrain>(GrainKeys.Gateway(accountId, gatewayId)).GetAsync(cancellationToken) is not { } gateway)
        {
            return null;
        }

        var key = gateway.Configuration.LogpushPublicKey is { } text ? LogpushSeal.ReadKey(text) : null;
        return new(key, HidesContent: key is null && gateway.Configuration.LogpushPublicKey is not null);
    }

    private async Task<string?> BodyAsync(LogEntry entry, LogBodySide side, CancellationToken cancellationToken) =>
        await logs.ReadBodyAsync(entry.AccountId, entry.GatewayId, entry.Id, side, cancellationToken) is { } body ? Encoding.UTF8.GetString(body.Span) : null;
}
