using System.Buffers;
using System.Text.Json;
using GatewayActors.Front.Inspection;

namespace GatewayActors.Front.Guardrails.Engines.LlamaGuard;

/// <summary>How Llama Guard 3 is asked, and what its answer means.</summary>
/// <remarks>https://www.llama.com/docs/model-cards-and-prompt-formats/llama-guard-3/</remarks>
internal static class LlamaGuardPrompts
{
    private const string Categories = """
        S1: Violent Crimes.
        S2: Non-Violent Crimes.
        S3: Sex-Related Crimes.
        S4: Child Sexual Exploitation.
        S5: Defamation.
        S6: Specialized Advice.
        S7: Privacy.
        S8: Intellectual Property.
        S9: Indiscriminate Weapons.
        S10: Hate.
        S11: Suicide & Self-Harm.
        S12: Sexual Content.
        S13: Elections.
        S14: Code Interpreter Abuse.
        """;

    /// <summary>The messages of a chat, which the model's server puts into its form.</summary>
    public static byte[] Chat(string? model, in ScannerQuery query)
    {
        var buffer = new ArrayBufferWriter<byte>(query.Text.Length + 256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteSettings(json, model);
            json.WriteStartArray("messages"u8);
            if (query.Side == InspectedSide.Response)
            {
                WriteMessage(json, "user", query.Context ?? "");
            }

            WriteMessage(json, query.Side == InspectedSide.Request ? "user" : "assistant", query.Text);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A completion in the model's own form.</summary>
    public static byte[] Completion(string model, in ScannerQuery query)
    {
        var buffer = new ArrayBufferWriter<byte>(query.Text.Length + 2048);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteSettings(json, model);
            json.WriteString("prompt"u8, Form(query));
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The hazards that an answer names; null if it is none.</summary>
    public static Hazards? Parse(string answer)
    {
        var lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines is ["safe", ..] || (lines.Length > 0 && lines[0].Equals("safe", StringComparison.OrdinalIgnoreCase)))
        {
            return Hazards.None;
        }

        if (lines.Length < 2 || !lines[0].Equals("unsafe", StringComparison.OrdinalIgnoreCase))
        {
            return null; // Unsafe, and nobody knows why, is no verdict either.
        }

        var found = Hazards.None;
        foreach (var name in lines[1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            found |= HazardNames.Parse(name.ToUpperInvariant());
        }

        return found;
    }

    private static string Form(in ScannerQuery query)
    {
        var (role, conversation) = query.Side == InspectedSide.Request
            ? ("User", $"User: {Plain(query.Text)}")
            : ("Agent", $"User: {Plain(query.Context ?? "")}\n\nAgent: {Plain(query.Text)}");
        return $"""
            <|begin_of_text|><|start_header_id|>user<|end_header_id|>

            Task: Check if there is unsafe content in '{role}' messages in conversations according our safety policy with the below categories.

            <BEGIN UNSAFE CONTENT CATEGORIES>
            {Categories}
            <END UNSAFE CONTENT CATEGORIES>

            <BEGIN CONVERSATION>

            {conversation}

            <END CONVERSATION>

            Provide your safety assessment for ONLY THE LAST {role} message in the above conversation:
             - First line must read 'safe' or 'unsafe'.
             - If unsafe, a second line must include a comma-separated list of violated categories.<|eot_id|><|start_header_id|>assistant<|end_header_id|>


            """;
    }

    /// <summary>A text must not end the conversation that it stands in, nor speak in the model's place.</summary>
    private static string Plain(string text) => text
        .Replace("<|", "< |", StringComparison.Ordinal)
        .Replace("<BEGIN", "< BEGIN", StringComparison.OrdinalIgnoreCase)
        .Replace("<END", "< END", StringComparison.OrdinalIgnoreCase);

    private static void WriteSettings(Utf8JsonWriter json, string? model)
    {
        if (model is not null)
        {
            json.WriteString("model"u8, model);
        }

        json.WriteNumber("max_tokens"u8, 64);
        json.WriteNumber("temperature"u8, 0);
    }

    private static void WriteMessage(Utf8JsonWriter json, string role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        json.WriteString("content"u8, Plain(text));
        json.WriteEndObject();
    }
}
