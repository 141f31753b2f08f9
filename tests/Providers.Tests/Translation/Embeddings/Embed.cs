using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Tests.Mapping;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Embeddings;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Embeddings;

/// <summary>Translates requests for embeddings and answers back.</summary>
internal static class Embed
{
    public static (EmbeddingCall Call, EmbeddingRequest Request) Translate(string provider, string model, string body)
    {
        var request = EmbeddingRequestReader.Read(Encoding.UTF8.GetBytes(body), model);
        return (Map.Catalog.Find(provider)!.EmbeddingTranslator!.Translate(request), request);
    }

    public static RefusedRequestException Refuse(string provider, string model, string body) =>
        Assert.Throws<RefusedRequestException>(() => Translate(provider, model, body));

    /// <summary>The bodies as JSON.</summary>
    public static JsonNode?[] Bodies(EmbeddingCall call) => [.. call.Bodies.Select(body => JsonNode.Parse(body.Span))];

    /// <summary>What the client gets of an answer.</summary>
    public static (JsonNode? Answer, ChatFault? Fault) Read(EmbeddingCall call, EmbeddingRequest request, byte[] body, long? tokens = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var fault = EmbeddingWriter.Write(output, request, call, body, tokens);
        return (fault is null ? JsonNode.Parse(output.WrittenSpan) : null, fault);
    }
}
