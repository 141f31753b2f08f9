using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>Writes the tools of a request and which of them may be called.</summary>
internal static class GeminiTools
{
    public static void Write(GeminiDraft draft)
    {
        if (draft.Request.Tools.Count > 0)
        {
            draft.Json.WriteStartArray("tools"u8);
            WriteFunctions(draft);
            WriteNative(draft);
            draft.Json.WriteEndArray();
        }

        WriteChoice(draft);
        if (draft.Request.ParallelToolCalls is false)
        {
            draft.Dropped.Add("parallel_tool_calls"); // there is no switch; several calls are allowed to come
        }
    }

    private static void WriteFunctions(GeminiDraft draft)
    {
        if (!draft.HasFunctions)
        {
            return;
        }

        var json = draft.Json;
        json.WriteStartObject();
        json.WriteStartArray("functionDeclarations"u8);
        for (var index = 0; index < draft.Request.Tools.Count; index++)
        {
            var tool = draft.Request.Tools[index];
            if (tool.IsNative)
            {
                continue;
            }

            json.WriteStartObject();
            json.WriteString("name"u8, draft.Names.ToProvider(tool.Name));
            if (tool.Description is not null)
            {
                json.WriteString("description"u8, tool.Description);
            }

            WriteParameters(draft, tool, Place(draft, index));
            json.WriteEndObject();
            DropMarks(draft, tool, index);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteParameters(GeminiDraft draft, ChatTool tool, string place)
    {
        if (!tool.Parameters.IsObject)
        {
            return;
        }

        if (draft.Model.TakesJsonSchema)
        {
            draft.Json.WritePropertyName("parametersJsonSchema"u8);
            draft.Json.WriteRaw(tool.Parameters);
        }
        else if (!OpenApiSchema.IsEmptyObject(tool.Parameters))
        {
            draft.Json.WritePropertyName("parameters"u8);
            OpenApiSchema.Write(draft.Json, tool.Parameters, place + ".parameters");
        }
    }

    private static void DropMarks(GeminiDraft draft, ChatTool tool, int index)
    {
        if (tool.CacheMark is not null)
        {
            draft.Dropped.Add($"tools[{index}].cache_control");
        }

        // A forced call always keeps to its schema.
        if (tool.Strict is true && draft.Request.ToolChoice.Mode is ChatToolMode.Unstated or ChatToolMode.None)
        {
            draft.Dropped.Add(Place(draft, index) + ".strict");
        }
    }

    private static string Place(GeminiDraft draft, int index) => draft.Request.UsesFunctions ? $"functions[{index}]" : $"tools[{index}].function";

    private static void WriteNative(GeminiDraft draft)
    {
        for (var index = 0; index < draft.Request.Tools.Count; index++)
        {
            if (!draft.Request.Tools[index].IsNative)
            {
                continue;
            }

            var native = draft.Request.Tools[index].Native;
            var type = native.Text("type")!;
            draft.Json.WriteStartObject();
            draft.Json.WritePropertyName(type switch
            {
                "google_search" => "googleSearch"u8,
                "url_context" => "urlContext"u8,
                "code_execution" => "codeExecution"u8,
                "google_maps" => "googleMaps"u8,
                _ => throw new RefusedRequestException("Only functions and Google's google_search, url_context, code_execution and google_maps can be used with this model.", $"tools[{index}].type"),
            });
            if (native.Member(type) is { ValueKind: JsonValueKind.Object } settings)
            {
                draft.Json.WriteRaw(settings);
            }
            else
            {
                draft.Json.WriteStartObject();
                draft.Json.WriteEndObject();
            }

            draft.Json.WriteEndObject();
            draft.Searches |= type is "google_search" or "google_maps";
        }
    }

    private static void WriteChoice(GeminiDraft draft)
    {
        var choice = draft.Request.ToolChoice;
        if (!draft.HasFunctions)
        {
            if (choice.Mode == ChatToolMode.Required)
            {
                throw new RefusedRequestException("There is no function to call.", "tool_choice");
            }

            return;
        }

        var mode = Mode(draft, choice);
        if (mode.IsEmpty)
        {
            return;
        }

        var json = draft.Json;
        json.WriteStartObject("toolConfig"u8);
        json.WriteStartObject("functionCallingConfig"u8);
        json.WriteString("mode"u8, mode);
        if (choice.Mode != ChatToolMode.None)
        {
            WriteAllowed(draft, choice);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static ReadOnlySpan<byte> Mode(GeminiDraft draft, in ChatToolChoice choice) => choice.Mode switch
    {
        ChatToolMode.Unstated => default,
        ChatToolMode.None => "NONE"u8,
        ChatToolMode.Required => "ANY"u8,
        ChatToolMode.Auto when choice.Allowed is [] => "NONE"u8,
        // AUTO takes no names, and does not hold arguments to their schema.
        ChatToolMode.Auto => choice.Allowed is not null || HasStrict(draft) ? "VALIDATED"u8 : "AUTO"u8,
    };

    private static bool HasStrict(GeminiDraft draft)
    {
        foreach (var tool in draft.Request.Tools)
        {
            if (tool.Strict is true)
            {
                return true;
            }
        }

        return false;
    }

    private static void WriteAllowed(GeminiDraft draft, in ChatToolChoice choice)
    {
        if (choice.Name is null && choice.Allowed is null or [])
        {
            return;
        }

        draft.Json.WriteStartArray("allowedFunctionNames"u8);
        if (choice.Name is not null)
        {
            draft.Json.WriteStringValue(draft.Names.ToProvider(choice.Name));
        }

        foreach (var name in choice.Allowed ?? [])
        {
            draft.Json.WriteStringValue(draft.Names.ToProvider(name));
        }

        draft.Json.WriteEndArray();
    }
}
