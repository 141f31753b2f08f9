using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GatewayActors.Providers.Tests.Mapping;
using GatewayActors.Providers.Tests.Translation.GoogleAIStudio;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation;

/// <summary>Chat completions through the translator that a provider has for a model, there and back.</summary>
internal sealed partial class Translated(string provider, string model)
{
    private const string Hello = """{"messages":[{"role":"user","content":"Hello"}]}""";

    public ChatCall Call(string request)
    {
        using var read = ChatRequestReader.Read(Encoding.UTF8.GetBytes(request), model);
        return Map.Catalog.Find(provider)!.ChatTranslatorOf(model)!.Translate(read);
    }

    public JsonNode Body(string request) => JsonNode.Parse(Call(request).Body.Span)!;

    public RefusedRequestException Refuse(string request) => Assert.Throws<RefusedRequestException>(() => Call(request));

    /// <summary>What the client gets of an answer that comes in two pieces, cut at a place; 0 for one piece.</summary>
    public (string Text, ChatFault? Fault) Read(byte[] answer, bool isStream, int cut = 0, string request = Hello, bool usage = false)
    {
        var call = Call(request);
        var output = new ArrayBufferWriter<byte>();
        var facts = new ChatAnswerFacts { Id = "made", Model = model, Created = 1760000000, IncludeUsage = usage, Names = call.Names };
        using ChatAnswer target = isStream ? new ChunkWriter(facts, output) : new CompletionWriter(facts, output);
        var reader = call.CreateReader(target, isStream);
        reader.Read(answer.AsSpan(0, cut));
        reader.Read(answer.AsSpan(cut));
        reader.Complete();
        return (Encoding.UTF8.GetString(output.WrittenSpan), target.Fault);
    }

    /// <summary>The chunks of a stream; the same wherever it is cut.</summary>
    public List<JsonNode> Chunks(byte[] answer, string request = Hello, bool usage = false)
    {
        var whole = Read(answer, isStream: true, request: request, usage: usage).Text;
        for (var cut = 1; cut < answer.Length; cut++)
        {
            Assert.Equal(WithoutMadeIds(whole), WithoutMadeIds(Read(answer, isStream: true, cut, request, usage).Text));
        }

        return Gemini.Chunks(whole).ConvertAll(chunk => JsonNode.Parse(chunk)!);
    }

    /// <summary>The message of a whole answer, and why it ended.</summary>
    public (JsonNode Message, string? Finish) Message(string answer, string request = Hello)
    {
        var choice = JsonNode.Parse(Read(Encoding.UTF8.GetBytes(answer), isStream: false, request: request).Text)!["choices"]![0]!;
        return (choice["message"]!, (string?)choice["finish_reason"]);
    }

    private static string WithoutMadeIds(string text) => MadeId.Replace(text, "call_made");

    [GeneratedRegex("call_[A-Za-z0-9]{24}")]
    private static partial Regex MadeId { get; }

    public static byte[] Events(params string[] events) => Encoding.UTF8.GetBytes(string.Concat(events.Select(data => $"data: {data}\n\n")));

    public static string Deltas(IEnumerable<JsonNode> chunks, string member) => string.Concat(chunks.Select(chunk => chunk["choices"]!.AsArray()).Where(choices => choices.Count > 0).Select(choices => (string?)choices[0]!["delta"]![member]));

    public static string? Finish(IEnumerable<JsonNode> chunks) => chunks.Select(chunk => chunk["choices"]!.AsArray()).Where(choices => choices.Count > 0).Select(choices => (string?)choices[0]!["finish_reason"]).LastOrDefault(reason => reason is not null);
}
