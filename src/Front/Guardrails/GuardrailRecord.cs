using System.Buffers;
using System.Text;
using System.Text.Json;
using GatewayActors.Front.Inspection;

namespace GatewayActors.Front.Guardrails;

/// <summary>What guardrails found in a step.</summary>
internal sealed class GuardrailRecord
{
    /// <summary>In its request; null if that was not evaluated.</summary>
    public GuardrailOutcome? Prompt { get; set; }

    /// <summary>In its answer; null if that was not evaluated.</summary>
    public GuardrailOutcome? Response { get; set; }

    /// <summary>Whether anything was evaluated.</summary>
    public bool IsEmpty => Prompt is null && Response is null;

    /// <summary>Adds what was found on one side.</summary>
    public void Add(InspectedSide side, GuardrailOutcome outcome)
    {
        if (side == InspectedSide.Request)
        {
            Prompt = outcome.With(Prompt);
        }
        else
        {
            Response = outcome.With(Response);
        }
    }

    /// <summary>The header that tells the client; null where there is nothing to tell.</summary>
    public string? ToHeader()
    {
        if (Prompt is not { Found: not Hazards.None } && Response is not { Found: not Hazards.None })
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("findings"u8);
            Prompt?.WriteFinding(json, "REQUEST");
            Response?.WriteFinding(json, "RESPONSE");
            json.WriteEndArray();
            json.WriteString("action"u8, Prompt is { Blocked: not Hazards.None } || Response is { Blocked: not Hazards.None } ? "BLOCK"u8 : "FLAG"u8);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes the members of <c>guardrails</c> in a log entry.</summary>
    public void Write(Utf8JsonWriter json)
    {
        Prompt?.Write(json, "prompt"u8);
        Response?.Write(json, "response"u8);
    }
}

/// <summary>What guardrails found on one side.</summary>
/// <param name="Engine">What has evaluated it.</param>
/// <param name="Flagged">Hazards that are noted.</param>
/// <param name="Blocked">Hazards that must not pass.</param>
/// <param name="Scanner">How the evaluation went.</param>
internal sealed record GuardrailOutcome(string Engine, Hazards Flagged, Hazards Blocked, ScannerState Scanner)
{
    /// <summary>Whether what must not pass did not; false where the answer was out before.</summary>
    public bool IsEnforced { get; init; } = true;

    /// <summary>All hazards.</summary>
    public Hazards Found => Flagged | Blocked;

    /// <summary>Together with an earlier outcome of the same side.</summary>
    public GuardrailOutcome With(GuardrailOutcome? earlier) => earlier is null ? this : this with
    {
        Flagged = Flagged | earlier.Flagged,
        Blocked = Blocked | earlier.Blocked,
        Scanner = Scanner == ScannerState.Answered ? earlier.Scanner : Scanner,
    };

    public void WriteFinding(Utf8JsonWriter json, string check)
    {
        if (Found == Hazards.None)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("check"u8, check);
        WriteCategories(json);
        json.WriteString("action"u8, Blocked != Hazards.None ? "BLOCK"u8 : "FLAG"u8);
        json.WriteEndObject();
    }

    public void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name)
    {
        json.WriteStartObject(name);
        json.WriteString("action"u8, Blocked != Hazards.None ? "BLOCK"u8 : Flagged != Hazards.None ? "FLAG"u8 : "PASS"u8);
        WriteCategories(json);
        if (!IsEnforced)
        {
            json.WriteBoolean("enforced"u8, false);
        }

        json.WriteString("engine"u8, Engine);
        json.WriteString("scanner"u8, Scanner switch
        {
            ScannerState.Answered => "ok",
            ScannerState.Unavailable => "unavailable",
            ScannerState.NoCredit => "no_credit",
            ScannerState.Missed => "not_inspected",
        });
        json.WriteEndObject();
    }

    private void WriteCategories(Utf8JsonWriter json)
    {
        json.WriteStartArray("categories"u8);
        foreach (var category in HazardNames.Of(Found))
        {
            json.WriteStringValue(category);
        }

        json.WriteEndArray();
    }
}

/// <summary>How an evaluation went.</summary>
internal enum ScannerState
{
    /// <summary>The scanner has answered.</summary>
    Answered,

    /// <summary>It could not be reached, took too long, or said nothing that can be understood.</summary>
    Unavailable,

    /// <summary>It is not paid for.</summary>
    NoCredit,

    /// <summary>It was not asked, because the text could not be read.</summary>
    Missed,
}
