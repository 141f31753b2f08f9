using System.Text.Json;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Sockets;
using GatewayActors.Providers.Pricing;
using GatewayActors.Providers.Realtime;

namespace GatewayActors.Front.Realtime;

/// <summary>What a session leaves for its log entry.</summary>
/// <param name="maxTextBytes">How much of the text of either side is kept at most; 0 for nothing.</param>
internal sealed class RealtimeRecord(int maxTextBytes) : IDisposable
{
    /// <summary>The type under which the texts of a session are kept: one message a line.</summary>
    public const string TextType = "application/x-ndjson";

    private const int MaxTurns = 100;

    private readonly List<(RealtimeTurn Turn, Cost? Cost)> _turns = [];
    private int _count;

    /// <summary>What the client has sent.</summary>
    public MessageTexts Client { get; } = new(maxTextBytes);

    /// <summary>What the provider has sent.</summary>
    public MessageTexts Provider { get; } = new(maxTextBytes);

    /// <summary>Who has ended the session: <c>client</c>, <c>provider</c> or <c>gateway</c>; null if nobody has yet.</summary>
    public string? EndedBy { get; private set; }

    /// <summary>The code that it ended with; 1006 for an end without a close frame.</summary>
    public int CloseCode { get; private set; }

    private string? CloseText { get; set; }

    /// <summary>The messages of one side.</summary>
    public MessageTexts Of(RealtimeSender sender) => sender == RealtimeSender.Client ? Client : Provider;

    /// <summary>Notes a turn.</summary>
    public void Add(RealtimeTurn turn, Cost? cost)
    {
        _count++;
        if (_turns.Count < MaxTurns)
        {
            _turns.Add((turn, cost));
        }
    }

    /// <summary>Notes the end; the first one is the one that counts.</summary>
    public bool TryEnd(string by, int code, string? text)
    {
        lock (_turns)
        {
            if (EndedBy is not null)
            {
                return false;
            }

            (EndedBy, CloseCode, CloseText) = (by, code, text);
            return true;
        }
    }

    /// <summary>Writes members of an object that is open.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("session"u8);
        json.WriteNumber("messages_in"u8, Client.Messages);
        json.WriteNumber("messages_out"u8, Provider.Messages);
        if (EndedBy is not null)
        {
            json.WriteStartObject("close"u8);
            json.WriteString("by"u8, EndedBy);
            json.WriteNumber("code"u8, CloseCode);
            if (!string.IsNullOrEmpty(CloseText))
            {
                json.WriteString("reason"u8, CloseText);
            }

            json.WriteEndObject();
        }

        json.WriteNumber("turn_count"u8, _count);
        json.WriteStartArray("turns"u8);
        foreach (var (turn, cost) in _turns)
        {
            Write(json, turn, cost);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public void Dispose()
    {
        Client.Dispose();
        Provider.Dispose();
    }

    private static void Write(Utf8JsonWriter json, RealtimeTurn turn, Cost? cost)
    {
        json.WriteStartObject();
        json.WriteString("kind"u8, turn.Kind);
        WriteText(json, "id"u8, turn.Id);
        WriteText(json, "status"u8, turn.Status);
        WriteText(json, "model"u8, turn.Model);
        if (turn.Usage is { } usage)
        {
            WriteNumber(json, "tokens_in"u8, usage.InputTotal);
            WriteNumber(json, "tokens_out"u8, usage.OutputTotal);
            WriteNumber(json, "cached_tokens"u8, usage.CacheRead > 0 ? usage.CacheRead : null);
            WriteNumber(json, "audio_tokens_in"u8, usage.AudioIn > 0 ? usage.AudioIn : null);
            WriteNumber(json, "audio_tokens_out"u8, usage.AudioOut > 0 ? usage.AudioOut : null);
            WriteNumber(json, "units"u8, usage.Units);
            WriteText(json, "unit_kind"u8, usage.UnitKind);
        }

        WriteNumber(json, "cost"u8, cost?.Usd);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, decimal? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
