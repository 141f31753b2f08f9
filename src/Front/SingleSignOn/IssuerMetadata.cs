using System.Text.Json;

namespace GatewayActors.Front.SingleSignOn;

/// <summary>
/// Metadata and keys of one issuer, kept and renewed. An issuer that is down is asked at most every <see cref="RetryPause"/>; what it said before
/// counts for up to <see cref="MaxAge"/>. Thread-safe; a look at what is known takes no lock.
/// </summary>
internal sealed partial class IssuerMetadata(string issuer, HttpClient http, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>After this age it is read again.</summary>
    public static readonly TimeSpan RenewAfter = TimeSpan.FromHours(1);

    /// <summary>After this age it does not count any more.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(24);

    /// <summary>The pause after a failure.</summary>
    public static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(10);

    /// <summary>How often a key id that nobody knows makes the keys be read again, at most: anybody can invent one.</summary>
    public static readonly TimeSpan UnknownKeyPause = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private Known? _known;
    private Task<IssuerDocument?>? _reading;
    private long _askedAt;
    private bool _hasAsked;

    /// <summary>The document; null if the issuer cannot be reached now.</summary>
    public async ValueTask<IssuerDocument?> GetAsync(CancellationToken cancellationToken)
    {
        var known = Volatile.Read(ref _known);
        var age = known is null ? TimeSpan.MaxValue : timeProvider.GetElapsedTime(known.ReadAt);
        if (age < RenewAfter)
        {
            return known!.Document;
        }

        return await ReadAsync(RetryPause).WaitAsync(cancellationToken) ?? (age < MaxAge ? known!.Document : null);
    }

    /// <summary>A newer document than one that lacks a key; the same if the issuer was asked lately or cannot be reached.</summary>
    public async ValueTask<IssuerDocument> GetNewerAsync(IssuerDocument than, CancellationToken cancellationToken)
    {
        // Somebody else may have found the new key since.
        if (Volatile.Read(ref _known) is { } known && known.Document != than)
        {
            return known.Document;
        }

        return await ReadAsync(UnknownKeyPause).WaitAsync(cancellationToken) ?? than;
    }

    private Task<IssuerDocument?> ReadAsync(TimeSpan pause)
    {
        lock (_gate)
        {
            if (_reading is { IsCompleted: false } reading)
            {
                return reading;
            }

            if (_hasAsked && timeProvider.GetElapsedTime(_askedAt) < pause)
            {
                return Task.FromResult<IssuerDocument?>(null);
            }

            (_askedAt, _hasAsked) = (timeProvider.GetTimestamp(), true);
            return _reading = Task.Run(FetchAsync);
        }
    }

    // Not cancelled with whoever asked first: others wait for the same answer. The client's time limit ends it.
    private async Task<IssuerDocument?> FetchAsync()
    {
        var readAt = timeProvider.GetTimestamp();
        try
        {
            var metadata = JsonElement.Parse(await http.GetStringAsync(new Uri($"{issuer.TrimEnd('/')}/.well-known/openid-configuration")));
            if (!IssuerDocument.TryRead(issuer, metadata, out var document, out var keys, out var problem))
            {
                LogNotUsable(issuer, problem);
                return null;
            }

            document = document with { Keys = IssuerDocument.ReadKeys(await http.GetStringAsync(keys)) };
            Volatile.Write(ref _known, new(document, readAt));
            return document;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or JsonException or ArgumentException or IOException or InvalidOperationException)
        {
            // Not the exception as a whole: it may quote what was answered. ArgumentException: keys that are none.
            LogUnreachable(issuer, exception.GetType().Name, exception is HttpRequestException { StatusCode: { } status } ? (int)status : null);
            return null;
        }
    }

    [LoggerMessage(EventId = 3201, EventName = "IssuerUnreachable", Level = LogLevel.Error,
        Message = "The metadata or the keys of the issuer {Issuer} could not be read ({Failure}, status {Status}); what is known of it counts on for a day.")]
    private partial void LogUnreachable(string issuer, string failure, int? status);

    [LoggerMessage(EventId = 3202, EventName = "IssuerNotUsable", Level = LogLevel.Error, Message = "The metadata of the issuer {Issuer} cannot be used: {Problem}.")]
    private partial void LogNotUsable(string issuer, string problem);

    private sealed record Known(IssuerDocument Document, long ReadAt);
}
