using System.Globalization;
using System.Net;
using GatewayActors.Front.Errors;

namespace GatewayActors.Front.Export;

/// <summary>What became of a delivery.</summary>
/// <param name="Problem">Why it failed, for logs and for the tenant: a status or the kind of failure, never a host or a secret; null if it was taken.</param>
/// <param name="IsFinal">Whether another try would fail as well.</param>
/// <param name="RetryAfter">How long the receiver wants to be left alone.</param>
internal readonly record struct ExportOutcome(string? Problem, bool IsFinal = false, TimeSpan? RetryAfter = null)
{
    /// <summary>The longest wait that a receiver may ask for.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    public bool IsTaken => Problem is null;

    /// <summary>Reads an answer.</summary>
    public static ExportOutcome Of(HttpResponseMessage response, DateTimeOffset now)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
        {
            return default;
        }

        var wait = response.Headers.RetryAfter is { } header ? header.Delta ?? header.Date - now : null;
        var isFinal = response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or HttpStatusCode.InternalServerError
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout);
        return new(
            string.Create(CultureInfo.InvariantCulture, $"the destination answered {status}"),
            isFinal,
            wait is { } time ? TimeSpan.FromTicks(Math.Clamp(time.Ticks, 0, LongestWait.Ticks)) : null);
    }

    /// <summary>What an exception of a call says; null for one that is none of a call's.</summary>
    public static ExportOutcome? Of(Exception exception) => exception switch
    {
        OperationCanceledException => new("the destination did not answer in time"),
        HttpRequestException or IOException => new("the destination cannot be reached"),
        _ when LostInfrastructure.Is(exception) => new("the secret could not be read"),
        _ => null,
    };
}
