using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Completions;

/// <summary>Writes everything about a request but its conversation and its tools, as OpenAI has it.</summary>
internal static class CompletionsSettings
{
    private const int MaxUser = 64; // characters

    // Read by nobody here, or written under conditions of their own.
    private static readonly FrozenSet<string> Handled = FrozenSet.Create(StringComparer.Ordinal, "user", "service_tier");

    /// <summary>Whether the form of the answer has to be asked for in words.</summary>
    public static bool NeedsInstruction(ChatRequest request, CompletionsDialect dialect) => request.Format.Kind switch
    {
        ChatFormatKind.JsonSchema => !dialect.TakesSchemas,
        ChatFormatKind.JsonObject => !dialect.TakesJsonObjects,
        ChatFormatKind.Text => false,
    };

    public static void Write(ChatRequest request, CompletionsDialect dialect, Utf8JsonWriter json, List<string> dropped)
    {
        if ((request.MaxCompletionTokens ?? request.MaxTokens) is { } most)
        {
            json.WriteNumber(dialect.CountsCompletionTokens ? "max_completion_tokens"u8 : "max_tokens"u8, most);
        }

        var reasons = CompletionsReasoning.Write(request, dialect, json, dropped);
        WriteSampling(request, dialect, json, dropped, reasons);
        WriteFormat(request, dialect, json);
        var root = request.Root;
        if ((root.Text("safety_identifier") ?? root.Text("user")) is { Length: > 0 } user && Takes(dialect, "user", dropped))
        {
            json.WriteString("user"u8, user.Length > MaxUser ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(user))) : user);
        }

        if (root.Text("service_tier") is { } tier and not "auto" && Takes(dialect, "service_tier", dropped))
        {
            json.WriteString("service_tier"u8, tier);
        }

        WriteOthers(root, dialect, json, dropped);
    }

    private static void WriteSampling(ChatRequest request, CompletionsDialect dialect, Utf8JsonWriter json, List<string> dropped, bool reasons)
    {
        Number(json, "temperature", request.Temperature, !reasons, dropped);
        Number(json, "top_p", request.TopP, !reasons, dropped);
        Number(json, "top_k", request.TopK, dialect.TakesTopK, dropped);
        Number(json, "frequency_penalty", request.FrequencyPenalty is 0 ? null : request.FrequencyPenalty, !reasons, dropped);
        Number(json, "presence_penalty", request.PresencePenalty is 0 ? null : request.PresencePenalty, !reasons, dropped);
        if (request.Stop.Count == 0)
        {
            return;
        }

        if (reasons)
        {
            dropped.Add("stop");
            return;
        }

        json.WriteStartArray("stop"u8);
        foreach (var stop in request.Stop)
        {
            json.WriteStringValue(stop);
        }

        json.WriteEndArray();
    }

    private static void WriteFormat(ChatRequest request, CompletionsDialect dialect, Utf8JsonWriter json)
    {
        var format = request.Format;
        if (format.Kind == ChatFormatKind.Text || (NeedsInstruction(request, dialect) && !dialect.TakesJsonObjects))
        {
            return;
        }

        json.WriteStartObject("response_format"u8);
        if (format.Kind == ChatFormatKind.JsonObject || !dialect.TakesSchemas)
        {
            json.WriteString("type"u8, "json_object"u8);
        }
        else
        {
            json.WriteString("type"u8, "json_schema"u8);
            json.WriteStartObject("json_schema"u8);
            json.WriteString("name"u8, format.Name ?? "answer"); // required
            if (format.Description is not null)
            {
                json.WriteString("description"u8, format.Description);
            }

            json.WritePropertyName("schema"u8);
            format.Schema.WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteOthers(JsonElement root, CompletionsDialect dialect, Utf8JsonWriter json, List<string> dropped)
    {
        List<string> others = [];
        RequestMembers.DropOthers(root, Handled, others);
        foreach (var name in others)
        {
            if (dialect.Members.Contains(name))
            {
                json.WritePropertyName(name);
                root.Member(name).WriteTo(json);
            }
            else
            {
                dropped.Add(name);
            }
        }
    }

    private static bool Takes(CompletionsDialect dialect, string name, List<string> dropped)
    {
        if (dialect.Members.Contains(name))
        {
            return true;
        }

        dropped.Add(name);
        return false;
    }

    private static void Number(Utf8JsonWriter json, string name, double? value, bool isTaken, List<string> dropped)
    {
        if (value is not { } number)
        {
            return;
        }

        if (isTaken)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            dropped.Add(name);
        }
    }
}
