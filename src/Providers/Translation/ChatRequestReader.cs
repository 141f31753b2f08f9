using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>Takes a chat completion request in OpenAI's format apart.</summary>
public static class ChatRequestReader
{
    /// <summary>Reads a body.</summary>
    /// <param name="body">The body; must stay as it is while the request lives.</param>
    /// <param name="model">The model, without its provider.</param>
    /// <exception cref="RefusedRequestException">It is no chat completion request.</exception>
    public static ChatRequest Read(ReadOnlyMemory<byte> body, string model) => RequestReading.Read(body, document => Read(document, model));

    private static ChatRequest Read(JsonDocument document, string model)
    {
        var root = document.RootElement;
        var usesFunctions = root.Member("functions").IsDefined && !root.Member("tools").IsDefined;
        return new(document)
        {
            Model = model,
            Messages = ChatMessageReader.Read(root.Member("messages")),
            Stream = root.Member("stream").IsTrue,
            IncludeUsage = root.Member("stream_options").Member("include_usage").IsTrue,
            Tools = usesFunctions ? ReadFunctions(root) : ReadTools(root),
            ToolChoice = usesFunctions ? ReadFunctionCall(root.Member("function_call")) : ReadToolChoice(root.Member("tool_choice")),
            ParallelToolCalls = root.Member("parallel_tool_calls") is { ValueKind: JsonValueKind.True or JsonValueKind.False } parallel ? parallel.GetBoolean() : null,
            UsesFunctions = usesFunctions,
            MaxTokens = RequestReading.Positive(root, "max_tokens"),
            MaxCompletionTokens = RequestReading.Positive(root, "max_completion_tokens"),
            Temperature = RequestReading.Number(root, "temperature"),
            TopP = RequestReading.Number(root, "top_p"),
            TopK = RequestReading.Integer(root, "top_k"),
            FrequencyPenalty = RequestReading.Number(root, "frequency_penalty"),
            PresencePenalty = RequestReading.Number(root, "presence_penalty"),
            Seed = RequestReading.Integer(root, "seed"),
            Choices = RequestReading.Positive(root, "n") ?? 1,
            Stop = ReadStop(root.Member("stop")),
            Reasoning = ReadReasoning(root),
            Format = ReadFormat(root.Member("response_format")),
        };
    }

    internal static ChatCacheMark? ReadCacheMark(JsonElement holder)
    {
        if (holder.Member("cache_control") is { ValueKind: JsonValueKind.Object } mark)
        {
            return new(mark.Text("ttl"));
        }

        return holder.Member("prompt_cache_breakpoint").IsDefined ? new((string?)null) : null;
    }

    private static List<ChatTool> ReadTools(JsonElement root)
    {
        List<ChatTool> tools = [];
        foreach (var tool in root.Items("tools"))
        {
            var place = $"tools[{tools.Count}]";
            if (!tool.IsObject || tool.Text("type") is not { } type)
            {
                throw new RefusedRequestException("A tool must be an object with a type.", place);
            }

            tools.Add(type == "function"
                ? ReadFunction(tool.Member("function"), place + ".function") with { CacheMark = ReadCacheMark(tool) }
                : new() { Name = tool.Text("name") ?? type, Native = tool, CacheMark = ReadCacheMark(tool) });
        }

        return tools;
    }

    private static List<ChatTool> ReadFunctions(JsonElement root)
    {
        List<ChatTool> tools = [];
        foreach (var function in root.Items("functions"))
        {
            tools.Add(ReadFunction(function, $"functions[{tools.Count}]"));
        }

        return tools;
    }

    private static ChatTool ReadFunction(JsonElement function, string place) => new()
    {
        Name = function.Text("name") is { Length: > 0 } name ? name : throw new RefusedRequestException("A function must have a name.", place + ".name"),
        Description = function.Text("description") is { } description && !string.IsNullOrWhiteSpace(description) ? description : null,
        Parameters = function.Member("parameters") switch
        {
            { ValueKind: JsonValueKind.Undefined or JsonValueKind.Object } parameters => parameters,
            _ => throw new RefusedRequestException("A function's parameters must be a JSON Schema.", place + ".parameters"),
        },
        Strict = function.Member("strict") is { ValueKind: JsonValueKind.True or JsonValueKind.False } strict ? strict.GetBoolean() : null,
    };

    private static ChatToolChoice ReadToolChoice(JsonElement choice)
    {
        switch (choice.ValueKind)
        {
            case JsonValueKind.Undefined:
                return default;
            case JsonValueKind.String:
                return new(Mode(choice.GetString(), "tool_choice"), null, null);
            case JsonValueKind.Object when choice.Text("type") == "function" && choice.Member("function").Text("name") is { } name:
                return new(ChatToolMode.Required, name, null);
            case JsonValueKind.Object when choice.Text("type") == "allowed_tools" && choice.Member("allowed_tools") is { ValueKind: JsonValueKind.Object } allowed:
                var names = new List<string>();
                foreach (var tool in allowed.Items("tools"))
                {
                    names.Add(tool.Member("function").Text("name") ?? throw new RefusedRequestException("An allowed tool must name a function.", "tool_choice.allowed_tools.tools"));
                }

                return new(Mode(allowed.Text("mode") ?? "auto", "tool_choice.allowed_tools.mode"), null, names);
            default:
                throw new RefusedRequestException("It must be auto, none, required, a function or allowed tools.", "tool_choice");
        }
    }

    private static ChatToolChoice ReadFunctionCall(JsonElement choice) => choice.ValueKind switch
    {
        JsonValueKind.Undefined => default,
        JsonValueKind.String => new(Mode(choice.GetString(), "function_call"), null, null),
        JsonValueKind.Object when choice.Text("name") is { } name => new(ChatToolMode.Required, name, null),
        _ => throw new RefusedRequestException("It must be auto, none or a function.", "function_call"),
    };

    private static ChatToolMode Mode(string? word, string place) => word switch
    {
        "auto" => ChatToolMode.Auto,
        "none" => ChatToolMode.None,
        "required" => ChatToolMode.Required,
        _ => throw new RefusedRequestException("It must be auto, none or required.", place),
    };

    private static List<string> ReadStop(JsonElement stop)
    {
        switch (stop.ValueKind)
        {
            case JsonValueKind.Undefined:
                return [];
            case JsonValueKind.String:
                return stop.GetString() is { Length: > 0 } only ? [only] : [];
            case JsonValueKind.Array:
                List<string> all = [];
                foreach (var item in stop.EnumerateArray())
                {
                    if (item.ValueKind != JsonValueKind.String)
                    {
                        throw new RefusedRequestException("It must be a text or an array of texts.", "stop");
                    }

                    if (item.GetString() is { Length: > 0 } text)
                    {
                        all.Add(text);
                    }
                }

                return all;
            default:
                throw new RefusedRequestException("It must be a text or an array of texts.", "stop");
        }
    }

    /// <summary>OpenAI's <c>reasoning_effort</c>, OpenRouter's <c>reasoning</c>, or Anthropic's <c>thinking</c>.</summary>
    private static ChatReasoning ReadReasoning(JsonElement root)
    {
        if (root.Member("reasoning_effort").IsDefined)
        {
            return new(RequestReading.Effort(root.Text("reasoning_effort"), "reasoning_effort"), null, false);
        }

        if (root.Member("reasoning") is { ValueKind: JsonValueKind.Object } reasoning)
        {
            var effort = reasoning.Member("effort").IsDefined ? RequestReading.Effort(reasoning.Text("effort"), "reasoning.effort")
                : reasoning.Member("enabled").ValueKind switch
                {
                    JsonValueKind.True => ChatEffort.Medium,
                    JsonValueKind.False => ChatEffort.None,
                    _ => (ChatEffort?)null,
                };
            return new(effort, RequestReading.Positive(reasoning, "max_tokens", "reasoning."), reasoning.Member("exclude").IsTrue);
        }

        if (root.Member("thinking") is { ValueKind: JsonValueKind.Object } thinking)
        {
            return thinking.Text("type") switch
            {
                "disabled" => new(ChatEffort.None, null, false),
                "enabled" => new(null, RequestReading.Positive(thinking, "budget_tokens", "thinking.") ?? 1024, false),
                "adaptive" => new(ChatEffort.Medium, null, false),
                _ => throw new RefusedRequestException("It must be enabled, disabled or adaptive.", "thinking.type"),
            };
        }

        return default;
    }

    private static ChatFormat ReadFormat(JsonElement format)
    {
        if (!format.IsDefined)
        {
            return default;
        }

        switch (format.Text("type"))
        {
            case "text":
                return default;
            case "json_object":
                return new(ChatFormatKind.JsonObject, default, null, null);
            case "json_schema":
                var schema = format.Member("json_schema");
                return schema.Member("schema").IsObject
                    ? new(ChatFormatKind.JsonSchema, schema.Member("schema"), schema.Text("name"), schema.Text("description"))
                    : throw new RefusedRequestException("A schema must be an object.", "response_format.json_schema.schema");
            default:
                throw new RefusedRequestException("It must be text, json_object or json_schema.", "response_format.type");
        }
    }
}
