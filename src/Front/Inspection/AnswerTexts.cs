using System.Globalization;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Front.Inspection;

/// <summary>
/// Puts the texts of an answer together, whole or from the events of a stream, in any provider's format: texts that stand under the same
/// names go on one another, one row of them for each choice. What a stream repeats as a whole at its end is not taken twice. Not thread-safe.
/// </summary>
internal sealed class AnswerTexts
{
    // What comes under more names than any format has goes into one row: comparing all with all must not take forever.
    private const int MostRows = 256;

    private readonly List<Row> _rows = [];
    private readonly Dictionary<string, Row> _byName = new(StringComparer.Ordinal);
    private readonly StringBuilder _path = new();
    private string _event = "";
    private string _choice = "";
    private string _block = "";

    /// <summary>How many characters there are in all.</summary>
    public int Length { get; private set; }

    /// <summary>Takes an event, or the whole answer.</summary>
    public void Add(JsonElement document)
    {
        (_event, _choice, _block) = (EventOf(document), "", BlockOf(document));
        _path.Clear();
        Walk(document, "");
    }

    /// <summary>Takes a text that is no JSON.</summary>
    public void Add(string text)
    {
        (_event, _choice, _block) = ("", "", "");
        _path.Clear();
        Append("", text);
    }

    /// <summary>All texts, with those of calls as JSON says them.</summary>
    public IReadOnlyList<InspectedText> All()
    {
        List<InspectedText> texts = [];
        foreach (var row in _rows)
        {
            var text = row.Text.ToString();
            if (IsRepeated(row, text, seen: false))
            {
                continue;
            }

            texts.Add(new(TextRole.Assistant, text));
            if (row.IsJson && JsonTexts.Unwrap(text) is var plain && plain != text)
            {
                texts.Add(new(TextRole.Assistant, plain));
            }
        }

        return texts;
    }

    /// <summary>Whether there is anything that does not count as seen.</summary>
    /// <param name="characters">How much.</param>
    public bool HasNew(out int characters)
    {
        characters = 0;
        foreach (var row in _rows)
        {
            if (IsNew(row))
            {
                characters += row.Text.Length - row.Seen;
            }
        }

        return characters > 0;
    }

    /// <summary>At the end: what calls say in JSON, without its signs and escapes.</summary>
    public IReadOnlyList<InspectedText> Unwrapped()
    {
        List<InspectedText> texts = [];
        foreach (var row in _rows)
        {
            if (row.IsJson && row.Text.ToString() is var text && JsonTexts.Unwrap(text) is var plain && plain != text)
            {
                texts.Add(new(TextRole.Assistant, plain));
            }
        }

        return texts;
    }

    /// <summary>What of every row is new, with some of what stands before it; the rows then count as seen.</summary>
    /// <param name="overlap">How many characters before the new ones are repeated.</param>
    public IReadOnlyList<InspectedText> TakeNew(int overlap)
    {
        List<InspectedText> texts = [];
        foreach (var row in _rows)
        {
            if (IsNew(row))
            {
                var start = Math.Max(0, row.Seen - overlap);
                texts.Add(new(TextRole.Assistant, row.Text.ToString(start, row.Text.Length - start)));
                row.Seen = row.Text.Length;
            }
        }

        return texts;
    }

    // A row that has been seen in part is no repetition: those come as a whole.
    private bool IsNew(Row row) => row.Seen < row.Text.Length && (row.Seen > 0 || !IsRepeated(row, row.Text.ToString(), seen: true));

    private void Walk(JsonElement element, string name)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                WalkMembers(element);
                break;
            case JsonValueKind.Array:
                WalkItems(element, name);
                break;
            case JsonValueKind.String when JsonTexts.TextOf(element) is { Length: > 0 } text && !JsonTexts.IsBinary(name, text):
                Append(name, text);
                break;
            default:
                break;
        }
    }

    private void WalkMembers(JsonElement element)
    {
        foreach (var member in element.EnumerateObject())
        {
            var name = JsonTexts.NameOf(member);
            if (JsonTexts.IsSetting(name) || IsEcho(name))
            {
                continue;
            }

            var length = _path.Length;
            _path.Append('/').Append(name);
            if (member.Value.ValueKind == JsonValueKind.Object && (name is "args" or "input" or "arguments" or "json"))
            {
                var texts = new StringBuilder();
                JsonTexts.AddAll(member.Value, texts);
                Append(name, texts.ToString());
            }
            else
            {
                Walk(member.Value, name);
            }

            _path.Length = length;
        }
    }

    private void WalkItems(JsonElement items, string name)
    {
        var isChoices = name is "choices" or "candidates" or "generations";
        var isCalls = name is "tool_calls";
        var (choice, block) = (_choice, _block);
        var place = 0;
        foreach (var item in items.EnumerateArray())
        {
            if (isChoices)
            {
                _choice = IndexOf(item, place);
            }
            else if (isCalls)
            {
                _block = IndexOf(item, place);
            }

            Walk(item, name);
            place++;
        }

        (_choice, _block) = (choice, block);
    }

    private void Append(string name, string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        var isJson = name is "arguments" or "partial_json" or "input" or "args" || _event.Contains("arguments", StringComparison.Ordinal);
        var key = isJson ? $"{_event}{_choice}:{_block}:{_path}" : $"{_event}{_choice}:{_path}";
        if (_rows.Count >= MostRows && !_byName.ContainsKey(key))
        {
            (key, text) = ("", "\n" + text);
        }

        if (!_byName.TryGetValue(key, out var row))
        {
            _byName.Add(key, row = new(isJson));
            _rows.Add(row);
        }
        else if (name == "content" && _path.ToString().EndsWith("/message/content", StringComparison.Ordinal) && text.StartsWith(row.Text.ToString(), StringComparison.Ordinal))
        {
            text = text[row.Text.Length..]; // Perplexity's chunks have everything up to here beside what is new.
        }

        row.Text.Append(text);
        Length += text.Length;
    }

    /// <summary>
    /// Whether another row says the same: the whole of what has come in pieces. Where not all of it counts as seen yet, this one is looked at
    /// later, when it may say more.
    /// </summary>
    private bool IsRepeated(Row row, string text, bool seen)
    {
        foreach (var other in _rows)
        {
            if (ReferenceEquals(other, row))
            {
                if (!seen)
                {
                    return false; // Of two that are the same, the first one is taken.
                }

                continue;
            }

            var length = seen ? other.Seen : other.Text.Length;
            if (length >= text.Length && other.Text.ToString(0, length).Contains(text, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The block of a stream's event, in the words of all formats.</summary>
    private static string BlockOf(JsonElement document)
    {
        if (document.ValueKind != JsonValueKind.Object)
        {
            return "";
        }

        return IndexOf(document, "output_index") ?? IndexOf(document, "index") ?? IndexOf(document, "contentBlockIndex") ?? "";
    }

    /// <summary>What a delta is of, where only the event's type tells.</summary>
    private static string EventOf(JsonElement document) =>
        document.ValueKind == JsonValueKind.Object
        && document.TryGetProperty("delta"u8, out var delta) && delta.ValueKind == JsonValueKind.String
        && document.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String
            ? JsonTexts.TextOf(type)
            : "";

    private static string IndexOf(JsonElement item, int place) =>
        (item.ValueKind == JsonValueKind.Object ? IndexOf(item, "index") : null) ?? place.ToString(CultureInfo.InvariantCulture);

    private static string? IndexOf(JsonElement item, string name) =>
        item.TryGetProperty(name, out var index) && index.ValueKind == JsonValueKind.Number ? index.GetRawText() : null;

    /// <summary>Members in which an answer repeats its request.</summary>
    private static bool IsEcho(string name) => name is "instructions" or "tools" or "prompt_feedback" or "promptFeedback" or "meta" or "reasoning_details";

    private sealed class Row(bool isJson)
    {
        public StringBuilder Text { get; } = new();

        public bool IsJson => isJson;

        public int Seen { get; set; }
    }
}
