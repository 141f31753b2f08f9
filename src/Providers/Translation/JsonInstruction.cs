namespace GatewayActors.Providers.Translation;

/// <summary>Asks in words for JSON, where a model cannot be held to it.</summary>
internal static class JsonInstruction
{
    private const string Plain = "Answer with one JSON object and nothing else: no code fence, and no text before or after it.";

    public static string For(in ChatFormat format) => format.Kind == ChatFormatKind.JsonSchema
        ? $"{Plain} The object must follow this JSON Schema: {format.Schema.GetRawText()}"
        : Plain;
}
