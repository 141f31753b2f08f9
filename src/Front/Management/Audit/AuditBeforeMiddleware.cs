using System.Text.Json;

namespace GatewayActors.Front.Management.Audit;

/// <summary>
/// Reads what is about to be changed, by the endpoint that shows it to clients. Runs after authorization, so that a refused request reads
/// nothing, and after repeated requests were answered. If it cannot be read, the change is not made.
/// </summary>
internal sealed class AuditBeforeMiddleware(RequestDelegate next, ReadingEndpoints endpoints)
{
    public Task InvokeAsync(HttpContext context) =>
        context.Features.Get<AuditRecord>() is { HasValues: true } record
        && !HttpMethods.IsPost(context.Request.Method)
        && endpoints.Find(record.Endpoint) is { RequestDelegate: { } read } reading
            ? HandleAsync(context, record, reading, read)
            : next(context);

    private async Task HandleAsync(HttpContext context, AuditRecord record, RouteEndpoint reading, RequestDelegate read)
    {
        using var written = new MemoryStream();
        var question = new DefaultHttpContext
        {
            RequestServices = context.RequestServices,
            User = context.User,
            RequestAborted = context.RequestAborted,
            Response = { Body = written },
        };
        var request = question.Request;
        (request.Method, request.Scheme, request.Host, request.Path) = (HttpMethods.Get, context.Request.Scheme, context.Request.Host, context.Request.Path);
        request.RouteValues = new(context.Request.RouteValues);
        question.SetEndpoint(reading);
        await read(question);
        await question.Response.BodyWriter.FlushAsync(context.RequestAborted);
        if (question.Response.StatusCode == StatusCodes.Status200OK && AuditAnswer.Read(written).Result is { ValueKind: not JsonValueKind.Null } result)
        {
            record.OldJson = AuditRedaction.Write(result, record.Name.ResourceType);
        }

        await next(context);
    }
}
