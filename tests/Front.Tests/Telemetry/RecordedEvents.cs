using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace GatewayActors.Front.Tests.Telemetry;

/// <summary>Keeps what the product's own code logs.</summary>
internal sealed class RecordedEvents : ILoggerProvider
{
    private readonly ConcurrentQueue<RecordedEvent> _events = [];

    /// <summary>The events whose text holds this, in their order.</summary>
    public IReadOnlyList<RecordedEvent> About(string text) => [.. _events.Where(entry => entry.Text.Contains(text, StringComparison.Ordinal))];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName.StartsWith("GatewayActors.", StringComparison.Ordinal));

    public void Dispose()
    {
    }

    private sealed class Logger(RecordedEvents events, bool isOurs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => isOurs;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (isOurs)
            {
                events._events.Enqueue(new(eventId.Id, logLevel, formatter(state, exception), exception));
            }
        }
    }
}

internal sealed record RecordedEvent(int Id, LogLevel Level, string Text, Exception? Exception);
