using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Anthropic;

/// <summary>Writes what a Claude is told about the form of its answer.</summary>
internal static class ClaudeOutput
{
    /// <summary>Writes <c>output_config</c>, if anything is to be said.</summary>
    public static void Write(Utf8JsonWriter json, ChatRequest request, ClaudeModel model, ClaudeThinking thinking)
    {
        var hasSchema = request.Format.Kind == ChatFormatKind.JsonSchema && model.HasStructuredOutput;
        if (!hasSchema && thinking.Effort is null)
        {
            return;
        }

        json.WriteStartObject("output_config"u8);
        if (thinking.Effort is not null)
        {
            json.WriteString("effort"u8, thinking.Effort);
        }

        if (hasSchema)
        {
            json.WriteStartObject("format"u8);
            json.WriteString("type"u8, "json_schema"u8);
            json.WritePropertyName("schema"u8);
            ClaudeSchema.Write(json, request.Format.Schema);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
