using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GatewayActors.Providers.Tests.Mapping;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Tests.Translation.Inbound;

/// <summary>Takes requests of any client's format to any provider, and answers back.</summary>
internal static partial class Inbound
{
    /// <summary>A model of every kind of target.</summary>
    public static readonly (string Provider, string Model)[] Targets =
    [
        ("anthropic", "claude-sonnet-4-5"), ("aws-bedrock", "anthropic.claude-sonnet-4-5-20250929-v1:0"), ("cohere", "command-a-03-2025"), ("deepseek", "deepseek-chat"),
        ("google-ai-studio", "gemini-3-flash"), ("google-vertex-ai", "google/gemini-2.5-flash"), ("groq", "llama-3.3-70b"), ("mistral", "mistral-large"), ("openai", "gpt-4.1"),
        ("openrouter", "meta/llama-4"), ("perplexity-ai", "sonar"), ("workers-ai", "@cf/meta/llama-4"),
    ];

    public static string Hello(ClientFormat format) => format switch
    {
        ClientFormat.Messages => """{"max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}""",
        ClientFormat.Responses => """{"input":"Hello","include":["reasoning.encrypted_content"]}""",
        ClientFormat.ChatCompletions => """{"messages":[{"role":"user","content":"Hello"}]}""",
    };

    public static ChatTranslator Translator(string provider) => Map.Catalog.Find(provider)!.AnyTranslator!;

    public static ChatRequest Read(ClientFormat format, string body, string provider = "openai", string model = "gpt-4.1") =>
        ClientRequest.Read(format, Encoding.UTF8.GetBytes(body), model, Translator(provider));

    public static ChatCall Call(ClientFormat format, string body, string provider = "openai", string? model = null)
    {
        using var request = Read(format, body, provider, model ?? Targets.First(target => target.Provider == provider).Model);
        return Translator(provider).Translate(request);
    }

    public static JsonNode Sent(ClientFormat format, string body, string provider = "openai", string? model = null) => JsonNode.Parse(Call(format, body, provider, model).Body.Span)!;

    /// <summary>Reads an answer in one piece, or in two cut at a place, or byte by byte, and gives out what the client gets.</summary>
    public static (string Text, ChatFault? Fault) Answer(
        ClientFormat format, string provider, byte[] answer, bool comesAsStream, bool? wantsStream = null, int? cut = null, bool byteByByte = false, string? request = null, string? model = null)
    {
        using var read = Read(format, request ?? Hello(format), provider, model ?? Targets.First(target => target.Provider == provider).Model);
        var call = Translator(provider).Translate(read);
        var output = new ArrayBufferWriter<byte>();
        var facts = new ChatAnswerFacts { Id = ClientRequest.IdPrefix(format) + "made", Model = "asked", Created = 1760000000, Names = call.Names, Response = read.Response };
        using var target = ClientAnswer.Create(format, facts, output, wantsStream ?? comesAsStream);
        var reader = call.CreateReader(target, comesAsStream);
        for (var start = 0; start < answer.Length;)
        {
            var end = byteByByte ? start + 1 : start == 0 && cut is { } at ? at : answer.Length;
            reader.Read(answer.AsSpan(start, end - start));
            start = end;
        }

        reader.Complete();
        return (WithoutMadeIds(Encoding.UTF8.GetString(output.WrittenSpan)), target.Fault);
    }

    public static byte[] Fixture(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", name));

    public static byte[] Events(params string[] events) => Encoding.UTF8.GetBytes(string.Concat(events.Select(data => $"data: {data}\n\n")));

    /// <summary>A chunk of a chat completion.</summary>
    public static string Chunk(string delta, string? finish = null) =>
        $$"""{"id":"c","model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{(finish is null ? "null" : $"\"{finish}\"")}}}]}""";

    /// <summary>The events of a stream: each has a name that its data repeats.</summary>
    public static List<JsonNode> Parse(string stream)
    {
        List<JsonNode> events = [];
        foreach (var text in stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            if (text.StartsWith(':'))
            {
                continue; // a comment, which keeps the connection open
            }

            var lines = text.Split('\n');
            Xunit.Assert.Equal(2, lines.Length);
            var data = JsonNode.Parse(lines[1]["data: ".Length..])!;
            Xunit.Assert.Equal("event: " + (string?)data["type"], lines[0]);
            events.Add(data);
        }

        return events;
    }

    /// <summary>Without the ids that the gateway makes up.</summary>
    private static string WithoutMadeIds(string text) => MadeIds.Replace(text, "$1made");

    [GeneratedRegex("(?<=\")(rs_|msg_|fc_|ctc_|ig_|call_)[A-Za-z0-9]{24}(?=\")")]
    private static partial Regex MadeIds { get; }
}
