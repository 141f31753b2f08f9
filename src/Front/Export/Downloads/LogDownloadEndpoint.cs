using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Logging;
using GatewayActors.Front.Management.Gateways;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Management.Logs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Export.Downloads;

/// <summary>All entries of a gateway that match, as one file.</summary>
internal static class LogDownloadEndpoint
{
    private static readonly Words<DownloadFormat> Formats = new((DownloadFormat.Ndjson, "ndjson"), (DownloadFormat.Csv, "csv"));

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the download of log entries.</summary>
        public void MapLogDownload() => routes.MapGet("/accounts/{accountId}/ai-gateway/gateways/{gatewayId}/logs/export", GetAsync)
            .WithTags("Logs")
            .WithName("ExportLogs")
            .RequirePermission(Permissions.GatewayMetadataRead)
            .WithQuery(["format", "bodies:boolean", .. LogQueryReader.ReadParameters]);
    }

    internal static async Task<Results<LogDownload, ApiProblem>> GetAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, ILogStore logs, ILogFlush flush, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(context.Request.Query);
        var query = LogQueryReader.ReadAll(accountId, gatewayId, reader, context.Request.QueryString.Value);
        var metadataFormat = LogQueryReader.ReadMetadataFormat(reader);
        var format = reader.Word("format", Formats) ?? DownloadFormat.Ndjson;
        var withBodies = reader.Boolean("bodies") ?? false;
        if (reader.Problem is { } problem)
        {
            return problem;
        }

        if (withBodies && !context.User.RequireToken().Can(Permissions.GatewayRead, accountId))
        {
            return ApiProblem.Forbidden; // Metadata Read: bodies are content.
        }

        if (!Identifiers.IsUrlId(gatewayId))
        {
            return ApiProblem.NotFound;
        }

        await flush.FlushAsync(cancellationToken);
        var entries = new LogPages(logs, query, withBodies);

        // Read before the answer begins: what fails here can still be told.
        if (!await entries.ReadAsync(cancellationToken) && await GatewayEndpoints.FindAsync(grains, accountId, gatewayId, cancellationToken) is null)
        {
            return ApiProblem.NotFound;
        }

        return new LogDownload(entries, format, metadataFormat, gatewayId);
    }
}

/// <summary>The forms of a download.</summary>
internal enum DownloadFormat
{
    /// <summary>One JSON object per line.</summary>
    Ndjson,

    /// <summary>Comma-separated values with a header.</summary>
    Csv,
}
