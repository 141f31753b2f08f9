using System.Text.Json;
using GatewayActors.Abstractions.Audit;
using GatewayActors.Front.Authentication;

namespace GatewayActors.Front.Management.Audit;

/// <summary>
/// Records every change that a token asks for, made or refused, before its answer is sent. Requests without a valid token are not recorded:
/// nobody is to be named, and anybody could fill the disk.
/// </summary>
/// <remarks>Runs after the quota, which bounds what a token can record, and before authorization, so that its refusals are recorded too.</remarks>
internal sealed partial class AuditMiddleware(RequestDelegate next, IAuditStore store, TimeProvider timeProvider, ILogger<AuditMiddleware> logger)
{
    private const int MaxTextLength = 512;

    public Task InvokeAsync(HttpContext context) =>
        AuditedEndpoints.IsChange(context.Request.Method)
        && context.User.Token is { } token
        && context.GetEndpoint() is RouteEndpoint endpoint
        && AuditedEndpoints.IsAudited(endpoint)
            ? HandleAsync(context, endpoint, token)
            : next(context);

    private async Task HandleAsync(HttpContext context, RouteEndpoint endpoint, TokenPrincipal token)
    {
        var record = new AuditRecord(endpoint);
        context.Features.Set(record);
        var client = context.Response.Body;
        using var written = new MemoryStream();
        context.Response.Body = written;
        try
        {
            await next(context);
            await context.Response.BodyWriter.FlushAsync(CancellationToken.None);
        }
        catch (Exception exception)
        {
            // It may have been done all the same: the answer of a grain can be lost after its write.
            context.Response.Body = client;
            var status = exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested
                ? StatusCodes.Status499ClientClosedRequest
                : StatusCodes.Status500InternalServerError;
            await RecordFailureAsync(context, record, token, status);
            throw;
        }

        context.Response.Body = client;
        if (!context.Response.Headers.ContainsKey("Idempotency-Replayed"))
        {
            // Not cancellable: the change is made, whether its client still waits or not.
            await store.AddAsync(Entry(context, record, token, context.Response.StatusCode, written), CancellationToken.None);
        }

        await client.WriteAsync(written.GetBuffer().AsMemory(0, (int)written.Length), context.RequestAborted);
    }

    private async Task RecordFailureAsync(HttpContext context, AuditRecord record, TokenPrincipal token, int status)
    {
        try
        {
            await store.AddAsync(Entry(context, record, token, status, written: null), CancellationToken.None);
        }
#pragma warning disable CA1031 // What the request failed of is on its way up and says more.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogNotRecorded(exception, RequestId(context));
        }
    }

    private AuditEntry Entry(HttpContext context, AuditRecord record, TokenPrincipal token, int status, MemoryStream? written)
    {
        var answer = AuditAnswer.Read(written);
        var now = timeProvider.GetUtcNow();
        var isDelete = HttpMethods.IsDelete(context.Request.Method);
        return new()
        {
            Id = Guid.CreateVersion7(now),
            When = now,
            AccountId = AccountOf(context, token, answer),
            ActorId = token.TokenId,
            ActorName = token.Name,
            IsOperator = token.IsOperator,
            ActorIp = context.Connection.RemoteIpAddress is { } address ? ClientNetworks.Normalize(address).ToString() : null,
            Action = record.Name.Action,
            ResourceType = record.Name.ResourceType,
            ResourceId = Bounded(answer.ResourceId ?? IdInPath(context, record.Endpoint)),
            Method = context.Request.Method,
            Route = AuditedEndpoints.NameOf(record.Endpoint),
            Path = Bounded(context.Request.Path) ?? "",
            Status = status,
            ErrorCodes = answer.ErrorCodes,
            RequestId = RequestId(context),
            OldJson = record.OldJson,
            NewJson = status < 400 && !isDelete && record.HasValues && answer.Result is { ValueKind: not JsonValueKind.Null } result
                ? AuditRedaction.Write(result, record.Name.ResourceType)
                : null,
        };
    }

    // An account's token writes in the log of its own account whatever it has asked for, and a person in that of one of theirs: nobody writes in
    // a stranger's.
    private static string AccountOf(HttpContext context, TokenPrincipal token, AuditAnswer answer)
    {
        var asked = context.Request.RouteValues[PermissionRequirement.AccountParameter] as string;
        return token switch
        {
            { AccountId: { } own } => own,
            { Person: { HasEveryAccount: false } person } when asked is null || person.On(asked) is null => person.AccountIds.Count > 0 ? person.AccountIds[0] : "",
            _ => asked ?? answer.ResourceId ?? "",
        };
    }

    private static string? IdInPath(HttpContext context, RouteEndpoint endpoint) =>
        endpoint.RoutePattern.Parameters is [.., { Name: var name }] ? context.Request.RouteValues[name] as string : null;

    // Whoever asks for what cannot be must not make the entry large.
    private static string? Bounded(string? text) => text is { Length: > MaxTextLength } ? text[..MaxTextLength] : text;

    private static string RequestId(HttpContext context) => context.Response.Headers["cf-ray"].ToString();

    [LoggerMessage(EventId = 3010, EventName = "AuditEntryLost", Level = LogLevel.Error,
        Message = "A failed request of the admin API could not be recorded in the audit log; its id is {RequestId}.")]
    private partial void LogNotRecorded(Exception exception, string requestId);
}
