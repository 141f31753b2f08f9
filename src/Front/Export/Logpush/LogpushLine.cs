using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Logpush;
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

    public static ReadOnlyMemory<byte> Write(LogEntry entry, string? request, string? response, ContentProtection protection, LogpushFormat format)
    {
        var line = WriteOnce(entry, request, response, protection, format);
        return line.Length <= MaxBytes ? line : WriteOnce(entry, request: null, response: null, protection, format);
    }

    private static ReadOnlyMemory<byte> WriteOnce(LogEntry entry, string? request, string? response, ContentProtection protection, LogpushFormat format)
    {
        var line = new ArrayBufferWriter<byte>(1_024);
        var value = new ArrayBufferWriter<byte>(256);
        using (var seal = protection is { PublicKey: { } key, HidesContent: false } ? new LogpushSeal(key) : null)
        using (var json = new Utf8JsonWriter(value))
        {
            foreach (var (text, field) in format.Parts)
            {
                if (text is not null)
                {
                    Encoding.UTF8.GetBytes(text, line);
                    continue;
                }

                if (format.IsNamed)
                {
                    line.Write("\""u8);
                    Encoding.UTF8.GetBytes(field!.Name, line);
                    line.Write("\":"u8);
                }

                if (field is null)
                {
                    line.Write(format.IsCsv ? ""u8 : "null"u8);
                    continue;
                }

                var content = field.Kind != LogpushFieldKind.Content ? default : protection.HidesContent ? new LogpushValue() : field.Name switch
                {
                    LogpushField.RequestBody => new(request),
                    LogpushField.ResponseBody => new(response),
                    _ => field.Read(entry),
                };
                WriteValue(json, field, field.Kind == LogpushFieldKind.Content ? content : field.Read(entry), entry, format, seal);
                json.Flush();
                WriteCell(line, value.WrittenSpan, format.IsCsv);
                value.ResetWrittenCount();
                json.Reset();
            }
        }

        return format.ReplacesLookups ? Replaced(line) : line.WrittenMemory;
    }

    private static void WriteValue(Utf8JsonWriter json, LogpushField field, LogpushValue value, LogEntry entry, LogpushFormat format, LogpushSeal? seal)
    {
        switch (field.Kind)
        {
            case LogpushFieldKind.Time:
                WriteTime(json, entry.CreatedAt, format.Timestamps);
                break;
            case LogpushFieldKind.Content when value.Text is { } text && seal is not null:
                seal.Write(json, text);
                break;
            case LogpushFieldKind.Flag when value.Flag is { } flag:
                json.WriteBooleanValue(flag);
                break;
            case LogpushFieldKind.Number when value.Number is { } number:
                json.WriteNumberValue(number);
                break;
            case LogpushFieldKind.Text or LogpushFieldKind.Content or LogpushFieldKind.Flag or LogpushFieldKind.Number:
                json.WriteStringValue(value.Text); // null for what is absent.
                break;
        }
    }

    private static void WriteTime(Utf8JsonWriter json, DateTimeOffset time, LogpushTimestamps form)
    {
        var utc = time.UtcDateTime;
        switch (form)
        {
            case LogpushTimestamps.UnixNano:
                json.WriteNumberValue((utc.Ticks - DateTime.UnixEpoch.Ticks) * 100);
                break;
            case LogpushTimestamps.Unix:
                json.WriteNumberValue(time.ToUnixTimeSeconds());
                break;
            case LogpushTimestamps.Rfc3339:
                json.WriteStringValue(utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
                break;
            case LogpushTimestamps.Rfc3339Milliseconds:
                json.WriteStringValue(Times.Format(time));
                break;
            case LogpushTimestamps.Rfc3339Nanoseconds:
                json.WriteStringValue(utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture));
                break;
        }
    }

    // CSV has the text of a value, in quotes always (RFC 4180), numbers and flags as they are, and nothing for null.
    private static void WriteCell(ArrayBufferWriter<byte> line, ReadOnlySpan<byte> json, bool isCsv)
    {
        if (!isCsv)
        {
            line.Write(json);
            return;
        }

        if (json.SequenceEqual("null"u8))
        {
            return;
        }

        if (json[0] is not ((byte)'"' or (byte)'{'))
        {
            line.Write(json);
            return;
        }

        var text = json[0] == (byte)'{' ? Encoding.UTF8.GetString(json) : JsonElement.Parse(json).GetString()!;
        line.Write("\""u8);
        Encoding.UTF8.GetBytes(text.Replace("\"", "\"\"", StringComparison.Ordinal), line);
        line.Write("\""u8);
    }

    private static byte[] Replaced(ArrayBufferWriter<byte> line)
    {
        var bytes = line.WrittenSpan.ToArray();
        for (var rest = bytes.AsSpan(); rest.IndexOf("${"u8) is >= 0 and var found; rest = rest[(found + 2)..])
        {
            rest[found] = (byte)'x';
        }

        return bytes;
    }
}
