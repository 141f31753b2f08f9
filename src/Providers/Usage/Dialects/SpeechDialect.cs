using System.Text.Json;
using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Usage.Dialects;

/// <summary>Transcriptions that are billed by the second: Deepgram, Cartesia, ElevenLabs.</summary>
internal sealed class SpeechDialect : UsageDialect
{
    private const int Metadata = 0, Duration = 1, LastWordEnd = 2, Failure = 3;

    private static readonly JsonPaths Wanted = new(
        ("metadata", Metadata),
        ("duration", Duration),
        ("words[].end", LastWordEnd),
        ("error", Failure));

    public override JsonPaths Paths => Wanted;

    public override bool MayMatter(ReadOnlySpan<byte> data) =>
        Mentions(data, "\"duration\""u8) || Mentions(data, "\"metadata\""u8) || Mentions(data, "\"error\""u8);

    public override bool KnowsModel(CapturedMembers members) => true;

    public override StreamError? Error(CapturedMembers members) => members.Has(Failure) ? StreamErrors.Parse(members[Failure]) : null;

    public override UsageReport Report(CapturedMembers members, UsageFallback fallback)
    {
        var metadata = members[Metadata];
        return new()
        {
            Usage = Seconds(members, new UsageNumbers().Add(metadata)) is { } seconds
                ? new() { Units = seconds, UnitKind = UnitKinds.Second }
                : fallback.Usage,
            Model = Architecture(metadata) is { } model && fallback.Model?.StartsWith(model, StringComparison.Ordinal) != true
                ? model
                : fallback.Model, // the request names the variant, the answer only its family
            RawUsageJson = members.Raw(Metadata),
        };
    }

    private static decimal? Seconds(CapturedMembers members, UsageNumbers metadata)
    {
        if (metadata.FindDecimal(UsageNumbers.Duration) is { } duration)
        {
            return duration * Math.Max(1, metadata[UsageNumbers.Channels]); // each channel is billed
        }

        return UsageNumbers.TryParseDecimal(members[Duration], out var seconds) || UsageNumbers.TryParseDecimal(members[LastWordEnd], out seconds)
            ? seconds
            : null;
    }

    /// <summary><c>model_info.{id}.arch</c> of the first model.</summary>
    private static string? Architecture(ReadOnlySpan<byte> metadata)
    {
        if (metadata.IndexOf("\"arch\""u8) < 0)
        {
            return null;
        }

        var reader = new Utf8JsonReader(metadata);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("arch"u8))
                {
                    return reader.Read() && reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }
            }
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // A malformed body is no error: the report then names no model.
        }

        return null;
    }
}
