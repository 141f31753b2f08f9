using System.Buffers;
using GatewayActors.Providers.Translation.Messages;
using GatewayActors.Providers.Translation.Responses;

namespace GatewayActors.Providers.Translation;

/// <summary>Makes the writers of answers.</summary>
public static class ClientAnswer
{
    /// <summary>Makes a writer for one answer.</summary>
    /// <param name="format">The client's format.</param>
    /// <param name="facts">What it needs to know about the request.</param>
    /// <param name="output">Takes the answer.</param>
    /// <param name="isStream">Whether the client wants a stream.</param>
    public static ChatAnswer Create(ClientFormat format, ChatAnswerFacts facts, IBufferWriter<byte> output, bool isStream) => format switch
    {
        ClientFormat.ChatCompletions => isStream ? new ChunkWriter(facts, output) : new CompletionWriter(facts, output),
        ClientFormat.Responses => isStream ? new ChatAnswerToResponseEvents(facts, output) : new ChatAnswerToResponse(facts, output),
        ClientFormat.Messages => isStream ? new ChatAnswerToMessageEvents(facts, output) : new ChatAnswerToMessage(facts, output),
    };
}
