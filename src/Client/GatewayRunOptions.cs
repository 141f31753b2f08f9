using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace GatewayActors.Client;

/// <summary>What holds for a run. What is null is the gateway's choice.</summary>
public sealed record GatewayRunOptions
{
    /// <summary>Whether kept answers are passed over.</summary>
    public bool? SkipCache { get; init; }

    /// <summary>How long the answer may be kept.</summary>
    public TimeSpan? CacheTtl { get; init; }

    /// <summary>The key under which the answer is kept.</summary>
    public string? CacheKey { get; init; }

    /// <summary>Whether the request is logged.</summary>
    public bool? CollectLog { get; init; }

    /// <summary>An id of the caller's own for the log.</summary>
    public string? EventId { get; init; }

    /// <summary>Metadata for the log: an object of texts, numbers and booleans.</summary>
    public JsonObject? Metadata { get; init; }

    /// <summary>How long an attempt may take until its first byte.</summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>Attempts at one step, from 1 to 5.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>The wait before another attempt.</summary>
    public TimeSpan? RetryDelay { get; init; }

    /// <summary>How the wait grows: <c>constant</c>, <c>linear</c> or <c>exponential</c>.</summary>
    public string? Backoff { get; init; }

    internal void AddTo(HttpRequestHeaders headers)
    {
        Add("cf-aig-skip-cache", SkipCache is { } skip ? Text(skip) : null);
        Add("cf-aig-cache-ttl", CacheTtl is { } ttl ? Text((long)ttl.TotalSeconds) : null);
        Add("cf-aig-cache-key", CacheKey);
        Add("cf-aig-collect-log", CollectLog is { } collect ? Text(collect) : null);
        Add("cf-aig-event-id", EventId);
        Add("cf-aig-metadata", Metadata?.ToJsonString()); // Escapes what is no ASCII, so it fits into a header.
        Add("cf-aig-request-timeout", RequestTimeout is { } timeout ? Text((long)timeout.TotalMilliseconds) : null);
        Add("cf-aig-max-attempts", MaxAttempts is { } attempts ? Text(attempts) : null);
        Add("cf-aig-retry-delay", RetryDelay is { } delay ? Text((long)delay.TotalMilliseconds) : null);
        Add("cf-aig-backoff", Backoff);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                headers.Add(name, value);
            }
        }
    }

    private static string Text(bool value) => value ? "true" : "false";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
