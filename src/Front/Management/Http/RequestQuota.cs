using System.Collections.Concurrent;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.Management.Http;

/// <summary>
/// Counts the requests of each API token per window. In memory and by this process alone: it keeps a client that runs wild from
/// the others, and a restart may forget a window. Thread-safe.
/// </summary>
internal sealed class RequestQuota(GatewayOptions options, TimeProvider timeProvider)
{
    /// <summary>Past this many windows, those that are over are thrown away.</summary>
    private const int ManyWindows = 10_000;

    private readonly ConcurrentDictionary<string, Window> _windows = new(StringComparer.Ordinal);

    /// <summary>Requests per window.</summary>
    public int Limit => options.Management.RequestLimit;

    /// <summary>The window's length.</summary>
    public TimeSpan Length => options.Management.RequestWindow;

    /// <summary>Counts a request.</summary>
    public RequestQuotaState Take(TokenPrincipal token)
    {
        if (token.IsOperator)
        {
            return new(true, Limit, Length);
        }

        var now = timeProvider.GetTimestamp();
        if (_windows.Count > ManyWindows)
        {
            Sweep(now);
        }

        var window = _windows.GetOrAdd(token.TokenId, static (_, start) => new() { Start = start }, now);
        lock (window)
        {
            if (timeProvider.GetElapsedTime(window.Start, now) >= Length)
            {
                (window.Start, window.Used) = (now, 0);
            }

            var isTaken = window.Used < Limit;
            window.Used += isTaken ? 1 : 0;
            return new(isTaken, Limit - window.Used, Length - timeProvider.GetElapsedTime(window.Start, now));
        }
    }

    private void Sweep(long now)
    {
        foreach (var entry in _windows)
        {
            if (timeProvider.GetElapsedTime(entry.Value.Start, now) >= Length)
            {
                _windows.TryRemove(entry);
            }
        }
    }

    private sealed class Window
    {
        public long Start { get; set; }

        public int Used { get; set; }
    }
}

/// <summary>What is left to a token.</summary>
/// <param name="IsTaken">Whether the request may run.</param>
/// <param name="Remaining">Requests left in the window.</param>
/// <param name="ResetAfter">Until the next window.</param>
internal readonly record struct RequestQuotaState(bool IsTaken, int Remaining, TimeSpan ResetAfter);
