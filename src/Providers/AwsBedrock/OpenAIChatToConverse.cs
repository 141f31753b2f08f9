using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using GatewayActors.Providers.Anthropic;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>Sends chat completions to Bedrock's Converse.</summary>
/// <remarks>https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html</remarks>
internal sealed class OpenAIChatToConverse : ChatTranslator
{
    private static readonly FrozenSet<string> Handled =
        FrozenSet.Create(StringComparer.Ordinal, "top_k", "metadata", "service_tier", "modalities");

    /// <inheritdoc/>
    /// <remarks>https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html: Claude only, and by the model's own id.</remarks>
    public override CountCall? TranslateCount(ChatRequest request)
    {
        var model = new BedrockModel(request.Model);
        return model.Claude.IsClaude && model.BaseId is { } id
            ? new(BedrockModel.PathOf(id, "count-tokens"), CountBody.Write(Translate(request).Body, ["input", "converse"], "messages", "system", "toolConfig"), "inputTokens")
            : null;
    }

    /// <inheritdoc/>
    public override bool WantsBytes(ChatPart part) => part.Kind is ChatPartKind.Image or ChatPartKind.File;

    /// <inheritdoc/>
    public override IReadOnlyList<string> CallsWithoutThoughts(ChatRequest request)
    {
        var model = new BedrockModel(request.Model);
        return model.Claude.IsClaude ? ClaudeReasoning.MissingCalls(request, model.Claude, ClaudeReasoning.Bedrock) : [];
    }

    /// <inheritdoc/>
    protected override ChatCall Write(ChatRequest request)
    {
        Refuse(request);
        var model = new BedrockModel(request.Model);
        var dropped = new List<string>();
        RequestMembers.DropOthers(request.Root, Handled, dropped);

        var output = new ArrayBufferWriter<byte>(2048);
        using var json = new Utf8JsonWriter(output, ChunkWriter.AsWritten);
        var names = ConverseBlocks.NewNames();
        var blocks = new ConverseBlocks(json, model, new(request), names, dropped);
        var tools = new ConverseTools(request, model, json, blocks, names, dropped);
        var isPrefilled = ConversationWriter.IsPrefilled(request);
        if (isPrefilled && model.Claude.RefusesPrefill)
        {
            throw new RefusedRequestException("This model does not go on with an answer that the request begins: the last message must be the user's or a tool's.", request.Messages[^1].Place);
        }

        var settings = new ConverseSettings(request, model, json, dropped);
        settings.Decide(tools.IsForced || isPrefilled);
        var asksInWords = request.Format.Kind == ChatFormatKind.JsonObject
            || (request.Format.Kind == ChatFormatKind.JsonSchema && !model.Claude.HasStructuredOutput && !tools.UsesAnswerTool);

        json.WriteStartObject();
        tools.Write();
        var conversation = new ConversationWriter(request, json, blocks, dropped);
        conversation.WriteSystem(Instruction(request, tools, asksInWords));
        conversation.WriteMessages();
        settings.Write();
        json.WriteEndObject();
        json.Flush();
        return new ConverseCall
        {
            Path = BedrockModel.PathOf(request.Model, request.Stream ? "converse-stream" : "converse"),
            Body = output.WrittenMemory,
            Dropped = dropped,
            Names = names,
            NeedsThoughts = model.Claude is { IsClaude: true, Thinks: true } && request.Tools.Count > 0,
            Form = new(ClaudeReasoning.Bedrock, tools.UsesAnswerTool, asksInWords, request.Reasoning.Exclude) { Stop = settings.Stop },
        };
    }

    private static void Refuse(ChatRequest request)
    {
        if (request.Choices > 1)
        {
            throw new RefusedRequestException("Bedrock's models give one answer to a request.", "n");
        }

        foreach (var modality in request.Root.Items("modalities"))
        {
            if (modality.ValueKind == JsonValueKind.String && modality.ValueEquals("audio"u8))
            {
                throw new RefusedRequestException("Bedrock's models do not speak.", "modalities");
            }
        }
    }

    private static string? Instruction(ChatRequest request, ConverseTools tools, bool asksInWords)
    {
        if (!asksInWords)
        {
            return tools.Instruction;
        }

        var format = request.Format.Kind == ChatFormatKind.JsonSchema
            ? $"{ClaudeAnswerForm.JsonInstruction} It must match this JSON Schema: {request.Format.Schema.GetRawText()}"
            : ClaudeAnswerForm.JsonInstruction;
        return tools.Instruction is { } other ? $"{other}\n{format}" : format;
    }
}
