using System.Text.Json;
using System.Text.Json.Nodes;

namespace GatewayActors.Providers.Realtime;

/// <summary>OpenAI's Realtime API and its imitators, under the names of both of its versions.</summary>
internal sealed class OpenAITexts : RealtimeTexts
{
    public static OpenAITexts Instance { get; } = new();

    public override IEnumerable<RealtimeText> OfClient(JsonElement message) => TypeOf(message) switch
    {
        "conversation.item.create" => OfItem(Get(message, "item")),
        "response.create" => Text(Get(Get(message, "response") ?? message, "instructions"), RealtimeRole.System)
            .Concat(Items(Get(Get(message, "response"), "input")).SelectMany(item => OfItem(item))),
        "session.update" or "transcription_session.update" => Text(Get(Get(message, "session"), "instructions"), RealtimeRole.System)
            .Concat(Text(Get(Get(Get(Get(Get(message, "session"), "audio"), "input"), "transcription"), "prompt"), RealtimeRole.System)),
        _ => [],
    };

    public override IEnumerable<RealtimeText> OfProvider(JsonElement message) => TypeOf(message) switch
    {
        "response.output_text.delta" or "response.text.delta" or "response.output_audio_transcript.delta" or "response.audio_transcript.delta"
            or "response.function_call_arguments.delta" => Text(Get(message, "delta"), RealtimeRole.Assistant),
        "conversation.item.input_audio_transcription.completed" => Text(Get(message, "transcript"), RealtimeRole.User),
        _ => [],
    };

    public override bool EndsAnswer(JsonElement message) => TypeOf(message) is
        "response.output_text.done" or "response.text.done" or "response.output_audio_transcript.done" or "response.audio_transcript.done"
        or "response.function_call_arguments.done" or "response.done";

    public override string Error(string message) => new JsonObject
    {
        ["type"] = "error",
        ["error"] = new JsonObject { ["type"] = "invalid_request_error", ["code"] = "content_policy_violation", ["message"] = message, ["param"] = null, ["event_id"] = null },
    }.ToJsonString();

    private static string? TypeOf(JsonElement message) => Get(message, "type") is { ValueKind: JsonValueKind.String } type ? type.GetString() : null;

    private static IEnumerable<RealtimeText> OfItem(JsonElement? item)
    {
        var role = Get(item, "role") is { ValueKind: JsonValueKind.String } named ? named.GetString() : null;
        var said = role switch { "system" => RealtimeRole.System, "assistant" => RealtimeRole.Assistant, _ => RealtimeRole.User };
        return Items(Get(item, "content")).SelectMany(part => Text(Get(part, "text"), said).Concat(Text(Get(part, "transcript"), said)))
            .Concat(Text(Get(item, "output"), RealtimeRole.Tool));
    }
}
