using System.Text.Json;
using GatewayActors.Abstractions.Logpush;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Export.Logpush;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Logpush;

/// <summary>Reads what bodies say about push jobs, with one error for every mistake.</summary>
internal static class LogpushReader
{
    /// <summary>The one dataset there is.</summary>
    public const string Dataset = "ai_gateway_events";

    private const int MaxDestination = 4_096;
    private const int MaxName = 512;

    private const int MaxFilter = 4_096;

    /// <summary>Reads a job; of no use if a mistake was noted. What an update leaves out stays.</summary>
    public static LogpushDefinition Read(JsonElement body, LogpushDefinition? stored, GatewayOptions options, List<ApiError> errors)
    {
        var reader = new ObjectReader(body, ["body"], errors);
        if (reader.Text("dataset", 0, 64, stored is null ? Need.NotNull : Need.Optional).Value is { } dataset && dataset != Dataset)
        {
            reader.Fail("dataset", $"The only dataset is {Dataset}");
        }

        return new()
        {
            Name = Or(reader.Text("name", 0, MaxName), stored?.Name),
            Destination = ReadDestination(reader, stored, options),
            Enabled = Or(reader.Boolean("enabled"), stored?.Enabled) ?? false,
            MaxUploadBytes = Or(reader.Integer("max_upload_bytes", 0, 1_000_000_000), stored?.MaxUploadBytes) is > 0 and var bytes ? bytes : null,
            MaxUploadRecords = (int?)Or(reader.Integer("max_upload_records", 0, 1_000_000), stored?.MaxUploadRecords) is > 0 and var records ? records : null,
            MaxUploadIntervalSeconds = (int?)Or(reader.Integer("max_upload_interval_seconds", 0, 300), stored?.MaxUploadIntervalSeconds) is > 0 and var seconds ? seconds : null,
            Filter = ReadFilter(reader, stored),
            Output = LogpushOutputReader.Read(reader, stored?.Output),
        };
    }

    private static string? ReadFilter(ObjectReader reader, LogpushDefinition? stored)
    {
        var read = reader.Text("filter", 0, MaxFilter);
        if (!read.IsSet)
        {
            return stored?.Filter;
        }

        // The reference shows a job without a filter with an empty one.
        if (read.Value is not { Length: > 0 } filter)
        {
            return null;
        }

        if (LogpushFilter.Read(filter, out var problem) is null)
        {
            reader.Fail("filter", $"Invalid filter: {problem}");
        }

        return filter;
    }

    private static string ReadDestination(ObjectReader reader, LogpushDefinition? stored, GatewayOptions options)
    {
        var destination = reader.Text("destination_conf", 1, MaxDestination, stored is null ? Need.NotNull : Need.Optional).Value;
        if (destination is null || (stored is not null && destination == LogpushDestination.Hide(stored.Destination)))
        {
            return stored?.Destination ?? ""; // As it was shown, with its secrets hidden.
        }

        if (LogpushDestination.Read(destination, options, out var problem) is null)
        {
            reader.Fail("destination_conf", $"Invalid destination: {problem}");
        }

        return destination;
    }

    private static T Or<T>(Optional<T> read, T stored) => read.IsSet ? read.Value : stored;
}
