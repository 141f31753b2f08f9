using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>Puts chat completions into the format of <c>generateContent</c>.</summary>
/// <remarks>https://ai.google.dev/api/generate-content; Vertex: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference.</remarks>
internal sealed class OpenAIChatToGemini(GoogleService service) : ChatTranslator
{
    public override string? SearchTool => "google_search";

    public override bool WantsBytes(ChatPart part) => service == GoogleService.AIStudio && !GeminiMedia.IsOfStudio(part.Url!);

    public override IReadOnlyList<string> CallsWithoutThoughts(ChatRequest request) => GeminiModel.Parse(request.Model, service).NeedsSignatures
        ? [.. OpenTurns.Of(request).Where(message => message.ToolCalls[0].Extra.Member("google").Text("thought_signature") is null).Select(message => message.ToolCalls[0].Id)]
        : [];

    /// <inheritdoc/>
    /// <remarks>https://ai.google.dev/api/tokens#method:-models.counttokens; Vertex takes fewer members, and not within a request.</remarks>
    public override CountCall TranslateCount(ChatRequest request)
    {
        var call = Translate(request);
        var model = GeminiModel.Parse(request.Model, service);
        var body = service == GoogleService.Vertex
            ? CountBody.Write(call.Body, [], "contents", "systemInstruction", "tools", "generationConfig")
            : CountBody.Write(call.Body, ["generateContentRequest"], new KeyValuePair<string, string>("model", Uri.UnescapeDataString(model.Resource)));
        return new(call.Path[..call.Path.LastIndexOf(':')] + ":countTokens", body, "totalTokens");
    }

    protected override ChatCall Write(ChatRequest request)
    {
        using var draft = new GeminiDraft(request, service);
        var extras = GeminiExtras.Read(draft);
        draft.Json.WriteStartObject();
        GeminiContents.Write(draft);
        GeminiTools.Write(draft);
        GeminiSettings.Write(draft, extras);
        extras.Write(draft);
        draft.Json.WriteEndObject();
        return new GeminiCall
        {
            Path = PathOf(draft),
            Body = draft.Body,
            Headers = extras.Headers,
            Dropped = draft.Dropped,
            Names = draft.Names,
            NeedsThoughts = draft.Model.NeedsSignatures && draft.HasFunctions,
            KeepsSources = draft.Searches,
            IsUnfenced = draft.NeedsJsonInstruction,
        };
    }

    private static string PathOf(GeminiDraft draft)
    {
        // Vertex wants the project and its location before this; mapping knows them from the credential.
        var root = draft.Service == GoogleService.Vertex ? "v1/publishers/google/" : "v1beta/";
        return string.Concat(root, draft.Model.Resource, draft.Request.Stream ? ":streamGenerateContent?alt=sse" : ":generateContent");
    }
}

/// <summary>A request to Gemini.</summary>
internal sealed class GeminiCall : ChatCall
{
    /// <summary>Whether the answer may come with sources, whose places are told in bytes of the text.</summary>
    public bool KeepsSources { get; init; }

    /// <summary>Whether the answer is JSON that may come in a code fence.</summary>
    public bool IsUnfenced { get; init; }

    public override ChatAnswerReader CreateReader(ChatAnswer answer, bool isStream)
    {
        var target = IsUnfenced ? new UnfencedAnswer(answer) : answer;
        var slices = new GeminiAnswer(target, KeepsSources);
        return isStream ? new GeminiStreamReader(target, slices) : new GeminiWholeReader(target, slices);
    }
}
