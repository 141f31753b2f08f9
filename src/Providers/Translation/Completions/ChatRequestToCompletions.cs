using System.Buffers;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Completions;

/// <summary>Writes chat completions for a provider that speaks OpenAI's format, for clients that do not.</summary>
/// <param name="path">The provider's own path of chat completions.</param>
/// <param name="dialect">What is different there.</param>
/// <remarks>https://platform.openai.com/docs/api-reference/chat/create</remarks>
internal sealed class ChatRequestToCompletions(string path, CompletionsDialect dialect) : ChatTranslator
{
    /// <inheritdoc/>
    public override bool WantsBytes(ChatPart part) => part.Kind switch
    {
        ChatPartKind.Image => dialect is { TakesImages: true, TakesImageUrls: false },
        ChatPartKind.File => dialect.Files == FileForm.File,
        _ => false,
    };

    /// <inheritdoc/>
    protected override ChatCall Write(ChatRequest request)
    {
        if (request.Choices > 1)
        {
            throw new RefusedRequestException("This format gives one answer to a request.", "n");
        }

        var dropped = new List<string>();
        var output = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(output, ChunkWriter.AsWritten);
        var tools = new CompletionsTools(request, dialect, json, dropped);
        var instruction = CompletionsSettings.NeedsInstruction(request, dialect) ? JsonInstruction.For(request.Format) : null;
        json.WriteStartObject();
        json.WriteString("model"u8, request.Model);
        if (request.Stream)
        {
            json.WriteBoolean("stream"u8, true);
            if (dialect.AsksForUsage)
            {
                json.WriteStartObject("stream_options"u8);
                json.WriteBoolean("include_usage"u8, true);
                json.WriteEndObject();
            }
        }

        new CompletionsMessages(request, dialect, json, tools.Names, dropped).Write(instruction);
        tools.Write();
        CompletionsSettings.Write(request, dialect, json, dropped);
        json.WriteEndObject();
        json.Flush();
        return new CompletionsCall
        {
            Path = path,
            Body = output.WrittenMemory,
            Dropped = dropped,
            Names = tools.Names,
            HidesReasoning = request.Reasoning.Exclude,
            MayBeFenced = instruction is not null,
            Stop = request.Stop,
        };
    }
}

/// <summary>A request in OpenAI's format.</summary>
internal sealed class CompletionsCall : ChatCall
{
    /// <summary>Whether the client does not want to see reasoning.</summary>
    public required bool HidesReasoning { get; init; }

    /// <summary>Whether the answer is JSON that may come in a code fence.</summary>
    public required bool MayBeFenced { get; init; }

    /// <summary>Texts at which the answer ends.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <inheritdoc/>
    public override ChatAnswerReader CreateReader(ChatAnswer answer, bool isStream)
    {
        var target = MayBeFenced ? new UnfencedAnswer(answer) : answer;
        var choice = new CompletionChoice(target, HidesReasoning, Stop);
        return isStream ? new CompletionChunkReader(target, choice) : new CompletionReader(target, choice);
    }
}
