using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Tests.Mapping;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.GoogleAIStudio;

/// <summary>Translates requests to Gemini and answers back.</summary>
internal static class Gemini
{
    public const string AIStudio = "google-ai-studio";
    public const string Vertex = "google-vertex-ai";
    public const string Flash = "gemini-2.5-flash";
    public const string Newest = "gemini-3-flash-preview";

    private const string Hello = """{"messages":[{"role":"user","content":"Hello"}]}""";

    public static byte[] Fixture(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", name));

    public static ChatCall Call(string request, string model = Flash, string provider = AIStudio)
    {
        using var read = ChatRequestReader.Read(Encoding.UTF8.GetBytes(request), model);
        return Map.Catalog.Find(provider)!.ChatTranslator!.Translate(read);
    }

    public static RefusedRequestException Refuse(string request, string model = Flash, string provider = AIStudio) =>
        Assert.Throws<RefusedRequestException>(() => Call(request, model, provider));

    public static void AssertBody(string expected, ChatCall call) => AssertJson(expected, Encoding.UTF8.GetString(call.Body.Span));

    public static void AssertJson(string expected, string actual)
    {
        var node = JsonNode.Parse(actual);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), node), $"Expected {expected}\nbut it is {node?.ToJsonString()}");
    }

    /// <summary>Reads an answer in pieces and gives out what the client gets.</summary>
    public static (string Text, ChatFault? Fault) Read(byte[] answer, bool isStream, int piece = int.MaxValue, string request = Hello, string model = Flash, bool usage = true) =>
        Read(answer, isStream, Pieces(answer.Length, piece), request, model, usage);

    public static (string Text, ChatFault? Fault) ReadCut(byte[] answer, bool isStream, int at, string request = Hello) => Read(answer, isStream, [at, answer.Length], request, Flash, usage: true);

    /// <summary>The chunks of a stream, without <c>[DONE]</c>, which must be the last.</summary>
    public static List<string> Chunks(string stream)
    {
        var events = stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(text => text["data: ".Length..]).ToList();
        Assert.Equal("[DONE]", events[^1]);
        events.RemoveAt(events.Count - 1);
        return events;
    }

    /// <summary>An answer of one candidate.</summary>
    public static byte[] Candidate(string parts, string? reason = "STOP", string more = "") => Encoding.UTF8.GetBytes(
        $$"""{"candidates":[{"content":{"role":"model","parts":[{{parts}}]}{{(reason is null ? "" : $",\"finishReason\":\"{reason}\"")}},"index":0{{more}}}],"modelVersion":"m","responseId":"r"}""");

    public static byte[] Events(params byte[][] slices) => [.. slices.SelectMany(slice => (byte[])[.. "data: "u8, .. slice, .. "\r\n\r\n"u8])];

    private static (string Text, ChatFault? Fault) Read(byte[] answer, bool isStream, IEnumerable<int> ends, string request, string model, bool usage)
    {
        var call = Call(request, model);
        var output = new ArrayBufferWriter<byte>();
        var facts = new ChatAnswerFacts { Id = "made", Model = model, Created = 1760000000, IncludeUsage = usage, Names = call.Names };
        using ChatAnswer target = isStream ? new ChunkWriter(facts, output) : new CompletionWriter(facts, output);
        var reader = call.CreateReader(target, isStream);
        var start = 0;
        foreach (var end in ends)
        {
            reader.Read(answer.AsSpan(start, end - start));
            start = end;
        }

        reader.Complete();
        return (Encoding.UTF8.GetString(output.WrittenSpan), target.Fault);
    }

    private static IEnumerable<int> Pieces(int length, int piece)
    {
        for (long end = piece; end < length; end += piece)
        {
            yield return (int)end;
        }

        yield return length;
    }
}
