using System.Reflection;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Management.Gateways;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Management.Logs;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Metadata;

namespace GatewayActors.Front.Export.Tail;

/// <summary>New entries of a gateway as they are written.</summary>
internal static class LogTailEndpoint
{
    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the live tail of log entries.</summary>
        public void MapLogTail() => routes.MapGet("/accounts/{accountId}/ai-gateway/gateways/{gatewayId}/logs/tail", GetAsync)
            .WithTags("Logs")
            .WithName("TailLogs")
            .RequirePermission(Permissions.GatewayMetadataRead)
            .WithQuery(LogQueryReader.ReadParameters);
    }

    internal static async Task<Results<LogTailAnswer, ApiProblem>> GetAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, LogTails tails, GatewayOptions options, CancellationToken cancellationToken)
    {
        var reader = new QueryReader(context.Request.Query);
        var query = LogQueryReader.ReadAll(accountId, gatewayId, reader, context.Request.QueryString.Value) with { Descending = false };
        var metadataFormat = LogQueryReader.ReadMetadataFormat(reader);
        if (reader.Problem is { } problem)
        {
            return problem;
        }

        if (await GatewayEndpoints.FindAsync(grains, accountId, gatewayId, cancellationToken) is null)
        {
            return ApiProblem.NotFound;
        }

        return tails.Open(accountId, gatewayId) is { } tail
            ? new LogTailAnswer(tail, query, metadataFormat)
            : ApiProblem.Of(
                StatusCodes.Status429TooManyRequests,
                new(ApiErrors.TooManyRequests.Code, $"The account has {options.Logs.MaxTailsPerAccount} live tails, and may not have more at once"));
    }
}

/// <summary>A stream of events, for as long as the token may read and the gateway is there.</summary>
internal sealed class LogTailAnswer(LogTail tail, LogQuery query, MetadataFormat metadataFormat) : IResult, IEndpointMetadataProvider
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (services, response) = (httpContext.RequestServices, httpContext.Response);
        var tails = services.GetRequiredService<LogTails>();
        try
        {
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-store";
            response.Headers["X-Accel-Buffering"] = "no"; // Proxies that hold answers back let this one through.
            httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            var stream = new LogTailStream(
                tail,
                query,
                metadataFormat,
                services.GetRequiredService<ILogStore>(),
                cancellationToken => FindEndAsync(httpContext, cancellationToken),
                services.GetRequiredService<TimeProvider>());
            await stream.RunAsync(response.BodyWriter, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping, httpContext.RequestAborted);
        }
        finally
        {
            tails.Close(tail);
        }
    }

    /// <inheritdoc/>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(string), ["text/event-stream"]));

    private async ValueTask<string?> FindEndAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var services = context.RequestServices;
        var token = ApiCredential.Read(context.Request.Headers, out _) is { } value
            ? await services.GetRequiredService<ITokenVerifier>().VerifyAsync(value, context.Connection.RemoteIpAddress, cancellationToken)
            : null;
        if (token?.Can(Permissions.GatewayMetadataRead, tail.AccountId) is not true)
        {
            return "token";
        }

        return await GatewayEndpoints.FindAsync(services.GetRequiredService<IGrainFactory>(), tail.AccountId, tail.GatewayId, cancellationToken) is null ? "gateway" : null;
    }
}
