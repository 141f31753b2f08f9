using System.Text.Json;

namespace GatewayActors.Providers.Translation.Responses;

/// <summary>Takes a request in the format of OpenAI's Responses apart.</summary>
/// <remarks>https://platform.openai.com/docs/api-reference/responses/create</remarks>
public static class ResponsesToChatRequest
{
    // What chat completions call the same, and no reading is needed for.
    private static readonly string[] Same = ["user", "safety_identifier", "prompt_cache_key", "metadata", "extra_body"];

    private static readonly string[] Known =
    [
        .. Same, "model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "max_output_tokens", "temperature", "top_p", "reasoning", "text",
        "stream", "stream_options", "include", "store", "background", "previous_response_id", "conversation", "prompt", "service_tier", "truncation",
    ];

    /// <summary>Reads a body.</summary>
    /// <param name="body">The body; must stay as it is while the request lives.</param>
    /// <param name="model">The model, without its provider.</param>
    /// <param name="searchTool">The type of the target's own tool that searches the web; null if it has none.</param>
    /// <exception cref="RefusedRequestException">It is no such request, or says what no other provider's format can.</exception>
    public static ChatRequest Read(ReadOnlyMemory<byte> body, string model, string? searchTool) =>
        RequestReading.Read(body, document => Read(document, model, searchTool));

    private static ChatRequest Read(JsonDocument document, string model, string? searchTool)
    {
        var root = document.RootElement;
        var dropped = new List<string>();
        RefuseStored(root);
        foreach (var member in root.EnumerateObject())
        {
            if (!Known.Contains(member.Name) && member.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False) && !(member.Name == "top_logprobs" && root.Integer(member.Name) == 0))
            {
                dropped.Add(member.Name);
            }
        }

        DropNamed(root, dropped);
        var tools = ResponseTools.Read(root, searchTool, dropped);
        var reasoning = root.Member("reasoning");
        return new(document, MembersOf(root))
        {
            Model = model,
            Messages = ResponseItems.Read(root, dropped),
            Stream = RequestReading.Flag(root, "stream") == true,
            Tools = tools.All,
            ToolChoice = ResponseTools.ReadChoice(root, tools),
            ParallelToolCalls = RequestReading.Flag(root, "parallel_tool_calls"),
            MaxCompletionTokens = RequestReading.Positive(root, "max_output_tokens"),
            Temperature = RequestReading.Number(root, "temperature"),
            TopP = RequestReading.Number(root, "top_p"),
            Reasoning = new(reasoning.Member("effort").IsDefined ? RequestReading.Effort(reasoning.Text("effort"), "reasoning.effort") : null, null, false),
            Format = ReadFormat(root.Member("text").Member("format")),
            Dropped = dropped,
            Response = new()
            {
                Members = ResponseEcho.Of(root),
                CustomTools = tools.Custom,
                WantsEncryptedReasoning = Includes(root, "reasoning.encrypted_content"),
            },
        };
    }

    /// <summary>What lives in a store that only OpenAI has.</summary>
    private static void RefuseStored(JsonElement root)
    {
        foreach (var name in (string[])["previous_response_id", "conversation", "prompt"])
        {
            if (root.Member(name).IsDefined)
            {
                throw new RefusedRequestException("Responses of this model are not stored: send the whole conversation as input.", name) { Code = "unsupported_parameter" };
            }
        }

        if (RequestReading.Flag(root, "background") == true)
        {
            throw new RefusedRequestException("This model does not answer in the background.", "background") { Code = "unsupported_parameter" };
        }
    }

    private static void DropNamed(JsonElement root, List<string> dropped)
    {
        if (root.Member("store").IsTrue)
        {
            dropped.Add("store");
        }

        if (root.Text("truncation") == "auto")
        {
            dropped.Add("truncation");
        }

        foreach (var item in RequestReading.Items(root, "include"))
        {
            if (item.ValueKind == JsonValueKind.String && !item.ValueEquals("reasoning.encrypted_content"u8))
            {
                dropped.Add("include");
                break;
            }
        }
    }

    private static bool Includes(JsonElement root, string name)
    {
        foreach (var item in root.Items("include"))
        {
            if (item.ValueKind == JsonValueKind.String && item.ValueEquals(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What only some targets know, under the names of chat completions.</summary>
    private static JsonElement MembersOf(JsonElement root) => RequestReading.Build(json =>
    {
        json.WriteStartObject();
        foreach (var name in Same)
        {
            if (root.Member(name) is { ValueKind: not JsonValueKind.Undefined } value)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
        }

        if (root.Member("reasoning").IsObject)
        {
            json.WriteStartObject("reasoning"u8); // So that whoever has no place for it can say what it was.
            json.WriteEndObject();
        }

        if (RequestReading.Text(root, "service_tier") is { } tier and not "auto")
        {
            json.WriteString("service_tier"u8, tier);
        }

        if (root.Member("text").Text("verbosity") is { } verbosity)
        {
            json.WriteString("verbosity"u8, verbosity);
        }

        json.WriteEndObject();
    });

    private static ChatFormat ReadFormat(JsonElement format)
    {
        if (!format.IsDefined)
        {
            return default;
        }

        return format.Text("type") switch
        {
            "text" => default,
            "json_object" => new(ChatFormatKind.JsonObject, default, null, null),
            "json_schema" when format.Member("schema").IsObject => new(ChatFormatKind.JsonSchema, format.Member("schema"), format.Text("name"), format.Text("description")),
            "json_schema" => throw new RefusedRequestException("A schema must be an object.", "text.format.schema"),
            _ => throw new RefusedRequestException("It must be text, json_object or json_schema.", "text.format.type"),
        };
    }
}
