using System.Security.Cryptography;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Supplies;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Messages;
using GatewayActors.Providers.Translation.Supplies;

namespace GatewayActors.Front.Compat;

/// <summary>Puts what a client asks of a step into the format of its provider.</summary>
internal sealed class CompatTranslation(MediaFetcher media, ThoughtStore thoughts, TimeProvider timeProvider)
{
    private const string IdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int IdCharacters = 29;

    /// <summary>
    /// Writes a step's request. Where it lacks something that only I/O can find, it is written without, so that all else that is wrong with it
    /// is told at once, and <see cref="Step.Needs"/> says what is to be found.
    /// </summary>
    /// <returns>The provider's own path; null where the request is refused.</returns>
    public string? Write(Step step, ReadOnlyMemory<byte> body, ChatTranslator translator, ClientFormat format, string model)
    {
        try
        {
            using var request = ClientRequest.Read(format, body, model, translator);
            var needs = NeedsOf(request, translator, format);
            ChatSupplies.PlaceholdersFor(needs).Supply(request);
            var call = translator.Translate(request);
            var facts = new ChatAnswerFacts
            {
                Id = ClientRequest.IdPrefix(format) + RandomNumberGenerator.GetString(IdAlphabet, IdCharacters),
                Model = model,
                Created = timeProvider.GetUtcNow().ToUnixTimeSeconds(),
                IncludeUsage = request.IncludeUsage,
                UsesFunctions = request.UsesFunctions,
                Names = call.Names,
                Response = request.Response,
            };
            step.Translation = new(format, call, facts, request.Stream) { Request = body, Dropped = DroppedOf(request, call, format) };
            step.Body = new MemoryRequestBody(call.Body);
            step.Needs = needs.IsEmpty ? null : new(body, translator, model, needs);
            return call.Path;
        }
        catch (RefusedRequestException refused)
        {
            Refuse(step, format, refused);
            return null;
        }
    }

    /// <summary>Writes a step's request once more, with what it lacked.</summary>
    public static void WriteAgain(Step step, StepNeeds needs, ChatSupplies supplies)
    {
        var translation = step.Translation!;
        try
        {
            using var request = ClientRequest.Read(translation.Format, needs.Body, needs.Model, needs.Translator);
            supplies.Supply(request);
            var call = needs.Translator.Translate(request);
            step.Translation = translation with { Call = call, Facts = translation.Facts with { Names = call.Names }, Dropped = DroppedOf(request, call, translation.Format) };
            step.Body = new MemoryRequestBody(call.Body);
            step.Needs = null;
            Warn(step, step.Route.Provider.Slug, step.Translation.Dropped);
        }
        catch (RefusedRequestException refused)
        {
            Refuse(step, translation.Format, refused); // What was fetched is of a type that the provider does not take.
        }
    }

    /// <summary>Asks the provider how many tokens a request has, or guesses it where it does not count.</summary>
    /// <returns>The provider's own path; null where it is not called.</returns>
    public static string? WriteCount(Step step, ReadOnlyMemory<byte> body, ChatTranslator translator, string model)
    {
        try
        {
            using var request = MessagesToChatRequest.ReadForCount(body, model, translator.SearchTool);

            // A picture's bytes say no more of its tokens than that it is one: they are not fetched for that.
            if (ChatNeeds.Of(request, translator).Media.Count == 0 && translator.TranslateCount(request) is { } call)
            {
                step.TokenCount = call;
                step.Body = new MemoryRequestBody(call.Body);
                return call.Path;
            }

            step.CountedTokens = TokenEstimate.Of(request);
        }
        catch (RefusedRequestException refused)
        {
            Refuse(step, ClientFormat.Messages, refused);
        }

        return null;
    }

    /// <summary>Names on the step's log entry what was left out.</summary>
    public static void Warn(Step step, string provider, IEnumerable<string> droppedMembers)
    {
        foreach (var dropped in droppedMembers)
        {
            step.Headers.Warn($"{dropped}: {provider} has nothing like it; left out.");
        }
    }

    /// <summary>Ends a step whose request cannot be told to its provider.</summary>
    public static void Refuse(Step step, ClientFormat format, RefusedRequestException refused) => step.Fail(
        new(GatewayErrorKind.UntranslatableRequest, refused.Message) { Parameter = ClientParameters.Named(format, refused.Parameter), ParameterCode = refused.Code });

    private static IReadOnlyCollection<string> DroppedOf(ChatRequest request, ChatCall call, ClientFormat format) =>
        ClientParameters.Named(format, [.. request.Dropped, .. call.Dropped]);

    private ChatNeeds NeedsOf(ChatRequest request, ChatTranslator translator, ClientFormat format)
    {
        var needs = ChatNeeds.Of(request, translator);
        return needs.IsEmpty ? needs : needs with
        {
            Media = media.IsOn ? needs.Media : [],

            // Clients of Messages are used to bringing thoughts back: what they do not bring was not kept either.
            Calls = thoughts.IsOn && format != ClientFormat.Messages && !request.UsesFunctions ? needs.Calls : [],
        };
    }
}
