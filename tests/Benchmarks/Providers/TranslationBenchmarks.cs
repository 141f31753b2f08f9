using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using GatewayActors.Providers;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Benchmarks.Providers;

/// <summary>Chat completions in other providers' formats: a request of 1 KB with a tool, and the chunks of a stream.</summary>
[InProcess, MemoryDiagnoser, WarmupCount(5), IterationCount(10)]
public class TranslationBenchmarks
{
    private const int Slices = 100;

    private static readonly byte[] Request = Encoding.UTF8.GetBytes($$$$"""
        {"stream":true,"temperature":0.2,"max_tokens":256,"messages":[{"role":"system","content":"Answer in one short sentence."},{"role":"user","content":"{{{{new string('x', 500)}}}}"}],
         "tools":[{"type":"function","function":{"name":"lookup_tide","description":"Return the tide height for a harbour.","parameters":{"type":"object","properties":{"harbour":{"type":"string"},"hour":{"type":"integer"}},"required":["harbour"],"additionalProperties":false}}}],
         "tool_choice":"auto"}
        """);

    private static readonly byte[] GeminiSlice = Encoding.UTF8.GetBytes(
        """data: {"candidates":[{"content":{"parts":[{"text":" some words"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":2,"totalTokenCount":32},"modelVersion":"gemini-2.5-flash","responseId":"r"}""" + "\r\n\r\n");

    private static readonly byte[] CohereSlice = Encoding.UTF8.GetBytes(
        """data: {"type":"content-delta","index":0,"delta":{"message":{"content":{"text":" some words"}}}}""" + "\n\n");

    private readonly ArrayBufferWriter<byte> _output = new(65536);
    private readonly ChatTranslator _gemini = Find("google-ai-studio");
    private readonly ChatTranslator _cohere = Find("cohere");

    /// <summary>Reading and translating a request for Gemini.</summary>
    [Benchmark]
    public ChatCall GeminiRequest() => Translate(_gemini);

    /// <summary>The same for Cohere.</summary>
    [Benchmark]
    public ChatCall CohereRequest() => Translate(_cohere);

    /// <summary>One chunk of Gemini's, of a stream of 100.</summary>
    [Benchmark(OperationsPerInvoke = Slices)]
    public int GeminiChunk() => Read(_gemini, GeminiSlice);

    /// <summary>One chunk of Cohere's.</summary>
    [Benchmark(OperationsPerInvoke = Slices)]
    public int CohereChunk() => Read(_cohere, CohereSlice);

    private static ChatCall Translate(ChatTranslator translator)
    {
        using var request = ChatRequestReader.Read(Request, "gemini-2.5-flash");
        return translator.Translate(request);
    }

    private static ChatTranslator Find(string slug) => BuiltInProviders.All.First(provider => provider.Slug == slug).ChatTranslator!;

    private int Read(ChatTranslator translator, byte[] slice)
    {
        _output.ResetWrittenCount();
        using var answer = new ChunkWriter(new() { Id = "i", Model = "m", Created = 1760000000 }, _output);
        var reader = Translate(translator).CreateReader(answer, isStream: true);
        for (var index = 0; index < Slices; index++)
        {
            reader.Read(slice);
        }

        return _output.WrittenCount;
    }
}
