using System.Text.Json;
using System.Text.Json.Nodes;

namespace GatewayActors.Providers.Realtime;

/// <summary>Gemini's Live API.</summary>
internal sealed class GeminiLiveTexts : RealtimeTexts
{
    public static GeminiLiveTexts Instance { get; } = new();

    public override IEnumerable<RealtimeText> OfClient(JsonElement message) =>
        OfParts(Get(Get(message, "setup"), "systemInstruction"), RealtimeRole.System)
            .Concat(Items(Get(Get(message, "clientContent"), "turns")).SelectMany(turn => OfParts(turn, RealtimeRole.User)))
            .Concat(Text(Get(Get(message, "realtimeInput"), "text"), RealtimeRole.User))
            .Concat(Items(Get(Get(message, "toolResponse"), "functionResponses")).SelectMany(answer =>
                Get(answer, "response") is { } response ? [new RealtimeText(RealtimeRole.Tool, response.GetRawText())] : Array.Empty<RealtimeText>()));

    public override IEnumerable<RealtimeText> OfProvider(JsonElement message)
    {
        var content = Get(message, "serverContent");
        return OfParts(Get(content, "modelTurn"), RealtimeRole.Assistant)
            .Concat(Text(Get(Get(content, "outputTranscription"), "text"), RealtimeRole.Assistant))
            .Concat(Text(Get(Get(content, "inputTranscription"), "text"), RealtimeRole.User));
    }

    public override bool EndsAnswer(JsonElement message)
    {
        var content = Get(message, "serverContent");
        return Is(Get(content, "turnComplete")) || Is(Get(content, "generationComplete")) || Is(Get(content, "interrupted"));
    }

    public override string Error(string message) => new JsonObject
    {
        ["error"] = new JsonObject { ["code"] = 400, ["message"] = message, ["status"] = "FAILED_PRECONDITION" },
    }.ToJsonString();

    private static bool Is(JsonElement? element) => element is { ValueKind: JsonValueKind.True };

    private static IEnumerable<RealtimeText> OfParts(JsonElement? content, RealtimeRole role) => Items(Get(content, "parts")).SelectMany(part => Text(Get(part, "text"), role));
}
