using System.Text.Json;

namespace GatewayActors.Providers.Translation.Completions;

/// <summary>Writes the tools of a request and which of them are to be called, as OpenAI has them. Belongs to one request.</summary>
internal sealed class CompletionsTools(ChatRequest request, CompletionsDialect dialect, Utf8JsonWriter json, List<string> dropped)
{
    private const int MaxName = 64;

    /// <summary>Names as OpenAI takes them.</summary>
    public ToolNames Names { get; } = new((character, _) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-', MaxName);

    /// <summary>Writes <c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>.</summary>
    public void Write()
    {
        if (!dialect.TakesTools)
        {
            if (request.ToolChoice.Mode == ChatToolMode.Required)
            {
                throw new RefusedRequestException("This provider's models call no tools.", "tool_choice");
            }

            if (request.Tools.Count > 0)
            {
                dropped.Add("tools");
            }

            return;
        }

        var hasAny = false;
        for (var index = 0; index < request.Tools.Count; index++)
        {
            var tool = request.Tools[index];
            if (tool.IsNative)
            {
                throw new RefusedRequestException("This provider takes functions only.", $"tools[{index}].type");
            }

            if (request.ToolChoice.Allowed?.Contains(tool.Name) is false)
            {
                continue;
            }

            if (!hasAny)
            {
                json.WriteStartArray("tools"u8);
                hasAny = true;
            }

            Write(tool, index);
        }

        if (hasAny)
        {
            json.WriteEndArray();
            WriteChoice();
        }
        else if (request.ToolChoice.Mode == ChatToolMode.Required)
        {
            throw new RefusedRequestException("There is no such tool to call.", "tool_choice");
        }
    }

    private void Write(ChatTool tool, int index)
    {
        if (tool.CacheMark is not null)
        {
            dropped.Add($"tools[{index}].cache_control");
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, Names.ToProvider(tool.Name));
        if (tool.Description is not null)
        {
            json.WriteString("description"u8, tool.Description);
        }

        json.WritePropertyName("parameters"u8);
        if (tool.Parameters.IsDefined)
        {
            tool.Parameters.WriteTo(json);
        }
        else
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "object"u8);
            json.WriteStartObject("properties"u8);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        if (tool.Strict is { } strict)
        {
            json.WriteBoolean("strict"u8, strict);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteChoice()
    {
        var choice = request.ToolChoice;
        if (choice.Name is not null)
        {
            json.WriteStartObject("tool_choice"u8);
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, Names.ToProvider(choice.Name));
            json.WriteEndObject();
            json.WriteEndObject();
        }
        else if (choice.Mode != ChatToolMode.Unstated)
        {
            json.WriteString("tool_choice"u8, choice.Mode switch
            {
                ChatToolMode.None => "none",
                ChatToolMode.Required => dialect.RequiredWord,
                _ => "auto",
            });
        }

        if (request.ParallelToolCalls != false)
        {
            return; // what is so anyway
        }

        if (dialect.TakesSerialCalls)
        {
            json.WriteBoolean("parallel_tool_calls"u8, false);
        }
        else
        {
            dropped.Add("parallel_tool_calls");
        }
    }
}
