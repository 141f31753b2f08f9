using GatewayActors.Providers.Translation.Messages;
using GatewayActors.Providers.Translation.Responses;

namespace GatewayActors.Providers.Translation;

/// <summary>Reads requests of all formats.</summary>
public static class ClientRequest
{
    /// <summary>Reads a body.</summary>
    /// <param name="format">The client's format.</param>
    /// <param name="body">The body; must stay as it is while the request lives.</param>
    /// <param name="model">The model, without its provider.</param>
    /// <param name="target">Who is going to write the request.</param>
    /// <exception cref="RefusedRequestException">It is no such request, or says what no other provider's format can.</exception>
    public static ChatRequest Read(ClientFormat format, ReadOnlyMemory<byte> body, string model, ChatTranslator target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return format switch
        {
            ClientFormat.ChatCompletions => ChatRequestReader.Read(body, model),
            ClientFormat.Responses => ResponsesToChatRequest.Read(body, model, target.SearchTool),
            ClientFormat.Messages => MessagesToChatRequest.Read(body, model, target.SearchTool),
        };
    }

    /// <summary>What begins the ids of answers in a format.</summary>
    public static string IdPrefix(ClientFormat format) => format switch
    {
        ClientFormat.ChatCompletions => "chatcmpl-",
        ClientFormat.Responses => "resp_",
        ClientFormat.Messages => "msg_",
    };
}
