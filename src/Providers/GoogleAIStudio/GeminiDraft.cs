using System.Buffers;
using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>A request to Gemini while it is being written: what its parts need to know of each other.</summary>
internal sealed class GeminiDraft : IDisposable
{
    private const int MaxNameLength = 64;

    private readonly ArrayBufferWriter<byte> _body = new(2048);

    public GeminiDraft(ChatRequest request, GoogleService service)
    {
        (Request, Service) = (request, service);
        Model = GeminiModel.Parse(request.Model, service);
        Json = new(_body, ChunkWriter.AsWritten);
        foreach (var tool in request.Tools)
        {
            HasFunctions |= !tool.IsNative;
        }

        NeedsJsonInstruction = request.Format.Kind != ChatFormatKind.Text
            && !(HasFunctions ? Model.TakesFormatWithFunctions : Model.TakesFormat);
    }

    public ChatRequest Request { get; }

    public GoogleService Service { get; }

    public GeminiModel Model { get; }

    public Utf8JsonWriter Json { get; }

    /// <summary>Google wants a letter or an underscore first.</summary>
    public ToolNames Names { get; } = new(
        (character, index) => char.IsAsciiLetter(character) || character == '_' || (index > 0 && (char.IsAsciiDigit(character) || character is '.' or ':' or '-')),
        MaxNameLength);

    public List<string> Dropped { get; } = [];

    public bool HasFunctions { get; }

    /// <summary>Whether the form of the answer can only be asked for in words.</summary>
    public bool NeedsJsonInstruction { get; }

    /// <summary>Whether the model searches, so that its answer may come with sources.</summary>
    public bool Searches { get; set; }

    /// <summary>The highest resolution that an image asks for.</summary>
    public string? MediaResolution { get; set; }

    /// <summary>What has been written.</summary>
    public ReadOnlyMemory<byte> Body
    {
        get
        {
            Json.Flush();
            return _body.WrittenMemory;
        }
    }

    public void Dispose() => Json.Dispose();
}
