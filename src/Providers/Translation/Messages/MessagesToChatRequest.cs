using System.Text.Json;

namespace GatewayActors.Providers.Translation.Messages;

/// <summary>Takes a request in the format of Anthropic's Messages apart.</summary>
/// <remarks>https://docs.anthropic.com/en/api/messages</remarks>
public static class MessagesToChatRequest
{
    // Shares of max_tokens up to which a budget of thinking means an effort.
    private const double LowShare = 0.2;
    private const double MediumShare = 0.5;

    private static readonly string[] Known =
    [
        "model", "messages", "system", "max_tokens", "stop_sequences", "temperature", "top_p", "top_k", "tools", "tool_choice", "thinking",
        "output_config", "output_format", "metadata", "service_tier", "stream", "mcp_servers", "container", "cache_control", "extra_body",
    ];

    /// <summary>Reads a body.</summary>
    /// <param name="body">The body; must stay as it is while the request lives.</param>
    /// <param name="model">The model, without its provider.</param>
    /// <param name="searchTool">The type of the target's own tool that searches the web; null if it has none.</param>
    /// <exception cref="RefusedRequestException">It is no such request, or says what no other provider's format can.</exception>
    public static ChatRequest Read(ReadOnlyMemory<byte> body, string model, string? searchTool) =>
        RequestReading.Read(body, document => Read(document, model, searchTool, mustLimit: true));

    /// <summary>Reads a body whose tokens are to be counted: it need not say how long the answer may be.</summary>
    /// <inheritdoc cref="Read(ReadOnlyMemory{byte}, string, string?)"/>
    public static ChatRequest ReadForCount(ReadOnlyMemory<byte> body, string model, string? searchTool) =>
        RequestReading.Read(body, document => Read(document, model, searchTool, mustLimit: false));

    private static ChatRequest Read(JsonDocument document, string model, string? searchTool, bool mustLimit)
    {
        var root = document.RootElement;
        var dropped = new List<string>();
        RefuseOwn(root);
        foreach (var member in root.EnumerateObject())
        {
            if (!Known.Contains(member.Name) && member.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False))
            {
                dropped.Add(member.Name);
            }
        }

        var maxTokens = RequestReading.Positive(root, "max_tokens");
        if (maxTokens is null && mustLimit)
        {
            throw new RefusedRequestException("It is required.", "max_tokens");
        }

        var tools = MessageTools.Read(root, searchTool, dropped);
        var choice = MessageTools.ReadChoice(root, tools);
        return new(document, MembersOf(root, dropped))
        {
            Model = model,
            Messages = MessageTurns.Read(root, dropped),
            Stream = RequestReading.Flag(root, "stream") == true,
            Tools = tools,
            ToolChoice = choice,
            ParallelToolCalls = root.Member("tool_choice").Member("disable_parallel_tool_use").IsTrue ? false : null,
            MaxCompletionTokens = maxTokens,
            Temperature = RequestReading.Number(root, "temperature"),
            TopP = RequestReading.Number(root, "top_p"),
            TopK = RequestReading.Integer(root, "top_k"),
            Stop = ReadStop(root),
            Reasoning = ReadReasoning(root, maxTokens),
            Format = ReadFormat(root),
            Dropped = dropped,
        };
    }

    /// <summary>What runs at Anthropic, or is kept there.</summary>
    private static void RefuseOwn(JsonElement root)
    {
        if (RequestReading.Items(root, "mcp_servers").MoveNext())
        {
            throw new RefusedRequestException("This model's provider does not connect to servers of tools.", "mcp_servers");
        }

        if (root.Member("container").IsDefined)
        {
            throw new RefusedRequestException("A container of Anthropic's cannot be used with this model.", "container");
        }
    }

    /// <summary>What only some targets know, under the names of chat completions.</summary>
    private static JsonElement MembersOf(JsonElement root, List<string> dropped) => RequestReading.Build(json =>
    {
        json.WriteStartObject();
        if (root.Member("metadata").Text("user_id") is { Length: > 0 } user)
        {
            json.WriteString("user"u8, user);
        }

        switch (RequestReading.Text(root, "service_tier"))
        {
            case null or "auto":
                break;
            case "standard_only":
                json.WriteString("service_tier"u8, "default"u8);
                break;
            default:
                dropped.Add("service_tier");
                break;
        }

        if (root.Member("extra_body") is { ValueKind: JsonValueKind.Object } extra)
        {
            json.WritePropertyName("extra_body"u8);
            extra.WriteTo(json);
        }

        json.WriteEndObject();
    });

    private static List<string> ReadStop(JsonElement root)
    {
        List<string> stop = [];
        foreach (var text in RequestReading.Items(root, "stop_sequences"))
        {
            if (text.ValueKind != JsonValueKind.String)
            {
                throw new RefusedRequestException("It must be an array of texts.", "stop_sequences");
            }

            if (text.GetString() is { Length: > 0 } some)
            {
                stop.Add(some);
            }
        }

        return stop;
    }

    private static ChatReasoning ReadReasoning(JsonElement root, long? maxTokens)
    {
        var effort = root.Member("output_config").Member("effort") is { ValueKind: not JsonValueKind.Undefined }
            ? RequestReading.Effort(root.Member("output_config").Text("effort"), "output_config.effort")
            : (ChatEffort?)null;
        if (root.Member("thinking") is not { ValueKind: not JsonValueKind.Undefined } thinking)
        {
            return new(effort, null, false);
        }

        switch (thinking.Text("type"))
        {
            case "disabled":
                return new(ChatEffort.None, null, false);
            case "adaptive":
                return new(effort ?? ChatEffort.Medium, null, false);
            case "enabled":
                var budget = RequestReading.Positive(thinking, "budget_tokens", "thinking.")
                    ?? throw new RefusedRequestException("It is required.", "thinking.budget_tokens");
                return new(effort ?? EffortOf(budget, maxTokens), budget, false);
            default:
                throw new RefusedRequestException("It must be enabled, disabled or adaptive.", "thinking.type");
        }
    }

    private static ChatEffort EffortOf(long budget, long? maxTokens) => ((double)budget / (maxTokens ?? budget)) switch
    {
        < LowShare => ChatEffort.Low,
        < MediumShare => ChatEffort.Medium,
        _ => ChatEffort.High,
    };

    private static ChatFormat ReadFormat(JsonElement root)
    {
        var (format, place) = root.Member("output_config").Member("format") is { ValueKind: not JsonValueKind.Undefined } current
            ? (current, "output_config.format")
            : (root.Member("output_format"), "output_format");
        if (!format.IsDefined)
        {
            return default;
        }

        if (format.Text("type") != "json_schema")
        {
            throw new RefusedRequestException("It must be json_schema.", place + ".type");
        }

        return format.Member("schema") is { ValueKind: JsonValueKind.Object } schema
            ? new(ChatFormatKind.JsonSchema, schema, "answer", null)
            : throw new RefusedRequestException("A schema must be an object.", place + ".schema");
    }
}
