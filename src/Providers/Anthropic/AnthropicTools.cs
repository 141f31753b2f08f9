using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Anthropic;

/// <summary>Writes the tools of a request and which of them are to be called. Belongs to one request.</summary>
internal sealed class AnthropicTools(ChatRequest request, ClaudeModel model, Utf8JsonWriter json, AnthropicBlocks blocks, ToolNames names, List<string> dropped)
{
    private const int DateDigits = 8;

    /// <summary>Whether the answer comes as the arguments of <see cref="ClaudeAnswerForm.AnswerTool"/>.</summary>
    public bool UsesAnswerTool { get; } =
        request.Format.Kind == ChatFormatKind.JsonSchema && !model.HasStructuredOutput && request.ToolChoice.Name is null;

    /// <summary>Whether the model is left no choice but to call one.</summary>
    public bool IsForced => UsesAnswerTool || request.ToolChoice.Mode == ChatToolMode.Required;

    /// <summary>Names as the API takes them.</summary>
    public static ToolNames NewNames() => new((character, _) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-', 128);

    /// <summary>Writes <c>tools</c> and <c>tool_choice</c>.</summary>
    public void Write()
    {
        var hasOthers = false;
        for (var index = 0; index < request.Tools.Count; index++)
        {
            if (!IsAllowed(request.Tools[index]))
            {
                continue;
            }

            Begin(ref hasOthers);
            Tool(request.Tools[index], index);
        }

        if (!hasOthers && !UsesAnswerTool)
        {
            if (request.ToolChoice.Mode == ChatToolMode.Required)
            {
                throw new RefusedRequestException("There is no such tool to call.", request.UsesFunctions ? "function_call" : "tool_choice");
            }

            return; // A choice without tools is refused.
        }

        if (UsesAnswerTool)
        {
            var hasAny = hasOthers;
            Begin(ref hasAny);
            Answer();
        }

        json.WriteEndArray();
        Choice(hasOthers);
    }

    private bool IsAllowed(ChatTool tool) => request.ToolChoice.Allowed is not { } allowed || (!tool.IsNative && allowed.Contains(tool.Name));

    private void Begin(ref bool hasAny)
    {
        if (!hasAny)
        {
            json.WriteStartArray("tools"u8);
            hasAny = true;
        }
    }

    private void Tool(ChatTool tool, int index)
    {
        if (tool.IsNative)
        {
            Native(tool, index);
            return;
        }

        json.WriteStartObject();
        json.WriteString("name"u8, names.ToProvider(tool.Name));
        if (tool.Description is not null)
        {
            json.WriteString("description"u8, tool.Description);
        }

        json.WriteStartObject("input_schema"u8);
        if (!tool.Parameters.Member("type").IsDefined)
        {
            json.WriteString("type"u8, "object"u8); // required, and what arguments are
        }

        if (!tool.Parameters.IsDefined)
        {
            json.WriteStartObject("properties"u8);
            json.WriteEndObject();
        }
        else
        {
            foreach (var member in tool.Parameters.EnumerateObject())
            {
                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
        if (tool.Strict == true)
        {
            if (model.HasStructuredOutput)
            {
                json.WriteBoolean("strict"u8, true);
            }
            else
            {
                dropped.Add(request.UsesFunctions ? $"functions[{index}].strict" : $"tools[{index}].function.strict");
            }
        }

        blocks.Mark(tool.CacheMark);
        json.WriteEndObject();
    }

    /// <summary>A tool of Anthropic's own. Their types end in a date: <c>web_search_20250305</c>.</summary>
    private void Native(ChatTool tool, int index)
    {
        var type = tool.Native.Text("type")!;
        if (type.Length < DateDigits + 2 || type[^(DateDigits + 1)] != '_' || type.AsSpan()[^DateDigits..].ContainsAnyExceptInRange('0', '9'))
        {
            throw new RefusedRequestException("Anthropic knows no tool of this type.", $"tools[{index}].type");
        }

        json.WriteStartObject();
        foreach (var member in tool.Native.EnumerateObject())
        {
            if (!member.NameEquals("cache_control"u8))
            {
                member.WriteTo(json);
            }
        }

        blocks.Mark(tool.CacheMark);
        json.WriteEndObject();
    }

    private void Answer()
    {
        json.WriteStartObject();
        json.WriteString("name"u8, ClaudeAnswerForm.AnswerTool);
        json.WriteString("description"u8, request.Format.Description ?? "Gives the answer.");
        json.WritePropertyName("input_schema"u8);
        request.Format.Schema.WriteTo(json);
        json.WriteEndObject();
    }

    private void Choice(bool hasOthers)
    {
        var choice = request.ToolChoice;
        var isAlone = UsesAnswerTool && (!hasOthers || choice.Mode == ChatToolMode.None);
        var isSerial = UsesAnswerTool || (request.ParallelToolCalls == false && choice.Mode != ChatToolMode.None);
        if (choice.Mode == ChatToolMode.Unstated && !isSerial)
        {
            return;
        }

        json.WriteStartObject("tool_choice"u8);
        if (isAlone || choice.Name is not null)
        {
            json.WriteString("type"u8, "tool"u8);
            json.WriteString("name"u8, isAlone ? ClaudeAnswerForm.AnswerTool : names.ToProvider(choice.Name!));
        }
        else
        {
            json.WriteString("type"u8, IsForced ? "any"u8 : choice.Mode == ChatToolMode.None ? "none"u8 : "auto"u8);
        }

        if (isSerial)
        {
            json.WriteBoolean("disable_parallel_tool_use"u8, true);
        }

        json.WriteEndObject();
    }
}
