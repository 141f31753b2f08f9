using System.Buffers;
using System.Text.Json;
using GatewayActors.Providers.Anthropic;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>Writes everything about a request but its conversation and its tools. Belongs to one request.</summary>
internal sealed class ConverseSettings(ChatRequest request, BedrockModel model, Utf8JsonWriter json, List<string> dropped)
{
    private const int MaxMetadata = 16;
    private const int MaxMetadataCharacters = 256;

    private ClaudeThinking _thinking;
    private ClaudeSampling _sampling;

    /// <summary>Texts at which the answer ends, as they are sent.</summary>
    public IReadOnlyList<string> Stop => _sampling.Stop;

    /// <summary>Decides how the model is to think and to choose its words.</summary>
    /// <param name="isImpossible">Whether the rest of the request does not go together with thinking.</param>
    public void Decide(bool isImpossible)
    {
        if (model.Claude.IsClaude)
        {
            var lacks = ClaudeReasoning.IsLackingFromCalls(request.Messages, ClaudeReasoning.Bedrock);
            _thinking = ClaudeThinking.Decide(request, model.Claude, isImpossible || lacks, dropped);
            _sampling = ClaudeSampling.Decide(request, model.Claude, _thinking.IsOn, dropped);
            return;
        }

        if (request.Reasoning.IsWanted && !model.IsNova2 && !model.IsGptOss)
        {
            dropped.Add(ClaudeThinking.Member(request));
        }

        if (request.TopK is not null && !model.IsNova)
        {
            dropped.Add("top_k");
        }

        if (request.ParallelToolCalls == false && request.Tools.Count > 0)
        {
            dropped.Add("parallel_tool_calls");
        }

        var (stop, hasBlank) = ClaudeSampling.WithoutBlanks(request.Stop);
        if (hasBlank)
        {
            dropped.Add("stop");
        }

        _sampling = new(
            request.Temperature is { } warmth ? Math.Clamp(warmth, 0, 1) : null,
            request.TopP is { } share ? Math.Clamp(share, 0, 1) : null,
            model.IsNova ? request.TopK : null,
            stop);
    }

    public void Write()
    {
        WriteInference();
        WriteFields();
        WriteAsked();
        WriteMetadata();
        switch (request.Root.Text("service_tier"))
        {
            case ("default" or "flex" or "priority") and var tier:
                json.WriteStartObject("serviceTier"u8);
                json.WriteString("type"u8, tier);
                json.WriteEndObject();
                break;
            case not (null or "auto"):
                dropped.Add("service_tier");
                break;
        }

        foreach (var member in Extras())
        {
            switch (member.Name)
            {
                case "guardrailConfig" or "performanceConfig" or "promptVariables" or "additionalModelResponseFieldPaths":
                    member.WriteTo(json);
                    break;
                case "additionalModelRequestFields":
                    break; // with ours
                default:
                    throw new RefusedRequestException("It is not known, or belongs into the request itself.", "extra_body.aws-bedrock." + member.Name);
            }
        }
    }

    private JsonElement.ObjectEnumerator Extras() =>
        request.Root.Member("extra_body").Member("aws-bedrock") is { ValueKind: JsonValueKind.Object } extras ? extras.EnumerateObject() : default;

    private void WriteInference()
    {
        var maxTokens = model.Claude.IsClaude ? _thinking.MaxTokens : request.MaxCompletionTokens ?? request.MaxTokens;
        if ((maxTokens ?? _sampling.Temperature ?? _sampling.TopP) is null && _sampling.Stop.Count == 0)
        {
            return;
        }

        json.WriteStartObject("inferenceConfig"u8);
        if (maxTokens is { } most)
        {
            json.WriteNumber("maxTokens"u8, most);
        }

        if (_sampling.Temperature is { } temperature)
        {
            json.WriteNumber("temperature"u8, temperature);
        }

        if (_sampling.TopP is { } topP)
        {
            json.WriteNumber("topP"u8, topP);
        }

        if (_sampling.Stop.Count > 0)
        {
            json.WriteStartArray("stopSequences"u8);
            foreach (var stop in _sampling.Stop)
            {
                json.WriteStringValue(stop);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>What Converse has no member for goes to the model in its own words.</summary>
    private void WriteFields()
    {
        var output = new ArrayBufferWriter<byte>(256);
        using var fields = new Utf8JsonWriter(output, ChunkWriter.AsWritten);
        fields.WriteStartObject();
        if (model.Claude.IsClaude)
        {
            WriteClaude(fields);
        }
        else if (model.IsNova)
        {
            WriteNova(fields);
        }
        else if (model.IsGptOss && Level() is { } level)
        {
            fields.WriteString("reasoning_effort"u8, level);
        }

        if (request.Root.Member("extra_body").Member("aws-bedrock").Member("additionalModelRequestFields") is { ValueKind: JsonValueKind.Object } extra)
        {
            foreach (var member in extra.EnumerateObject())
            {
                member.WriteTo(fields);
            }
        }

        fields.WriteEndObject();
        fields.Flush();
        if (output.WrittenCount > 2)
        {
            json.WritePropertyName("additionalModelRequestFields"u8);
            json.WriteRawValue(output.WrittenSpan, skipInputValidation: true);
        }
    }

    /// <summary>Converse says that a text has ended the answer, and Claude says which: it stands in the model's own answer.</summary>
    private void WriteAsked()
    {
        if (model.Claude.IsClaude && Stop.Count > 0 && !request.Root.Member("extra_body").Member("aws-bedrock").Member("additionalModelResponseFieldPaths").IsDefined)
        {
            json.WriteStartArray("additionalModelResponseFieldPaths"u8);
            json.WriteStringValue(request.Stream ? "/delta/stop_sequence"u8 : "/stop_sequence"u8);
            json.WriteEndArray();
        }
    }

    private void WriteClaude(Utf8JsonWriter fields)
    {
        _thinking.Write(fields);
        ClaudeOutput.Write(fields, request, model.Claude, _thinking);
        if (_sampling.TopK is { } topK)
        {
            fields.WriteNumber("top_k"u8, topK);
        }

        if (request.ParallelToolCalls == false && request.Tools.Count > 0 && request.ToolChoice.Mode is ChatToolMode.Auto or ChatToolMode.Unstated)
        {
            fields.WriteStartObject("tool_choice"u8);
            fields.WriteString("type"u8, "auto"u8);
            fields.WriteBoolean("disable_parallel_tool_use"u8, true);
            fields.WriteEndObject();
        }
    }

    private void WriteNova(Utf8JsonWriter fields)
    {
        if (_sampling.TopK is { } topK)
        {
            fields.WriteStartObject("inferenceConfig"u8);
            fields.WriteNumber("topK"u8, topK);
            fields.WriteEndObject();
        }

        if (!model.IsNova2 || Level() is not { } level)
        {
            return;
        }

        var isOff = request.Reasoning.Effort == ChatEffort.None;
        fields.WriteStartObject("reasoningConfig"u8);
        fields.WriteString("type"u8, isOff ? "disabled"u8 : "enabled"u8);
        if (!isOff)
        {
            fields.WriteString("maxReasoningEffort"u8, level);
        }

        fields.WriteEndObject();
    }

    /// <summary>The effort for models with three levels; null if the client does not say.</summary>
    private string? Level()
    {
        var reasoning = request.Reasoning;
        return (reasoning.Effort ?? (reasoning.BudgetTokens is { } budget ? ClaudeThinking.Nearest(budget) : null)) switch
        {
            null => null,
            ChatEffort.None or ChatEffort.Minimal or ChatEffort.Low => "low",
            ChatEffort.Medium => "medium",
            _ => "high",
        };
    }

    private void WriteMetadata()
    {
        if (request.Root.Member("metadata") is not { ValueKind: JsonValueKind.Object } metadata || !metadata.EnumerateObject().MoveNext())
        {
            return;
        }

        var count = 0;
        foreach (var member in metadata.EnumerateObject())
        {
            count++;
            if (count > MaxMetadata || member.Name.Length > MaxMetadataCharacters || member.Value.ValueKind != JsonValueKind.String || member.Value.GetString()!.Length > MaxMetadataCharacters)
            {
                dropped.Add("metadata");
                return;
            }
        }

        json.WritePropertyName("requestMetadata"u8);
        metadata.WriteTo(json);
    }
}
