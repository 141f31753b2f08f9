using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Anthropic;
using GatewayActors.Providers.Tests.Usage;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Anthropic;

/// <summary>Puts requests to Anthropic and reads answers of its.</summary>
internal static class Chat
{
    public const string Old = "claude-sonnet-4-5"; // thinks by number of tokens
    public const string New = "claude-opus-5"; // thinks by itself

    public static AnthropicChatCall Call(string body, string model = Old)
    {
        using var request = ChatRequestReader.Read(Encoding.UTF8.GetBytes(body), model);
        return (AnthropicChatCall)new OpenAIChatToAnthropicMessages().Translate(request);
    }

    /// <summary>A request of one user's message with these members beside it.</summary>
    public static string With(string members) => $$"""{"messages":[{"role":"user","content":"Hello"}]{{(members.Length > 0 ? "," : "")}}{{members}}}""";

    public static JsonObject Body(this ChatCall call) => JsonNode.Parse(call.Body.Span)!.AsObject();

    public static RefusedRequestException Refusal(string body, string model = Old) => Assert.Throws<RefusedRequestException>(() => Call(body, model));

    public static void AssertJson(string expected, JsonNode? actual)
    {
        var node = JsonNode.Parse(expected);
        Assert.True(JsonNode.DeepEquals(node, actual), $"Expected {node?.ToJsonString()} but was {actual?.ToJsonString() ?? "nothing"}.");
    }

    /// <summary>The answer in OpenAI's format, from an upstream's bytes in pieces.</summary>
    public static (string Answer, ChatFault? Fault) Read(ChatCall call, bool isStream, bool includeUsage, params ReadOnlySpan<byte[]> pieces) =>
        Read(call, new("chatcmpl-made", "asked"), isStream, includeUsage, pieces);

    /// <summary>The same, for providers that do not say who answers.</summary>
    public static (string Answer, ChatFault? Fault) Read(ChatCall call, Origin origin, bool isStream, bool includeUsage, params ReadOnlySpan<byte[]> pieces)
    {
        var facts = new ChatAnswerFacts { Id = origin.Id, Model = origin.Model, Created = 1_760_000_000, IncludeUsage = includeUsage, Names = call.Names };
        var output = new ArrayBufferWriter<byte>();
        using ChatAnswer answer = isStream ? new ChunkWriter(facts, output) : new CompletionWriter(facts, output);
        var reader = call.CreateReader(answer, isStream);
        foreach (var piece in pieces)
        {
            reader.Read(piece);
        }

        reader.Complete();
        return (Encoding.UTF8.GetString(output.WrittenSpan), answer.Fault);
    }

    /// <summary>The data of a stream's events, one JSON each; what is none stays text.</summary>
    public static List<string> Events(string stream) =>
        [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(text => text.Trim()).Where(text => text.StartsWith("data: ", StringComparison.Ordinal)).Select(text => Canonical(text[6..]))];

    public static byte[] Fixture(string name) => Reading.Fixture(name);

    public static byte[] Sse(params IEnumerable<string> events) => Encoding.UTF8.GetBytes(string.Concat(events.Select(data => $"data: {data}\n\n")));

    private static string Canonical(string json) => json == "[DONE]" ? json : Sorted(JsonNode.Parse(json))!.ToJsonString();

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, Sorted(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    /// <summary>Whose answer it is.</summary>
    public readonly record struct Origin(string Id, string Model);
}
