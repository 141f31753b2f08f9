using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;

namespace GatewayActors.Front.Simulator;

/// <summary>One answer, fixed by the bytes of its request: the same request has the same ids, time, content and counts.</summary>
internal sealed class SimulatedAnswer
{
    public const string Fingerprint = "simulator";

    /// <summary>Arguments of every simulated function call: valid for any schema without required members.</summary>
    public const string ToolArguments = "{}";

    private const int DefaultChunks = 10;
    private const long Epoch = 1_700_000_000; // 14 November 2023
    private const long SecondsOfYear = 31_536_000;

    public SimulatedAnswer(SimulatorRequest request, SimulatorSettings settings, ReadOnlySpan<byte> body)
    {
        Request = request;
        Span<byte> hash = stackalloc byte[16];
        XxHash128.Hash(body, hash);
        Hash = Convert.ToHexStringLower(hash);
        Created = Epoch + (long)(BinaryPrimitives.ReadUInt64LittleEndian(hash) % SecondsOfYear);

        var text = SimulatedText.Echo(request.Prompt, settings.Size);
        if (settings is { Size: null, Chunks: { } asked } && asked > text.Length)
        {
            text = SimulatedText.Echo(request.Prompt, asked); // so that every piece holds something
        }

        if (request.MaxTokens is { } max && text.Tokens > max)
        {
            text = SimulatedText.Echo(request.Prompt, max * 4);
            IsCut = true;
        }

        Text = text;
        Chunks = settings.Chunks ?? Math.Clamp(text.Length, 1, DefaultChunks);
        InputTokens = Math.Max(1, SimulatedText.TokensOf(request.InputBytes));
        OutputTokens = request.Tool is { } tool ? SimulatedText.TokensOf(tool.Length + ToolArguments.Length) : text.Tokens;
    }

    public SimulatorRequest Request { get; }

    /// <summary>32 hex digits, made of the body.</summary>
    public string Hash { get; }

    /// <summary>Unix time in seconds; made of the body, not of a clock.</summary>
    public long Created { get; }

    public SimulatedText Text { get; }
    public int Chunks { get; }
    public int InputTokens { get; }
    public int OutputTokens { get; }

    /// <summary>Whether the request's limit of tokens ended the text.</summary>
    public bool IsCut { get; }

    public string ToolCallId => string.Create(CultureInfo.InvariantCulture, $"call_{Hash[..24]}");
}
