using System.Collections.Frozen;
using GatewayActors.Abstractions.Logs;

namespace GatewayActors.Front.Export.Logpush;

/// <summary>What a field of a line holds.</summary>
internal enum LogpushFieldKind
{
    Text,
    Number,
    Flag,
    Time,

    /// <summary>What only the tenant may read: encrypted where the gateway has a key, and of no use to filters.</summary>
    Content,
}

/// <summary>A value of a field; the member of the field's kind counts, all are null for none.</summary>
internal readonly record struct LogpushValue(string? Text = null, decimal? Number = null, bool? Flag = null)
{
    public bool IsNull => Text is null && Number is null && Flag is null;
}

/// <summary>A field of the dataset.</summary>
/// <param name="Name">Its name in lines, filters and <c>field_names</c>.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Read">Its value; not for bodies, which are read apart.</param>
internal sealed record LogpushField(string Name, LogpushFieldKind Kind, Func<LogEntry, LogpushValue> Read)
{
    public const string RequestBody = "RequestBody";
    public const string ResponseBody = "ResponseBody";

    /// <summary>All fields, in the order of a line without options.</summary>
    public static IReadOnlyList<LogpushField> All { get; } =
    [
        new("Cached", LogpushFieldKind.Flag, entry => new(Flag: entry.Cached)),
        new("Endpoint", LogpushFieldKind.Text, entry => new(entry.Path)),
        new("Gateway", LogpushFieldKind.Text, entry => new(entry.GatewayId)),
        new("Metadata", LogpushFieldKind.Content, entry => new(entry.MetadataJson)),
        new("Model", LogpushFieldKind.Text, entry => new(entry.Model)),
        new("Provider", LogpushFieldKind.Text, entry => new(entry.Provider)),
        new("RateLimited", LogpushFieldKind.Flag, entry => new(Flag: entry.RateLimited)),
        new(RequestBody, LogpushFieldKind.Content, _ => default),
        new(ResponseBody, LogpushFieldKind.Content, _ => default),
        new("StatusCode", LogpushFieldKind.Number, entry => new(Number: entry.StatusCode)),
        new("Timestamp", LogpushFieldKind.Time, _ => default),
        new("LogId", LogpushFieldKind.Text, entry => new(entry.Id.ToString())),
        new("EventId", LogpushFieldKind.Text, entry => new(entry.EventId)),
        new("TokensIn", LogpushFieldKind.Number, entry => new(Number: entry.TokensIn)),
        new("TokensOut", LogpushFieldKind.Number, entry => new(Number: entry.TokensOut)),
        new("Cost", LogpushFieldKind.Number, entry => new(Number: entry.CostUsd)),
        new("DurationMs", LogpushFieldKind.Number, entry => new(Number: (long)Math.Round(entry.DurationMs))),
        new("Success", LogpushFieldKind.Flag, entry => new(Flag: entry.Success)),
        new("Step", LogpushFieldKind.Number, entry => new(Number: entry.Step)),
    ];

    private static readonly FrozenDictionary<string, LogpushField> ByName = All.ToFrozenDictionary(field => field.Name, StringComparer.Ordinal);

    /// <summary>The field of a name; null if there is none.</summary>
    public static LogpushField? Find(string name) => ByName.GetValueOrDefault(name);
}
