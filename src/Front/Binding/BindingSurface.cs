using System.Security.Cryptography;
using GatewayActors.Abstractions;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayActors.Front.Binding;

/// <summary>
/// Sends calls of the Workers binding to the routes that serve everybody. Such a call names no account: its token does. The routes themselves
/// judge what the token may do.
/// </summary>
internal sealed partial class BindingSurface(ITokenVerifier tokens, ILogger<BindingSurface> logger)
{
    private const string Forwarded = "X-Forwarded";

    /// <summary>Whether a request is a call of the binding, straight or through the bridge of older versions of wrangler.</summary>
    public static bool Serves(string target) => BindingPath.IsBinding(target) || BindingPath.TryReadBridge(target, out _);

    /// <summary>Changes the request's target and goes on, or answers.</summary>
    /// <param name="context">The request.</param>
    /// <param name="next">What serves the new target.</param>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
        var (target, account) = BindingPath.TryReadBridge(request.RawTarget, out var named)
            ? (ForwardedTarget(context.Request.Headers), named.ToString())
            : (request.RawTarget, null);
        if (target is null)
        {
            await ApiProblem.Invalid($"{Forwarded} must hold the URL that the binding has called", "headers", Forwarded).ExecuteAsync(context);
            return;
        }

        if (account is null)
        {
            (account, var problem) = await FindAccountAsync(context);
            if (problem is not null)
            {
                await problem.ExecuteAsync(context);
                return;
            }
        }

        if (!Identifiers.IsAccountId(account) || BindingPath.Rewrite(target, account) is not { } rewritten)
        {
            // In the words that a client understands which looks for the rest of a stream.
            await ApiProblem.Of(StatusCodes.Status404NotFound, ApiErrors.NoRoute(BindingPath.PathOf(target).ToString())).ExecuteAsync(context);
            return;
        }

        request.RawTarget = rewritten;
        var question = rewritten.IndexOf('?', StringComparison.Ordinal);
        context.Request.Path = PathString.FromUriComponent(question < 0 ? rewritten : rewritten[..question]);
        context.Request.QueryString = new(question < 0 ? null : rewritten[question..]);
        context.Features.Set(BindingCall.Of(context.Request.Headers));
        context.Response.Headers["cf-ai-req-id"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        await next(context);
    }

    private static string? ForwardedTarget(IHeaderDictionary headers) =>
        headers[Forwarded] is [{ Length: > 0 } text] && Uri.TryCreate(text, UriKind.Absolute, out var url) && BindingPath.IsBinding(url.PathAndQuery) ? url.PathAndQuery : null;

    private async ValueTask<(string? AccountId, ApiProblem? Problem)> FindAccountAsync(HttpContext context)
    {
        if (ApiCredential.Read(context.Request.Headers, out var isMalformed) is not { } credential)
        {
            return (null, isMalformed ? ApiProblem.Of(StatusCodes.Status400BadRequest, ApiErrors.MalformedCredentials) : ApiProblem.Of(StatusCodes.Status401Unauthorized, ApiErrors.MissingCredentials));
        }

        try
        {
            return await tokens.VerifyAsync(credential, context.Connection.RemoteIpAddress, context.RequestAborted) switch
            {
                null => (null, ApiProblem.Of(StatusCodes.Status401Unauthorized, ApiErrors.AuthenticationFailed)),
                { AccountId: { } account } => (account, null),

                // It acts on every account, and nothing here says on which.
                _ => (null, ApiProblem.Of(StatusCodes.Status403Forbidden, ApiErrors.Invalid("The binding needs a token of one account, not the operator's", "headers", "Authorization"))),
            };
        }
        catch (Exception exception) when (LostInfrastructure.Is(exception))
        {
            LogNoAnswer(exception);
            context.Response.Headers.RetryAfter = "1";
            return (null, ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, ApiErrors.Unavailable(context.TraceIdentifier)));
        }
    }

    [LoggerMessage(EventId = 1131, EventName = "BindingTokenNotVerified", Level = LogLevel.Error, Message = "No grain answered for the token of a call of the Workers binding.")]
    private partial void LogNoAnswer(Exception exception);
}
