using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Inbound;

/// <summary>Random chats keep what they say, whatever they are written as and read from again.</summary>
public sealed class RoundTripTests
{
    private const int Iterations = 300;
    private const string Letters = "aé\"\\\n漢 }";

    private static readonly JsonSerializerOptions AsWritten = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Gen<string> Word = Gen.String[Gen.Int[0, Letters.Length - 1].Select(index => Letters[index]), 1, 12].Where(text => text.Trim().Length > 0).Select(text => text.Trim());

    private static readonly Gen<Turn> AnyTurn = Gen.Select(Gen.Int[0, 2], Word.Array[1, 3], Gen.Int[0, 3], Word, (kind, texts, calls, extra) => new Turn(kind, texts, calls, extra));

    private static readonly Gen<Chat> AnyChat = Gen.Select(
        Word.Array[0, 2], AnyTurn.Array[1, 8], Gen.Double[0, 1], Gen.Int[1, 9999], Gen.Int[0, 3], Word.Array[0, 3], Gen.Bool, (system, turns, temperature, most, choice, stop, isSerial) =>
            new Chat(system, turns, Math.Round(temperature, 3), most, choice, stop, isSerial));

    [Theory]
    [InlineData(ClientFormat.Messages)]
    [InlineData(ClientFormat.Responses)]
    public void Request_WrittenAsChatCompletions_SaysTheSame(ClientFormat format) => AnyChat.Sample(
        chat =>
        {
            using var asked = Inbound.Read(format, Write(format, chat));
            var sent = Inbound.Translator("openai").Translate(asked);
            using var read = ChatRequestReader.Read(sent.Body, "gpt-4.1");
            Assert.Equal(Said(asked), Said(read));
            Assert.Equal((asked.Temperature, asked.MaxCompletionTokens, asked.ToolChoice.Mode, asked.ToolChoice.Name, asked.ParallelToolCalls), (read.Temperature, read.MaxCompletionTokens, read.ToolChoice.Mode, read.ToolChoice.Name, read.ParallelToolCalls));
            Assert.Equal(asked.Stop, read.Stop);
        },
        iter: Iterations);

    [Theory]
    [InlineData(ClientFormat.Messages)]
    [InlineData(ClientFormat.Responses)]
    public void Request_WrittenAsMessages_SaysTheSame(ClientFormat format) => AnyChat.Sample(
        chat =>
        {
            using var asked = Inbound.Read(format, Write(format, chat), "anthropic", "claude-sonnet-4-5");
            var sent = Inbound.Translator("anthropic").Translate(asked);
            using var read = ClientRequest.Read(ClientFormat.Messages, sent.Body, "claude-sonnet-4-5", Inbound.Translator("anthropic"));
            Assert.Equal(Said(asked), Said(read));
        },
        iter: Iterations);

    [Theory]
    [InlineData(ClientFormat.Messages)]
    [InlineData(ClientFormat.Responses)]
    public void Answer_OfAnyOrder_IsTheSameStreamedAndWhole(ClientFormat format) => Gen.Select(Gen.Int[0, 5], Gen.Int[0, 2], Word).Array[1, 20].Sample(
        steps =>
        {
            var streamed = StreamGrammar.Assemble(format, Play(format, steps, isStream: true));
            var whole = JsonNode.Parse(Play(format, steps, isStream: false))!;
            Assert.Equal(WithoutIds(format, whole), WithoutIds(format, streamed));
            var text = streamed.ToJsonString(AsWritten);
            foreach (var (kind, _, word) in steps)
            {
                if (kind < 2)
                {
                    Assert.Contains(JsonEncodedText.Encode(word, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(), text, StringComparison.Ordinal);
                }
            }
        },
        iter: Iterations);

    private static string Play(ClientFormat format, (int Kind, int Call, string Word)[] steps, bool isStream)
    {
        var output = new ArrayBufferWriter<byte>();
        var facts = new ChatAnswerFacts { Id = "made", Model = "m", Created = 1, Response = new() { WantsEncryptedReasoning = true } };
        using var answer = ClientAnswer.Create(format, facts, output, isStream);
        answer.Start("id", "m");
        List<(int Number, bool HasEnded)> calls = [];
        foreach (var (kind, which, word) in steps)
        {
            var index = calls.Count == 0 ? -1 : which % calls.Count;
            switch (kind)
            {
                case 0:
                    answer.Text(0, word);
                    break;
                case 1:
                    answer.Reasoning(0, word);
                    break;
                case 2:
                    answer.ReasoningDetail(0, new("bedrock", 0, null, word, null));
                    break;
                case 3:
                    calls.Add((answer.BeginCall(0, "id" + calls.Count, "f" + calls.Count, which == 0 ? word : null), false));
                    answer.Arguments(0, calls[^1].Number, "{\"k\":" + JsonSerializer.Serialize(word));
                    break;
                case 4 when index >= 0 && !calls[index].HasEnded:
                    answer.Arguments(0, calls[index].Number, "}");
                    answer.EndCall(0, calls[index].Number);
                    calls[index] = (calls[index].Number, true);
                    break;
            }
        }

        foreach (var (number, hasEnded) in calls)
        {
            if (!hasEnded)
            {
                answer.Arguments(0, number, "}");
            }
        }

        answer.Finish(0, ChatFinish.Stop);
        answer.Usage(new(5, 7));
        answer.End();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string WithoutIds(ClientFormat format, JsonNode answer)
    {
        foreach (var item in format == ClientFormat.Responses ? (JsonArray)answer["output"]! : [])
        {
            item!.AsObject().Remove("id");
        }

        return answer.ToJsonString();
    }

    /// <summary>What a request says, without what formats differ in: where texts are joined, and where instructions stand.</summary>
    private static List<string> Said(ChatRequest request)
    {
        List<string> said = [.. request.Messages.Where(message => message.Role == ChatRole.System).SelectMany(Texts).Select(text => "system " + text)];
        said = said.Count == 0 ? said : [string.Join("\n\n", said.Select(text => text["system ".Length..]))];
        var open = ChatRole.System;
        foreach (var message in request.Messages.Where(message => message.Role != ChatRole.System))
        {
            if (message.Role == ChatRole.Tool)
            {
                said.Add($"result {message.ToolCallId} {string.Join("\n\n", Texts(message))}");
                open = ChatRole.Tool;
                continue;
            }

            if (Texts(message) is { Count: > 0 } texts)
            {
                var text = string.Join("\n\n", texts);
                if (open == message.Role)
                {
                    said[^1] += "\n\n" + text;
                }
                else
                {
                    said.Add($"{message.Role} {text}");
                }

                open = message.Role;
            }

            foreach (var call in message.ToolCalls)
            {
                said.Add($"call {call.Id} {call.Name} {JsonNode.Parse(call.Arguments)!.ToJsonString()}");
                open = ChatRole.Tool;
            }
        }

        said.AddRange(request.Tools.Select(tool => $"tool {tool.Name} {tool.Description} {tool.Parameters.GetRawText()}"));
        return said;
    }

    private static List<string> Texts(ChatMessage message) => [.. message.Parts.Where(part => part.Text.Length > 0).Select(part => part.Text)];

    private static string Write(ClientFormat format, Chat chat) => (format == ClientFormat.Messages ? chat.AsMessages() : chat.AsResponses()).ToJsonString();

    private sealed record Turn(int Kind, string[] Texts, int Calls, string Extra);

    private sealed record Chat(string[] System, Turn[] Turns, double Temperature, int Most, int Choice, string[] Stop, bool IsSerial)
    {
        public JsonObject AsMessages()
        {
            var messages = new JsonArray(Message("user", Text("Begin.")));
            var number = 0;
            foreach (var turn in Turns)
            {
                if (turn.Kind == 0)
                {
                    messages.Add((JsonNode)Message("user", [.. turn.Texts.Select(Text)]));
                    continue;
                }

                var calls = Enumerable.Range(number, turn.Kind == 1 ? 0 : turn.Calls).ToList();
                number += calls.Count;
                messages.Add((JsonNode)Message("assistant", [.. turn.Texts.Select(Text), .. calls.Select(call => new JsonObject { ["type"] = "tool_use", ["id"] = $"c{call}", ["name"] = "f", ["input"] = Arguments(turn) })]));
                messages.Add((JsonNode)Message("user", [.. calls.Select(call => new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = $"c{call}", ["content"] = turn.Extra }), Text("Go on.")]));
            }

            var root = new JsonObject
            {
                ["max_tokens"] = Most,
                ["temperature"] = Temperature,
                ["system"] = new JsonArray([.. System.Select(Text)]),
                ["messages"] = messages,
                ["stop_sequences"] = new JsonArray([.. Stop.Select(stop => JsonValue.Create(stop))]),
                ["tools"] = new JsonArray(new JsonObject { ["name"] = "f", ["description"] = "d", ["input_schema"] = Schema() }),
                ["tool_choice"] = Choice switch
                {
                    0 => new JsonObject { ["type"] = "any" },
                    1 => new JsonObject { ["type"] = "tool", ["name"] = "f" },
                    2 => new JsonObject { ["type"] = "none" },
                    _ => new JsonObject { ["type"] = "auto" },
                },
            };
            if (IsSerial)
            {
                root["tool_choice"]!["disable_parallel_tool_use"] = true;
            }

            return root;
        }

        public JsonObject AsResponses()
        {
            var input = new JsonArray(Item("user", "input_text", ["Begin."]));
            var number = 0;
            foreach (var turn in Turns)
            {
                if (turn.Kind == 0)
                {
                    input.Add((JsonNode)Item("user", "input_text", turn.Texts));
                    continue;
                }

                input.Add((JsonNode)Item("assistant", "output_text", turn.Texts));
                var calls = Enumerable.Range(number, turn.Kind == 1 ? 0 : turn.Calls).ToList();
                number += calls.Count;
                calls.ForEach(call => input.Add((JsonNode)new JsonObject { ["type"] = "function_call", ["call_id"] = $"c{call}", ["name"] = "f", ["arguments"] = Arguments(turn).ToJsonString() }));
                calls.ForEach(call => input.Add((JsonNode)new JsonObject { ["type"] = "function_call_output", ["call_id"] = $"c{call}", ["output"] = turn.Extra }));
                input.Add((JsonNode)Item("user", "input_text", ["Go on."]));
            }

            var root = new JsonObject
            {
                ["max_output_tokens"] = Most,
                ["temperature"] = Temperature,
                ["input"] = input,
                ["tools"] = new JsonArray(new JsonObject { ["type"] = "function", ["name"] = "f", ["description"] = "d", ["parameters"] = Schema() }),
                ["tool_choice"] = Choice switch
                {
                    0 => "required",
                    1 => new JsonObject { ["type"] = "function", ["name"] = "f" },
                    2 => "none",
                    _ => "auto",
                },
            };
            if (System.Length > 0)
            {
                root["instructions"] = string.Join("\n\n", System);
            }

            if (IsSerial)
            {
                root["parallel_tool_calls"] = false;
            }

            return root;
        }

        private static JsonObject Arguments(Turn turn) => new() { ["k"] = turn.Extra, ["n"] = turn.Calls };

        private static JsonObject Schema() => new() { ["type"] = "object", ["properties"] = new JsonObject { ["k"] = new JsonObject { ["type"] = "string" } } };

        private static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };

        private static JsonObject Message(string role, params JsonObject[] content) => new() { ["role"] = role, ["content"] = new JsonArray(content) };

        private static JsonObject Item(string role, string type, string[] texts) =>
            new() { ["role"] = role, ["content"] = new JsonArray([.. texts.Select(text => new JsonObject { ["type"] = type, ["text"] = text })]) };
    }
}
