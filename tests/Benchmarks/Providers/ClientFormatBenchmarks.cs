using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using GatewayActors.Providers;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Embeddings;

namespace GatewayActors.Benchmarks.Providers;

/// <summary>Clients of one format at providers of another: a request of 1 KB with a tool, and the chunks of a stream on their way back.</summary>
[InProcess, MemoryDiagnoser, WarmupCount(5), IterationCount(10)]
public class ClientFormatBenchmarks
{
    private const int Chunks = 100;
    private const string Schema = """{"type":"object","properties":{"harbour":{"type":"string"},"hour":{"type":"integer"}},"required":["harbour"],"additionalProperties":false}""";

    private static readonly string Text = new('x', 500);

    private static readonly byte[] Messages = Encoding.UTF8.GetBytes($$$"""
        {"model":"m","stream":true,"temperature":0.2,"max_tokens":256,"system":"Answer in one short sentence.","messages":[{"role":"user","content":[{"type":"text","text":"{{{Text}}}"}]}],
         "tools":[{"name":"lookup_tide","description":"Return the tide height for a harbour.","input_schema":{{{Schema}}} }],"tool_choice":{"type":"auto"} }
        """);

    private static readonly byte[] Responses = Encoding.UTF8.GetBytes($$$"""
        {"model":"m","stream":true,"temperature":0.2,"max_output_tokens":256,"instructions":"Answer in one short sentence.","input":[{"role":"user","content":[{"type":"input_text","text":"{{{Text}}}"}]}],
         "tools":[{"type":"function","name":"lookup_tide","description":"Return the tide height for a harbour.","parameters":{{{Schema}}},"strict":false}],"tool_choice":"auto"}
        """);

    private static readonly byte[] Chat = Encoding.UTF8.GetBytes($$$$"""
        {"model":"m","stream":true,"max_completion_tokens":256,"messages":[{"role":"system","content":"Answer in one short sentence."},{"role":"user","content":"{{{{Text}}}}"}],
         "tools":[{"type":"function","function":{"name":"lookup_tide","description":"Return the tide height for a harbour.","parameters":{{{{Schema}}}} } }],"tool_choice":"auto"}
        """);

    private static readonly byte[] Embedding = Encoding.UTF8.GetBytes($$"""{"model":"m","input":["{{Text}}","{{Text}}"],"encoding_format":"base64"}""");

    private static readonly byte[] ChatChunk = Event(
        """{"id":"c","object":"chat.completion.chunk","created":1760000000,"model":"gpt-5-mini","system_fingerprint":"f","choices":[{"index":0,"delta":{"content":" some words"},"logprobs":null,"finish_reason":null}]}""");

    private static readonly byte[] MessageStart = Event(
        """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[],"usage":{"input_tokens":9,"output_tokens":1}}}""",
        """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""");

    private static readonly byte[] MessageChunk = Event("""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":" some words"}}""");

    private static readonly byte[] ResponseStart = Event(
        """{"type":"response.output_item.added","sequence_number":2,"output_index":0,"item":{"id":"msg_1","type":"message","role":"assistant","status":"in_progress","content":[]}}""",
        """{"type":"response.content_part.added","sequence_number":3,"item_id":"msg_1","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}}""");

    private static readonly byte[] ResponseChunk = Event(
        """{"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_1","output_index":0,"content_index":0,"delta":" some words","logprobs":[],"obfuscation":"abcdef"}""");

    private readonly Pair _messagesToOpenAI = new(ClientFormat.Messages, "openai", "gpt-5-mini", Messages);
    private readonly Pair _responsesToAnthropic = new(ClientFormat.Responses, "anthropic", "claude-sonnet-4-5", Responses);
    private readonly Pair _chatToResponses = new(ClientFormat.ChatCompletions, "openai", "gpt-5-codex", Chat);

    private readonly ArrayBufferWriter<byte> _output = new(262144);
    private readonly EmbeddingTranslator _cohere = Find("cohere").EmbeddingTranslator!;
    private readonly EmbeddingTranslator _gemini = Find("google-ai-studio").EmbeddingTranslator!;

    /// <summary>A request of Messages for OpenAI.</summary>
    [Benchmark]
    public ChatCall MessagesToOpenAIRequest() => _messagesToOpenAI.Translate();

    /// <summary>A request of Responses for Anthropic.</summary>
    [Benchmark]
    public ChatCall ResponsesToAnthropicRequest() => _responsesToAnthropic.Translate();

    /// <summary>A chat completion for a model of Responses.</summary>
    [Benchmark]
    public ChatCall ChatToResponsesRequest() => _chatToResponses.Translate();

    /// <summary>Two texts for Cohere.</summary>
    [Benchmark]
    public EmbeddingCall EmbeddingsToCohereRequest() => _cohere.Translate(EmbeddingRequestReader.Read(Embedding, "embed-v4.0"));

    /// <summary>Two texts for Gemini.</summary>
    [Benchmark]
    public EmbeddingCall EmbeddingsToGeminiRequest() => _gemini.Translate(EmbeddingRequestReader.Read(Embedding, "gemini-embedding-001"));

    /// <summary>One chunk of OpenAI's, as an event of Messages.</summary>
    [Benchmark(OperationsPerInvoke = Chunks)]
    public int MessagesToOpenAIChunk() => _messagesToOpenAI.Read([], ChatChunk, _output);

    /// <summary>One event of Anthropic's, as one of Responses.</summary>
    [Benchmark(OperationsPerInvoke = Chunks)]
    public int ResponsesToAnthropicChunk() => _responsesToAnthropic.Read(MessageStart, MessageChunk, _output);

    /// <summary>One event of Responses, as a chunk of a chat completion.</summary>
    [Benchmark(OperationsPerInvoke = Chunks)]
    public int ChatToResponsesChunk() => _chatToResponses.Read(ResponseStart, ResponseChunk, _output);

    private static Provider Find(string slug) => BuiltInProviders.All.First(provider => provider.Slug == slug);

    private static byte[] Event(params string[] events) => Encoding.UTF8.GetBytes(string.Concat(events.Select(data => $"data: {data}\n\n")));

    private sealed class Pair(ClientFormat format, string provider, string model, byte[] body)
    {
        private readonly ChatTranslator _translator = Find(provider).ChatTranslatorOf(model) ?? Find(provider).AnyTranslator!;

        public ChatCall Translate() => Translate(out _);

        public int Read(byte[] start, byte[] chunk, ArrayBufferWriter<byte> output)
        {
            output.ResetWrittenCount();
            var call = Translate(out var response);
            using var answer = ClientAnswer.Create(format, new() { Id = "i", Model = "m", Created = 1760000000, Names = call.Names, Response = response }, output, isStream: true);
            var reader = call.CreateReader(answer, isStream: true);
            reader.Read(start);
            for (var index = 0; index < Chunks; index++)
            {
                reader.Read(chunk);
            }

            return output.WrittenCount;
        }

        private ChatCall Translate(out GatewayActors.Providers.Translation.Responses.ResponseEcho? response)
        {
            using var request = ClientRequest.Read(format, body, model, _translator);
            response = request.Response;
            return _translator.Translate(request);
        }
    }
}
