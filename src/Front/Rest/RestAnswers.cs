using GatewayActors.Front.Binding;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Run;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Front.Rest;

/// <summary>Which answers of providers the API host tells in its own words.</summary>
internal static class RestAnswers
{
    private const int NoCredit = 2021;

    /// <summary>The error of a model that nobody here serves.</summary>
    public static GatewayError ModelNotFound(string model) => new(GatewayErrorKind.ModelNotFound, $"Model not found: {RoutingStage.Readable(model)}");

    /// <summary>
    /// An answer in a vendor's format goes out as it is, but for a refused credential: a status 401 must not look as if the caller's API
    /// token were refused.
    /// </summary>
    public static async ValueTask<Answer> OfFormatAsync(Step step, Answer answer) =>
        step.Exchange.Rest is not null && answer.StatusCode == StatusCodes.Status401Unauthorized ? await FailAsync(step, answer) : answer;

    /// <summary>An answer of a run: of a hosted model as it is, of another one as a run object, but for streams and what is no JSON.</summary>
    public static async ValueTask<Answer> OfRunAsync(Step step, Answer answer)
    {
        var isBinding = step.Exchange.Run?.Binding is not null;
        if (step.Exchange.Run?.Model is not { } model)
        {
            return isBinding && answer.StatusCode < 400 && IsJson(answer.ContentType) ? await BareReply.OfHostedAsync(answer) : answer;
        }

        if (answer.StatusCode >= 400)
        {
            return await FailAsync(step, answer);
        }

        return !IsJson(answer.ContentType) ? answer
            : isBinding ? new BareReply(answer, whole: null)
            : new RunReply(answer, step.Route.Provider.Slug, model, step.UsesOperatorCredential ? "Unified" : null);
    }

    private static async ValueTask<Answer> FailAsync(Step step, Answer answer)
    {
        var fault = UpstreamErrorBody.Read(answer.StatusCode, await AnswerBodies.ReadErrorAsync(answer));
        if (!answer.IsWhole)
        {
            await answer.FinishAsync(); // Others may still be reading what the client of this one gets no more of.
        }

        var (status, code, message) = Judge(step, fault);
        var failure = step.Exchange.Run?.FailureOf(fault.Status >= 500 ? RunFailure.Unavailable : fault.Type, fault.Message);
        return new ReplacedReply(answer, status, RestErrorWriter.Write(code, message, description: null, failure));
    }

    private static (int Status, int Code, string Message) Judge(Step step, ChatFault fault) => fault.Status switch
    {
        // The operator's own credential is nothing that the caller could mend.
        401 when step.UsesOperatorCredential => Of(new(GatewayErrorKind.OperatorCredentialRefused, "The provider refused the operator's credential.")),
        401 => (401, new GatewayError(GatewayErrorKind.ProviderCredentialRefused, fault.Message).Code, $"The provider refused the credential: {fault.Message}"),
        402 => (402, NoCredit, fault.Message),
        404 => (404, RestErrorWriter.ExecutionFailed, $"Model not found: {fault.Message}"),
        429 or >= 500 => (fault.Status, new GatewayError(GatewayErrorKind.UpstreamUnreachable, fault.Message).Code, fault.Message),
        _ => (fault.Status, RestErrorWriter.ExecutionFailed, $"Model execution failed (User Input Error): {fault.Message}"),
    };

    private static (int Status, int Code, string Message) Of(GatewayError error) => (error.Status(strict: false), error.Code, error.Description);

    private static bool IsJson(string? contentType) =>
        contentType is not null && contentType.AsSpan().Trim().StartsWith("application/json", StringComparison.OrdinalIgnoreCase);
}
