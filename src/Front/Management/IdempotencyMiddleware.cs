using System.Security.Cryptography;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Http;
using Microsoft.Extensions.Primitives;

namespace GatewayActors.Front.Management;

/// <summary>Does a POST with an <c>Idempotency-Key</c> once: a repetition gets the first one's answer.</summary>
/// <remarks>Runs after authorization: a token that may no longer do something learns nothing from what it once did.</remarks>
internal sealed class IdempotencyMiddleware(RequestDelegate next, IdempotentAnswers answers)
{
    private const string Header = "Idempotency-Key";
    private const int MaxLength = 255;

    public Task InvokeAsync(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method)
        && context.Request.Headers.TryGetValue(Header, out var key)
        && context.Request.Path.StartsWithSegments(ManagementMiddleware.BasePath, StringComparison.Ordinal)
        && context.User.Token is { } token
            ? HandleAsync(context, key, token)
            : next(context);

    private async Task HandleAsync(HttpContext context, StringValues header, TokenPrincipal token)
    {
        if (header is not [{ Length: > 0 and <= MaxLength } value])
        {
            await ApiProblem.Of(StatusCodes.Status400BadRequest, new(ApiErrors.InvalidInputCode, $"{Header} must have 1 to {MaxLength} characters")).ExecuteAsync(context);
            return;
        }

        context.Request.EnableBuffering(JsonBody.MaxBytes);
        var hash = await SHA256.HashDataAsync(context.Request.Body, context.RequestAborted);
        context.Request.Body.Position = 0;
        var key = new IdempotencyKey(token.TokenId, context.Request.Path, value);
        while (true)
        {
            var (answer, isNew) = answers.Begin(key, hash);
            if (isNew)
            {
                await AnswerAsync(context, key, answer);
                return;
            }

            if (!answer.IsOf(hash))
            {
                await ApiProblem.Of(StatusCodes.Status400BadRequest, new(ApiErrors.InvalidInputCode, $"{Header} was used with another body")).ExecuteAsync(context);
                return;
            }

            if (await answer.Stored.WaitAsync(context.RequestAborted) is { } stored)
            {
                context.Response.Headers["Idempotency-Replayed"] = "true";
                await WriteAsync(context, stored);
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpContext context, IdempotencyKey key, IdempotentAnswer answer)
    {
        var client = context.Response.Body;
        using var written = new MemoryStream();
        context.Response.Body = written;
        StoredAnswer? stored = null;
        try
        {
            await next(context);
            await context.Response.CompleteAsync();
            stored = new(context.Response.StatusCode, context.Response.ContentType, written.ToArray());
        }
        finally
        {
            context.Response.Body = client;
            if (stored is null or { StatusCode: >= 500 })
            {
                answers.Forget(key, answer);
            }
            else
            {
                answer.Complete(stored);
            }
        }

        await WriteAsync(context, stored);
    }

    private static async Task WriteAsync(HttpContext context, StoredAnswer stored)
    {
        (context.Response.StatusCode, context.Response.ContentType) = (stored.StatusCode, stored.ContentType);
        await context.Response.BodyWriter.WriteAsync(stored.Body, context.RequestAborted);
    }
}
