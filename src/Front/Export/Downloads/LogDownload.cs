using System.Buffers;
using System.IO.Pipelines;
using System.Reflection;
using System.Text.Json;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Management.Logs;
using Microsoft.AspNetCore.Http.Metadata;

namespace GatewayActors.Front.Export.Downloads;

/// <summary>Writes entries as they are read: what waits to be sent is one page at most. The end of the connection ends the query.</summary>
internal sealed class LogDownload(LogPages pages, DownloadFormat format, MetadataFormat metadataFormat, string gatewayId) : IResult, IEndpointMetadataProvider
{
    // Bodies are large: what is written is sent before it grows beyond this.
    private const int MaxUnsent = 256 * 1024;

    private const string Ndjson = "application/x-ndjson";
    private const string Csv = "text/csv";

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, cancellationToken) = (httpContext.Response, httpContext.RequestAborted);
        var (type, extension) = format switch
        {
            DownloadFormat.Ndjson => (Ndjson, "ndjson"),
            DownloadFormat.Csv => (Csv + "; charset=utf-8; header=present", "csv"),
        };
        response.ContentType = type;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = $"attachment; filename=\"{gatewayId}-logs.{extension}\"";
        var output = response.BodyWriter;
        if (format == DownloadFormat.Csv)
        {
            CsvEntry.WriteHeader(output, pages.WithBodies);
        }

        using var json = new Utf8JsonWriter(output);
        do
        {
            foreach (var entry in pages.Current)
            {
                await WriteAsync(entry, json, output, cancellationToken);
                if (output.UnflushedBytes > MaxUnsent)
                {
                    await output.FlushAsync(cancellationToken);
                }
            }

            await output.FlushAsync(cancellationToken);
        }
        while (pages.Current.Count > 0 && await pages.ReadAsync(cancellationToken));
    }

    /// <inheritdoc/>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), [Ndjson, Csv]));

    private async ValueTask WriteAsync(LogEntry entry, Utf8JsonWriter json, PipeWriter output, CancellationToken cancellationToken)
    {
        var request = await pages.BodyAsync(entry, LogBodySide.Request, cancellationToken);
        var response = await pages.BodyAsync(entry, LogBodySide.Response, cancellationToken);
        switch (format)
        {
            case DownloadFormat.Ndjson:
                json.Reset(output);
                var resource = LogResource.From(entry, metadataFormat);
                JsonSerializer.Serialize(json, resource with { Request = request ?? "", Response = response ?? "" }, LogsJson.Default.LogResource);
                output.Write("\n"u8);
                break;
            case DownloadFormat.Csv:
                CsvEntry.Write(output, entry, pages.WithBodies, request, response);
                break;
        }
    }
}
