using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace GatewayActors.Providers.Tests.Translation.Typed;

/// <summary>A random chat completion that every target can express, and what it says.</summary>
internal sealed record RandomChat(string[] System, RandomTurn[] Turns, double Temperature, int Most, int Choice, string[] Stop)
{
    public const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    public const string Schema = """{"type":"object","properties":{"k":{"type":"string"},"n":{"type":"integer"}},"required":["k"]}""";

    private const string Letters = "aéZ\"\\漢}{<&'7";

    private static readonly Gen<string> Word = Gen.String[Gen.Int[0, Letters.Length - 1].Select(index => Letters[index]), 1, 12];

    private static readonly Gen<RandomTurn> Turn = Gen.Select(Word.Array[1, 3], Gen.Bool, Word.Array[0, 1], Gen.Int[0, 2], Word, (texts, hasImage, answer, calls, result) => new RandomTurn(texts, hasImage, answer, calls, result));

    public static Gen<RandomChat> Any { get; } = Gen.Select(
        Word.Array[0, 2], Turn.Array[1, 4], Gen.Int[0, 100], Gen.Int[1_100, 4_000], Gen.Int[0, 3], Word.Array[0, 3],
        (system, turns, temperature, most, choice, stop) => new RandomChat(system, turns, temperature / 100.0, most, choice, stop));

    /// <summary>The functions that it may call.</summary>
    public static string[] Tools { get; } = ["tide", "wind"];

    /// <summary>How tools may be chosen, in OpenAI's words.</summary>
    public string ToolChoice => Choice switch { 0 => "auto", 1 => "required", 2 => "none", _ => "tide" };

    /// <summary>The request.</summary>
    public string Body(bool hasImages = true)
    {
        var messages = new JsonArray([.. System.Select(text => Message("system", text))]);
        var number = 0;
        foreach (var turn in Turns)
        {
            var parts = new JsonArray([.. turn.Texts.Select(text => new JsonObject { ["type"] = "text", ["text"] = text })]);
            if (hasImages && turn.HasImage)
            {
                parts.Add((JsonNode)new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = "data:image/png;base64," + Png } });
            }

            messages.Add((JsonNode)Message("user", parts));
            var calls = Enumerable.Range(number, turn.Calls).ToList();
            number += turn.Calls;
            if (turn.Answer.Length == 0 && calls.Count == 0)
            {
                continue;
            }

            var answer = Message("assistant", turn.Answer.Length == 0 ? null : turn.Answer[0]);
            if (calls.Count > 0)
            {
                answer["tool_calls"] = new JsonArray([.. calls.Select(call => new JsonObject
                {
                    ["id"] = $"call_{call}",
                    ["type"] = "function",
                    ["function"] = new JsonObject { ["name"] = Tools[call % 2], ["arguments"] = Arguments(turn, call) },
                })]);
            }

            messages.Add((JsonNode)answer);
            foreach (var call in calls)
            {
                var result = Message("tool", turn.Result + call);
                result["tool_call_id"] = $"call_{call}";
                messages.Add((JsonNode)result);
            }
        }

        messages.Add((JsonNode)Message("user", "Go on.")); // Some targets let no chat end with an answer.
        return new JsonObject
        {
            ["messages"] = messages,
            ["temperature"] = Temperature,
            ["max_tokens"] = Most,
            ["stop"] = Stop.Length == 0 ? null : new JsonArray([.. Stop.Distinct().Select(stop => JsonValue.Create(stop))]),
            ["tools"] = new JsonArray([.. Tools.Select(name => new JsonObject
            {
                ["type"] = "function",
                ["function"] = new JsonObject { ["name"] = name, ["description"] = $"The {name}.", ["parameters"] = JsonNode.Parse(Schema) },
            })]),
            ["tool_choice"] = Choice == 3 ? new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = "tide" } } : ToolChoice,
        }.ToJsonString();
    }

    /// <summary>What it says, in its order.</summary>
    /// <param name="byName">Whether the target tells calls apart by the names of functions, not by ids.</param>
    /// <param name="hasImages">Whether it has pictures.</param>
    public IReadOnlyList<string> Said(bool byName = false, bool hasImages = true)
    {
        var said = new Transcript();
        Array.ForEach(System, text => said.Text("system", text));
        var number = 0;
        foreach (var turn in Turns)
        {
            Array.ForEach(turn.Texts, text => said.Text("user", text));
            if (hasImages && turn.HasImage)
            {
                said.Image(Png);
            }

            Array.ForEach(turn.Answer, text => said.Text("assistant", text));
            var calls = Enumerable.Range(number, turn.Calls).ToList();
            number += turn.Calls;
            calls.ForEach(call => said.Call(byName ? "" : $"call_{call}", Tools[call % 2], Arguments(turn, call)));
            calls.ForEach(call => said.Result(byName ? Tools[call % 2] : $"call_{call}", turn.Result + call));
        }

        said.Text("user", "Go on.");
        return said.Lines;
    }

    private static string Arguments(RandomTurn turn, int call) => JsonSerializer.Serialize(new { k = turn.Result, n = call });

    private static JsonObject Message(string role, JsonNode? content) => new() { ["role"] = role, ["content"] = content };
}

/// <summary>What a user says, and what it leads to.</summary>
internal sealed record RandomTurn(string[] Texts, bool HasImage, string[] Answer, int Calls, string Result);

/// <summary>What a request says, without what formats differ in: how texts of one speaker are joined, and blanks between them.</summary>
internal sealed class Transcript
{
    private string? _speaker;

    public List<string> Lines { get; } = [];

    public void Text(string role, string text)
    {
        var words = string.Concat(text.Where(letter => !char.IsWhiteSpace(letter)));
        if (_speaker == role)
        {
            Lines[^1] += words;
        }
        else
        {
            Lines.Add($"{role}: {words}");
        }

        _speaker = role;
    }

    public void Image(string base64) => Add($"image {base64}");

    public void Call(string id, string name, string arguments) => Add($"call {id} {name} {JsonNode.Parse(arguments)!.ToJsonString()}");

    public void Result(string id, string text) => Add($"result {id} {text}");

    private void Add(string line)
    {
        Lines.Add(line);
        _speaker = null;
    }
}
