using System.Text.Json;
using GatewayActors.Providers.Anthropic;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>Writes the tools of a request and which of them are to be called. Belongs to one request.</summary>
internal sealed class ConverseTools(ChatRequest request, BedrockModel model, Utf8JsonWriter json, ConverseBlocks blocks, ToolNames names, List<string> dropped)
{
    private const string NoCalls = "Do not call any tool: answer in words.";

    private readonly bool _hasCalls = request.Messages.Any(message => message.ToolCalls.Count > 0 || message.Role == ChatRole.Tool);
    private bool _hasAny;

    /// <summary>Whether the answer comes as the arguments of <see cref="ClaudeAnswerForm.AnswerTool"/>.</summary>
    public bool UsesAnswerTool { get; } =
        request.Format.Kind == ChatFormatKind.JsonSchema && !model.Claude.HasStructuredOutput && request.Tools.Count == 0;

    /// <summary>Whether the model is left no choice but to call one.</summary>
    public bool IsForced => UsesAnswerTool || request.ToolChoice.Mode == ChatToolMode.Required;

    /// <summary>What the model must be told in words; null for nothing.</summary>
    public string? Instruction => request.ToolChoice.Mode == ChatToolMode.None && _hasCalls ? NoCalls : null;

    /// <summary>Writes <c>toolConfig</c>.</summary>
    public void Write()
    {
        var choice = request.ToolChoice;
        if (choice.Mode != ChatToolMode.None || _hasCalls)
        {
            for (var index = 0; index < request.Tools.Count; index++)
            {
                WriteTool(request.Tools[index], index);
            }

            if (!_hasAny && !UsesAnswerTool && choice.Mode == ChatToolMode.Required)
            {
                throw new RefusedRequestException("There is no such tool to call.", request.UsesFunctions ? "function_call" : "tool_choice");
            }
        }

        if (_hasCalls && !_hasAny)
        {
            WriteCalled();
        }

        if (UsesAnswerTool)
        {
            Begin(ClaudeAnswerForm.AnswerTool, request.Format.Description ?? "Gives the answer.");
            request.Format.Schema.WriteTo(json);
            EndTool();
        }

        if (_hasAny)
        {
            json.WriteEndArray();
            WriteChoice(choice);
            json.WriteEndObject();
        }
    }

    private bool IsAllowed(ChatTool tool)
    {
        var choice = request.ToolChoice;
        return (choice.Allowed is not { } allowed || allowed.Contains(tool.Name))
            && (choice.Name is null || model.CanNameTool || choice.Name == tool.Name);
    }

    private void WriteTool(ChatTool tool, int index)
    {
        if (tool.IsNative)
        {
            throw new RefusedRequestException("Bedrock knows no tool of this type.", $"tools[{index}].type");
        }

        if (!IsAllowed(tool))
        {
            return;
        }

        if (tool.Strict == true)
        {
            dropped.Add(request.UsesFunctions ? $"functions[{index}].strict" : $"tools[{index}].function.strict");
        }

        Begin(tool.Name, tool.Description);
        if (tool.Parameters.IsDefined)
        {
            json.WriteStartObject();
            if (!tool.Parameters.Member("type").IsDefined)
            {
                json.WriteString("type"u8, "object"u8); // required, and what arguments are
            }

            foreach (var member in tool.Parameters.EnumerateObject())
            {
                member.WriteTo(json);
            }

            json.WriteEndObject();
        }
        else
        {
            WriteAnything();
        }

        EndTool();
        blocks.Mark(tool.CacheMark);
    }

    /// <summary>The tools that earlier turns have called: the API refuses those turns without them.</summary>
    private void WriteCalled()
    {
        var called = new HashSet<string>(StringComparer.Ordinal);
        foreach (var message in request.Messages)
        {
            foreach (var call in message.ToolCalls)
            {
                if (called.Add(call.Name))
                {
                    Begin(call.Name, null);
                    WriteAnything();
                    EndTool();
                }
            }
        }
    }

    private void Begin(string name, string? description)
    {
        if (!_hasAny)
        {
            json.WriteStartObject("toolConfig"u8);
            json.WriteStartArray("tools"u8);
            _hasAny = true;
        }

        json.WriteStartObject();
        json.WriteStartObject("toolSpec"u8);
        json.WriteString("name"u8, names.ToProvider(name));
        if (description is not null)
        {
            json.WriteString("description"u8, description);
        }

        json.WriteStartObject("inputSchema"u8);
        json.WritePropertyName("json"u8);
    }

    private void EndTool()
    {
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteAnything()
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "object"u8);
        json.WriteStartObject("properties"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteChoice(in ChatToolChoice choice)
    {
        var name = UsesAnswerTool ? ClaudeAnswerForm.AnswerTool : choice.Name;
        if (!IsForced && choice.Mode != ChatToolMode.Auto)
        {
            return;
        }

        json.WriteStartObject("toolChoice"u8);
        if (name is not null && model.CanNameTool)
        {
            json.WriteStartObject("tool"u8);
            json.WriteString("name"u8, names.ToProvider(name));
        }
        else
        {
            json.WriteStartObject(IsForced ? "any"u8 : "auto"u8);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
