using System.Buffers;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Anthropic;

/// <summary>Sends chat completions to Anthropic's Messages API.</summary>
/// <remarks>https://docs.anthropic.com/en/api/messages, version 2023-06-01.</remarks>
internal sealed class OpenAIChatToAnthropicMessages : ChatTranslator
{
    private const string Version = "2023-06-01";
    private const string FilesBeta = "files-api-2025-04-14";
    private const int MaxUserId = 256; // characters

    private static readonly FrozenSet<string> Handled =
        FrozenSet.Create(StringComparer.Ordinal, "top_k", "user", "safety_identifier", "service_tier", "modalities");

    private static readonly SearchValues<char> OfTelephones = SearchValues.Create("0123456789+-() ./");
    private static readonly KeyValuePair<string, string>[] PlainHeaders = [new("anthropic-version", Version)];
    private static readonly KeyValuePair<string, string>[] FilesHeaders = [.. PlainHeaders, new("anthropic-beta", FilesBeta)];

    /// <inheritdoc/>
    public override string? SearchTool => "web_search_20250305";

    /// <inheritdoc/>
    public override IReadOnlyList<string> CallsWithoutThoughts(ChatRequest request) =>
        ClaudeReasoning.MissingCalls(request, ClaudeModel.Of(NameOf(request)), ClaudeReasoning.Anthropic);

    /// <inheritdoc/>
    protected override ChatCall Write(ChatRequest request)
    {
        if (request.Choices > 1)
        {
            throw new RefusedRequestException("Anthropic's models give one answer to a request.", "n");
        }

        foreach (var modality in request.Root.Items("modalities"))
        {
            if (modality.ValueKind == JsonValueKind.String && modality.ValueEquals("audio"u8))
            {
                throw new RefusedRequestException("Anthropic's models do not speak.", "modalities");
            }
        }

        var name = NameOf(request);
        var model = ClaudeModel.Of(name);
        var dropped = new List<string>();
        RequestMembers.DropOthers(request.Root, Handled, dropped);

        var output = new ArrayBufferWriter<byte>(2048);
        using var json = new Utf8JsonWriter(output, ChunkWriter.AsWritten);
        var names = AnthropicTools.NewNames();
        var marks = new CacheMarks(request);
        var blocks = new AnthropicBlocks(json, model, marks, names, dropped);
        var tools = new AnthropicTools(request, model, json, blocks, names, dropped);
        var conversation = new ConversationWriter(request, json, blocks, dropped);
        var isPrefilled = ConversationWriter.IsPrefilled(request);
        if (isPrefilled && model.RefusesPrefill)
        {
            throw new RefusedRequestException("This model does not go on with an answer that the request begins: the last message must be the user's or a tool's.", request.Messages[^1].Place);
        }

        var isImpossible = tools.IsForced || isPrefilled || ClaudeReasoning.IsLackingFromCalls(request.Messages, ClaudeReasoning.Anthropic);
        var thinking = ClaudeThinking.Decide(request, model, isImpossible, dropped);
        var extra = request.Root.Member("extra_body").Member("anthropic");

        json.WriteStartObject();
        json.WriteString("model"u8, name);
        if (request.Stream)
        {
            json.WriteBoolean("stream"u8, true);
        }

        Own(extra, "max_tokens", () => json.WriteNumber("max_tokens"u8, thinking.MaxTokens));
        tools.Write();
        conversation.WriteSystem(request.Format.Kind == ChatFormatKind.JsonObject ? ClaudeAnswerForm.JsonInstruction : null);
        conversation.WriteMessages();
        Own(extra, "thinking", () => thinking.Write(json));
        Own(extra, "output_config", () => ClaudeOutput.Write(json, request, model, thinking));
        WriteSampling(json, request, model, thinking.IsOn, dropped, extra);
        Own(extra, "metadata", () => WriteUser(json, request.Root));
        Own(extra, "service_tier", () => WriteTier(json, request.Root, dropped));
        if (extra.IsObject)
        {
            foreach (var member in extra.EnumerateObject())
            {
                if (member.Name is "model" or "stream" or "messages" or "system" or "tools" or "tool_choice")
                {
                    throw new RefusedRequestException("It belongs into the request itself.", "extra_body.anthropic." + member.Name);
                }

                member.WriteTo(json);
            }
        }

        json.WriteEndObject();
        json.Flush();
        return new AnthropicChatCall
        {
            Path = "v1/messages",
            Body = output.WrittenMemory,
            Headers = blocks.UsesFiles ? FilesHeaders : PlainHeaders,
            Dropped = dropped,
            Names = names,
            NeedsThoughts = model.Thinks && request.Tools.Count > 0,
            Form = new(ClaudeReasoning.Anthropic, tools.UsesAnswerTool, request.Format.Kind == ChatFormatKind.JsonObject, request.Reasoning.Exclude) { Stop = request.Stop },
        };
    }

    /// <summary>Ids of Anthropic's have dashes where its publications, and other catalogues, have dots.</summary>
    private static string NameOf(ChatRequest request) => request.Model.StartsWith("claude", StringComparison.Ordinal) ? request.Model.Replace('.', '-') : request.Model;

    /// <summary>Writes a member, unless the client gives it in Anthropic's own words.</summary>
    private static void Own(JsonElement extra, string name, Action write)
    {
        if (!extra.Member(name).IsDefined)
        {
            write();
        }
    }

    private static void WriteSampling(Utf8JsonWriter json, ChatRequest request, ClaudeModel model, bool isThinking, List<string> dropped, JsonElement extra)
    {
        var sampling = ClaudeSampling.Decide(request, model, isThinking, dropped);
        if (sampling.Temperature is { } temperature)
        {
            Own(extra, "temperature", () => json.WriteNumber("temperature"u8, temperature));
        }

        if (sampling.TopP is { } topP)
        {
            Own(extra, "top_p", () => json.WriteNumber("top_p"u8, topP));
        }

        if (sampling.TopK is { } topK)
        {
            Own(extra, "top_k", () => json.WriteNumber("top_k"u8, topK));
        }

        if (sampling.Stop.Count > 0)
        {
            Own(extra, "stop_sequences", () =>
            {
                json.WriteStartArray("stop_sequences"u8);
                foreach (var stop in sampling.Stop)
                {
                    json.WriteStringValue(stop);
                }

                json.WriteEndArray();
            });
        }
    }

    private static void WriteUser(Utf8JsonWriter json, JsonElement root)
    {
        if ((root.Text("safety_identifier") ?? root.Text("user")) is not { Length: > 0 } user)
        {
            return;
        }

        json.WriteStartObject("metadata"u8);
        json.WriteString("user_id"u8, user.Length > MaxUserId || IsPersonal(user) ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(user))) : user);
        json.WriteEndObject();
    }

    /// <summary>Whether it looks like a mail address or a telephone number, which the API does not want.</summary>
    private static bool IsPersonal(string user)
    {
        var digits = 0;
        foreach (var character in user)
        {
            if (character == '@')
            {
                return true;
            }

            digits += char.IsAsciiDigit(character) ? 1 : 0;
        }

        return digits >= 7 && !user.AsSpan().ContainsAnyExcept(OfTelephones);
    }

    private static void WriteTier(Utf8JsonWriter json, JsonElement root, List<string> dropped)
    {
        switch (root.Text("service_tier"))
        {
            case "auto" or "priority":
                json.WriteString("service_tier"u8, "auto"u8);
                break;
            case "default":
                json.WriteString("service_tier"u8, "standard_only"u8);
                break;
            case not null:
                dropped.Add("service_tier");
                break;
        }
    }
}
