using System.Globalization;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Logpush;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Secrets;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Logpush;

/// <summary>The push jobs of an account.</summary>
internal static class LogpushEndpoints
{
    private static readonly string[] OptionalFields =
        ["name", "enabled:boolean", "max_upload_bytes:integer", "max_upload_records:integer", "max_upload_interval_seconds:integer", "filter", "output_options:object"];

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the push jobs of an account.</summary>
        public void MapLogpush()
        {
            var group = routes.MapGroup("/accounts/{accountId}/logpush/jobs").WithTags("Logpush").RequirePermission(Permissions.GatewayRead);
            group.MapGet("/", ListAsync).WithName("ListLogpushJobs");
            group.MapPost("/", CreateAsync).WithName("CreateLogpushJob").RequirePermission(Permissions.GatewayWrite).WithBody(["dataset", "destination_conf"], OptionalFields);
            group.MapGet("/{jobId}", GetAsync).WithName("GetLogpushJob");
            group.MapPut("/{jobId}", UpdateAsync).WithName("UpdateLogpushJob").RequirePermission(Permissions.GatewayWrite).WithBody([], ["destination_conf", .. OptionalFields]);
            group.MapDelete("/{jobId}", DeleteAsync).WithName("DeleteLogpushJob").RequirePermission(Permissions.GatewayWrite);
        }
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<LogpushResource>>>, ApiProblem>> ListAsync(
        string accountId, HttpContext context, IGrainFactory grains, SecretSealer sealer, CancellationToken cancellationToken)
    {
        var jobs = await Jobs(grains, accountId).ListAsync(cancellationToken);
        return jobs.Count == 0 && await grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).GetAsync(cancellationToken) is null
            ? ApiProblem.AccountNotFound(context)
            : TypedResults.Ok(Envelope.Of<IReadOnlyList<LogpushResource>>([.. jobs.Select(job => LogpushResource.From(Opened(job, accountId, sealer)))]));
    }

    internal static async Task<Results<Ok<Envelope<LogpushResource>>, ApiProblem>> CreateAsync(
        string accountId, HttpContext context, IGrainFactory grains, ILogOutbox outbox, SecretSealer sealer, GatewayOptions options, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        List<ApiError> errors = [];
        var definition = LogpushReader.Read(body, stored: null, options, errors);
        return errors.Count > 0
            ? ApiProblem.Invalid(errors)
            : Answer(await Jobs(grains, accountId).CreateAsync(Sealed(definition, accountId, sealer), await outbox.ReadLastNumberAsync(cancellationToken), cancellationToken), accountId, sealer, context);
    }

    internal static async Task<Results<Ok<Envelope<LogpushResource>>, ApiProblem>> GetAsync(
        string accountId, string jobId, IGrainFactory grains, SecretSealer sealer, CancellationToken cancellationToken) =>
        await FindAsync(grains, accountId, jobId, cancellationToken) is { } job ? TypedResults.Ok(Envelope.Of(LogpushResource.From(Opened(job, accountId, sealer)))) : ApiProblem.NotFound;

    internal static async Task<Results<Ok<Envelope<LogpushResource>>, ApiProblem>> UpdateAsync(
        string accountId, string jobId, HttpContext context, IGrainFactory grains, ILogOutbox outbox, SecretSealer sealer, GatewayOptions options, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (await FindAsync(grains, accountId, jobId, cancellationToken) is not { } stored)
        {
            return ApiProblem.NotFound;
        }

        List<ApiError> errors = [];
        var opened = Opened(stored, accountId, sealer).Definition;
        var definition = LogpushReader.Read(body, opened, options, errors);
        var keeps = definition.Destination == opened.Destination && SealedTexts.IsSealed(stored.Definition.Destination);
        return errors.Count > 0
            ? ApiProblem.Invalid(errors)
            : Answer(await Jobs(grains, accountId).UpdateAsync(
                stored.Id, keeps ? definition with { Destination = stored.Definition.Destination } : Sealed(definition, accountId, sealer), await outbox.ReadLastNumberAsync(cancellationToken), cancellationToken), accountId, sealer, context);
    }

    internal static async Task<Results<Ok<Envelope<DeletedJob>>, ApiProblem>> DeleteAsync(
        string accountId, string jobId, IGrainFactory grains, CancellationToken cancellationToken) =>
        TryReadId(jobId, out var id) && (await Jobs(grains, accountId).DeleteAsync(id, cancellationToken)).Outcome == LogpushOutcome.Done
            ? TypedResults.Ok(Envelope.Of(new DeletedJob(id)))
            : ApiProblem.NotFound;

    private static async Task<LogpushJob?> FindAsync(IGrainFactory grains, string accountId, string jobId, CancellationToken cancellationToken) =>
        TryReadId(jobId, out var id) ? (await Jobs(grains, accountId).ListAsync(cancellationToken)).FirstOrDefault(job => job.Id == id) : null;

    private static bool TryReadId(string text, out int id) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id);

    private static ILogpushGrain Jobs(IGrainFactory grains, string accountId) => grains.GetGrain<ILogpushGrain>(GrainKeys.Logpush(accountId));

    // What cannot be opened any more stays sealed: it is shown so, and kept by an update that sends it back.
    private static LogpushJob Opened(LogpushJob job, string accountId, SecretSealer sealer) =>
        job with { Definition = job.Definition with { Destination = sealer.OpenText(accountId, job.Definition.Destination) ?? job.Definition.Destination } };

    private static LogpushDefinition Sealed(LogpushDefinition definition, string accountId, SecretSealer sealer) =>
        definition with { Destination = sealer.SealText(accountId, definition.Destination) };

    private static Results<Ok<Envelope<LogpushResource>>, ApiProblem> Answer(LogpushChange change, string accountId, SecretSealer sealer, HttpContext context) => change.Outcome switch
    {
        LogpushOutcome.Done => TypedResults.Ok(Envelope.Of(LogpushResource.From(Opened(change.Job!, accountId, sealer)))),
        LogpushOutcome.NotFound => ApiProblem.NotFound,
        LogpushOutcome.AccountNotFound => ApiProblem.AccountNotFound(context),
        LogpushOutcome.TooMany => ApiProblem.Invalid("The account has as many push jobs as it may have; delete one first", "body"),
    };
}
