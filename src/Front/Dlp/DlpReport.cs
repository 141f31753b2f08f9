using System.Buffers;
using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Dlp;

/// <summary>Says what was found in a step: in its answer's header and in its log entry.</summary>
internal static class DlpReport
{
    /// <summary>Largest header, in bytes. Servers and proxies take no more.</summary>
    private const int MaxHeaderBytes = 8 * 1024;

    // What follows the findings.
    private const int Tail = 64;

    /// <summary>The strictest action of both sides; null where nothing was found.</summary>
    public static RuleAction? ActionOf(Step step)
    {
        var (request, response) = (step.Exchange.FoundByDlp?.Action, step.FoundByDlp?.Action);
        return request is null ? response : response is null || DlpFindings.Rank(request.Value) >= DlpFindings.Rank(response.Value) ? request : response;
    }

    /// <summary>An action in the words of the reference.</summary>
    public static string WordOf(RuleAction action) => action switch
    {
        RuleAction.Flag => "FLAG",
        RuleAction.Block => "BLOCK",
    };

    /// <summary>The header <c>cf-aig-dlp</c>; null where there is nothing to tell.</summary>
    public static string? ToHeader(Step step)
    {
        if (ActionOf(step) is not { } action)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("findings"u8);
            var isAll = (step.Exchange.FoundByDlp?.WriteHeader(json, MaxHeaderBytes - Tail) ?? true)
                & (step.FoundByDlp?.WriteHeader(json, MaxHeaderBytes - Tail) ?? true);
            json.WriteEndArray();
            json.WriteString("action"u8, WordOf(action));
            if (!isAll)
            {
                json.WriteBoolean("truncated"u8, true);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes the members of a log entry that say what was found, if anything was.</summary>
    public static void Write(Utf8JsonWriter json, Step step)
    {
        if (ActionOf(step) is not null)
        {
            json.WriteStartArray("dlp_profiles"u8);
            step.Exchange.FoundByDlp?.WriteLog(json);
            step.FoundByDlp?.WriteLog(json);
            json.WriteEndArray();
        }

        if (step.Exchange.FoundByDlp is { IsMissed: true } || step.FoundByDlp is { IsMissed: true })
        {
            json.WriteString("dlp_scanner"u8, "unavailable"u8);
        }
    }
}
