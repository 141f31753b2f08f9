using System.Text;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Logging;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace GatewayActors.Front.Management.Logs;

/// <summary>Stored bodies, as they were and with the content type they had: no envelope.</summary>
internal static class LogBodyEndpoints
{
    private const string UnknownContentType = "application/octet-stream";

    internal static Task<Results<FileContentHttpResult, ApiProblem>> GetRequestAsync(
        string accountId, string gatewayId, string logId, HttpContext context, ILogStore logs, ILogFlush flush, CancellationToken cancellationToken) =>
        GetAsync(new(accountId, gatewayId, logId), LogBodySide.Request, context, logs, flush, cancellationToken);

    internal static Task<Results<FileContentHttpResult, ApiProblem>> GetResponseAsync(
        string accountId, string gatewayId, string logId, HttpContext context, ILogStore logs, ILogFlush flush, CancellationToken cancellationToken) =>
        GetAsync(new(accountId, gatewayId, logId), LogBodySide.Response, context, logs, flush, cancellationToken);

    private static async Task<Results<FileContentHttpResult, ApiProblem>> GetAsync(
        LogAddress address, LogBodySide side, HttpContext context, ILogStore logs, ILogFlush flush, CancellationToken cancellationToken)
    {
        if (await address.FindAsync(logs, flush, cancellationToken) is not { } entry
            || await logs.ReadBodyAsync(entry.AccountId, entry.GatewayId, entry.Id, side, cancellationToken) is not { } body)
        {
            return ApiProblem.NotFound;
        }

        // The content comes from clients and upstreams: a browser must neither guess its type nor run it.
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        var recorded = side == LogBodySide.Request ? entry.RequestContentType : entry.ResponseContentType;
        return TypedResults.Bytes(body, IsHeaderValue(recorded) ? recorded : UnknownContentType);
    }

    private static bool IsHeaderValue(string? contentType) =>
        contentType is not null
        && Ascii.IsValid(contentType)
        && !contentType.AsSpan().ContainsAnyInRange('\0', '\u001F')
        && MediaTypeHeaderValue.TryParse(contentType, out _);
}

/// <summary>What a route says about one entry.</summary>
internal sealed record LogAddress(string AccountId, string GatewayId, string LogId)
{
    /// <summary>The id, if it can be one.</summary>
    public Guid? Id => Guid.TryParseExact(LogId, "D", out var id) ? id : null;

    /// <summary>The entry; null if there is none. Looks twice: what was logged a moment ago may still be with the writer.</summary>
    public async Task<LogEntry?> FindAsync(ILogStore logs, ILogFlush flush, CancellationToken cancellationToken)
    {
        if (Id is not { } id)
        {
            return null;
        }

        if (await logs.FindAsync(AccountId, GatewayId, id, cancellationToken) is { } entry)
        {
            return entry;
        }

        await flush.FlushAsync(cancellationToken);
        return await logs.FindAsync(AccountId, GatewayId, id, cancellationToken);
    }
}
