using System.Text.Json;
using GatewayActors.Abstractions.Dlp;
using GatewayActors.Front.Dlp.Detection;
using GatewayActors.Front.Dlp.Profiles;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Dlp;

/// <summary>Reads a profile of an account's own. Notes every mistake.</summary>
/// <param name="now">When it is read, which is when new entries are created.</param>
internal sealed class DlpProfileReader(DateTimeOffset now)
{
    private const int MaxName = 128;
    private const int MaxDescription = 1_024;
    private const int MaxWords = 200;
    private const int MaxWord = 128;
    private const int MinWord = 2;

    private static readonly string[] Unsupported = ["data_classes", "data_tags", "sensitivity_levels"];

    /// <summary>Reads a profile; of no use if a mistake was noted. Entries that an update leaves out altogether stay.</summary>
    public DlpProfileDefinition Read(JsonElement body, DlpProfileDefinition? stored, List<ApiError> errors)
    {
        var reader = new ObjectReader(body, ["body"], errors);
        foreach (var name in Unsupported.Where(name => body.TryGetProperty(name, out var value) && value is not { ValueKind: JsonValueKind.Null } && value.ToString() is not "[]"))
        {
            reader.Fail(name, $"{name} is not supported");
        }

        var description = reader.Text("description", 0, MaxDescription);
        var entries = reader.Items("entries", 0, DlpLimits.Entries, (item, items) => ReadEntry(item, items, stored));
        var shared = reader.Items("shared_entries", 0, DlpLimits.Entries, ReadShared);
        return new()
        {
            Name = reader.Text("name", 1, MaxName, Need.NotNull).Value ?? "",
            Description = description.IsSet ? description.Value : stored?.Description,
            Thresholds = DlpThresholdsReader.Read(reader, stored?.Thresholds),
            Entries = entries.Value ?? stored?.Entries ?? [],
            SharedEntries = shared.Value ?? stored?.SharedEntries ?? [],
        };
    }

    private DlpCustomEntry? ReadEntry(JsonElement item, ItemReader items, DlpProfileDefinition? stored)
    {
        if (items.Object(item) is not { } reader)
        {
            return null;
        }

        var known = ReadKnown(reader, stored);
        var (regex, hasLuhnCheck) = (default(string), false);
        IReadOnlyList<string>? words = null;
        if (reader.Has("words"))
        {
            words = ReadWords(reader);
        }
        else if (reader.Object("pattern", Need.NotNull).Value is { } pattern)
        {
            (regex, hasLuhnCheck) = ReadPattern(pattern);
        }

        return new()
        {
            Id = known?.Id ?? Guid.CreateVersion7(now),
            Name = reader.Text("name", 1, MaxName, Need.NotNull).Value ?? "",
            Enabled = reader.Boolean("enabled", Need.NotNull).Value ?? false,
            Description = reader.Text("description", 0, MaxDescription).Value,
            Regex = regex,
            HasLuhnCheck = hasLuhnCheck,
            Words = words,
            CreatedAt = known?.CreatedAt ?? now,
            ModifiedAt = now,
        };
    }

    private static DlpCustomEntry? ReadKnown(ObjectReader reader, DlpProfileDefinition? stored)
    {
        if (stored is null || reader.Text("entry_id", 1, 64).Value is not { } id)
        {
            return null;
        }

        var known = stored.Entries.FirstOrDefault(entry => entry.Id.ToString("D") == id);
        if (known is null)
        {
            reader.Fail("entry_id", "The profile has no entry of this id");
        }

        return known;
    }

    private static (string? Regex, bool HasLuhnCheck) ReadPattern(ObjectReader pattern)
    {
        var regex = pattern.Text("regex", 1, CustomPattern.MaxLength, Need.NotNull).Value;
        if (regex is not null && CustomPattern.Problem(regex) is { } problem)
        {
            pattern.Fail("regex", $"Invalid regex: {problem}");
        }

        var validation = pattern.Text("validation", 0, 64).Value;
        if (validation is not (null or "luhn"))
        {
            pattern.Fail("validation", "Invalid enum value. Expected 'luhn'");
        }

        return (regex, validation is not null);
    }

    private static IReadOnlyList<string>? ReadWords(ObjectReader reader)
    {
        var words = reader.Texts("words", 1, MaxWords, MaxWord, Need.NotNull).Value;
        if (words?.Any(word => word.Trim().Length < MinWord) == true)
        {
            reader.Fail("words", $"A word must have at least {MinWord} characters");
        }

        return words is null ? null : [.. words.Select(word => word.Trim()).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private static DlpSharedEntry? ReadShared(JsonElement item, ItemReader items)
    {
        if (items.Object(item) is not { } reader)
        {
            return null;
        }

        var text = reader.Text("entry_id", 1, 64, Need.NotNull).Value;
        if (text is not null && !(Guid.TryParseExact(text, "D", out var known) && BuiltInProfile.AllEntries.ContainsKey(known)))
        {
            reader.Fail("entry_id", "There is no built-in entry of this id");
        }

        return new() { EntryId = Guid.TryParseExact(text, "D", out var id) ? id : default, Enabled = reader.Boolean("enabled", Need.NotNull).Value ?? false };
    }
}
