using System.Buffers;
using System.Text;
using GatewayActors.Providers.Tests.Mapping;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Cohere;

/// <summary>Translates requests to Cohere and answers back.</summary>
internal static class CohereChat
{
    public const string Model = "command-a-03-2025";
    public const string Thinker = "command-a-reasoning-08-2025";

    private const string Hello = """{"messages":[{"role":"user","content":"Hello"}]}""";

    public static ChatCall Call(string request, string model = Model)
    {
        using var read = ChatRequestReader.Read(Encoding.UTF8.GetBytes(request), model);
        return Map.Catalog.Find("cohere")!.ChatTranslator!.Translate(read);
    }

    public static RefusedRequestException Refuse(string request, string model = Model) => Assert.Throws<RefusedRequestException>(() => Call(request, model));

    /// <summary>Reads an answer in one piece, or in two cut at a place, or byte by byte, and gives out what the client gets.</summary>
    public static (string Text, ChatFault? Fault) Read(byte[] answer, bool isStream, int? cut = null, bool byteByByte = false, string request = Hello, bool usage = false)
    {
        var call = Call(request);
        var output = new ArrayBufferWriter<byte>();
        var facts = new ChatAnswerFacts { Id = "made", Model = Model, Created = 1760000000, IncludeUsage = usage, Names = call.Names };
        using ChatAnswer target = isStream ? new ChunkWriter(facts, output) : new CompletionWriter(facts, output);
        var reader = call.CreateReader(target, isStream);
        var step = byteByByte ? 1 : cut ?? answer.Length;
        for (var start = 0; start < answer.Length;)
        {
            var end = Math.Min(answer.Length, byteByByte || start == 0 ? start + Math.Max(step, 1) : answer.Length);
            reader.Read(answer.AsSpan(start, end - start));
            start = end;
        }

        reader.Complete();
        return (Encoding.UTF8.GetString(output.WrittenSpan), target.Fault);
    }

    public static byte[] Events(params string[] events) => Encoding.UTF8.GetBytes(string.Concat(events.Select(data => $"data: {data}\n\n")));
}
