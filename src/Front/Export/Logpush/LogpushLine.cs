using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Export.Logpush;

/// <summary>What a gateway says about its contents.</summary>
/// <param name="PublicKey">Encrypts them; null for none.</param>
/// <param name="HidesContent">Whether there should be a key and is none that can be used: then contents are left out.</param>
internal sealed record ContentProtection(RSA? PublicKey, bool HidesContent);

/// <summary>An entry as one line of a delivery.</summary>
internal static class LogpushLine
{
    /// <summary>The longest line, in bytes; an entry that would be longer goes without its bodies.</summary>
    public const int MaxBytes = 1024 * 1024;

    public static ReadOnlyMemory<byte> Write(LogEntry entry, string? request, string? response, ContentProtection protection)
    {
        var line = WriteOnce(entry, request, response, protection);
        return line.Length <= MaxBytes ? line : WriteOnce(entry, request: null, response: null, protection);
    }

    private static ReadOnlyMemory<byte> WriteOnce(LogEntry entry, string? request, string? response, ContentProtection protection)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using (var seal = protection.PublicKey is { } key ? new LogpushSeal(key) : null)
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteBoolean("Cached"u8, entry.Cached);
            json.WriteString("Endpoint"u8, entry.Path);
            json.WriteString("Gateway"u8, entry.GatewayId);
            WriteContent(json, "Metadata"u8, entry.MetadataJson, seal, protection);
            json.WriteString("Model"u8, entry.Model);
            json.WriteString("Provider"u8, entry.Provider);
            json.WriteBoolean("RateLimited"u8, entry.RateLimited);
            WriteContent(json, "RequestBody"u8, request, seal, protection);
            WriteContent(json, "ResponseBody"u8, response, seal, protection);
            json.WriteNumber("StatusCode"u8, entry.StatusCode);
            json.WriteString("Timestamp"u8, Times.Format(entry.CreatedAt));
            json.WriteString("LogId"u8, entry.Id);
            json.WriteString("EventId"u8, entry.EventId);
            WriteNumber(json, "TokensIn"u8, entry.TokensIn);
            WriteNumber(json, "TokensOut"u8, entry.TokensOut);
            WriteNumber(json, "Cost"u8, entry.CostUsd);
            json.WriteNumber("DurationMs"u8, (long)Math.Round(entry.DurationMs));
            json.WriteBoolean("Success"u8, entry.Success);
            json.WriteNumber("Step"u8, entry.Step);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private static void WriteContent(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? text, LogpushSeal? seal, ContentProtection protection)
    {
        json.WritePropertyName(name);
        if (text is null || protection.HidesContent)
        {
            json.WriteNullValue();
        }
        else if (seal is null)
        {
            json.WriteStringValue(text);
        }
        else
        {
            seal.Write(json, text);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, decimal? value)
    {
        json.WritePropertyName(name);
        if (value is { } number)
        {
            json.WriteNumberValue(number);
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
