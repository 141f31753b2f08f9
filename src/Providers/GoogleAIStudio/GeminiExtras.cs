using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>What stands beside a conversation: Google's own settings, labels, the tier, and what has no place at all.</summary>
internal sealed class GeminiExtras
{
    private const int MaxLabels = 64;
    private const int MaxLabelLength = 63;
    private const string TierHeader = "X-Vertex-AI-LLM-Shared-Request-Type";

    private static readonly FrozenSet<string> Handled = FrozenSet.Create(
        StringComparer.Ordinal, "top_k", "frequency_penalty", "presence_penalty", "seed", "modalities", "google", "metadata", "service_tier");

    private JsonElement _cachedContent;
    private JsonElement _safetySettings;
    private string? _tier;

    /// <summary>Google's own settings of thinking; undefined without any.</summary>
    public JsonElement Thinking { get; private set; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; private set; } = [];

    public static GeminiExtras Read(GeminiDraft draft)
    {
        var extras = new GeminiExtras();
        RequestMembers.DropOthers(draft.Request.Root, Handled, draft.Dropped);
        extras.ReadTier(draft);
        extras.ReadOwn(draft, draft.Request.Root.Member("google"), "google");
        foreach (var provider in draft.Request.Root.Member("extra_body") is { ValueKind: JsonValueKind.Object } all ? all.EnumerateObject() : default)
        {
            var place = "extra_body." + provider.Name;
            if (provider.Name is "google" or "google-ai-studio" or "google-vertex-ai")
            {
                extras.ReadOwn(draft, provider.Value, place);
            }
            else
            {
                draft.Dropped.Add(place);
            }
        }

        return extras;
    }

    /// <summary>Writes what has its place beside the conversation.</summary>
    public void Write(GeminiDraft draft)
    {
        var json = draft.Json;
        if (_cachedContent.IsDefined)
        {
            json.WritePropertyName("cachedContent"u8);
            draft.Json.WriteRaw(_cachedContent);
        }

        if (_safetySettings.IsDefined)
        {
            json.WritePropertyName("safetySettings"u8);
            draft.Json.WriteRaw(_safetySettings);
        }

        if (_tier is not null)
        {
            json.WriteString("serviceTier"u8, _tier);
        }

        if (draft.Request.Root.Member("metadata") is { ValueKind: JsonValueKind.Object } metadata)
        {
            WriteLabels(draft, metadata);
        }
    }

    /// <summary>Writes Google's own settings of thinking, in either spelling.</summary>
    public void WriteThinking(Utf8JsonWriter json)
    {
        json.WriteStartObject("thinkingConfig"u8);
        foreach (var member in Thinking.EnumerateObject())
        {
            ReadOnlySpan<byte> name = member.Name switch
            {
                "thinking_budget" or "thinkingBudget" => "thinkingBudget"u8,
                "thinking_level" or "thinkingLevel" => "thinkingLevel"u8,
                "include_thoughts" or "includeThoughts" => "includeThoughts"u8,
                _ => throw new RefusedRequestException("It may hold thinking_budget, thinking_level and include_thoughts.", "extra_body.google.thinking_config"),
            };
            json.WritePropertyName(name);
            json.WriteRaw(member.Value);
        }

        json.WriteEndObject();
    }

    private void ReadOwn(GeminiDraft draft, JsonElement own, string place)
    {
        if (!own.IsObject)
        {
            if (own.IsDefined)
            {
                throw new RefusedRequestException("It must be an object.", place);
            }

            return;
        }

        foreach (var member in own.EnumerateObject())
        {
            switch (member.Name)
            {
                case "thinking_config" or "thinkingConfig":
                    Thinking = Check(member.Value, JsonValueKind.Object, "It must be an object.", $"{place}.{member.Name}");
                    break;
                case "cached_content" or "cachedContent":
                    _cachedContent = Check(member.Value, JsonValueKind.String, "It must be the name of a cached content.", $"{place}.{member.Name}");
                    break;
                case "safety_settings" or "safetySettings":
                    _safetySettings = Check(member.Value, JsonValueKind.Array, "It must be an array.", $"{place}.{member.Name}");
                    break;
                default:
                    draft.Dropped.Add($"{place}.{member.Name}");
                    break;
            }
        }
    }

    private static JsonElement Check(JsonElement value, JsonValueKind kind, string problem, string place) => value.ValueKind switch
    {
        JsonValueKind.Null => default,
        var actual when actual == kind => value,
        _ => throw new RefusedRequestException(problem, place),
    };

    private void ReadTier(GeminiDraft draft)
    {
        var tier = draft.Request.Root.Member("service_tier");
        switch (tier.ValueKind == JsonValueKind.String ? tier.GetString() : null)
        {
            case "flex" or "priority" when draft.Service == GoogleService.Vertex:
                Headers = [new(TierHeader, tier.GetString()!)];
                break;
            case "flex" or "priority":
                _tier = tier.GetString();
                break;
            case "default" when draft.Service == GoogleService.AIStudio:
                _tier = "standard";
                break;
            case "default" or "auto": // what holds without it
                break;
            default:
                if (tier.IsDefined)
                {
                    draft.Dropped.Add("service_tier");
                }

                break;
        }
    }

    /// <summary>Vertex counts the bill by labels; their alphabet is small.</summary>
    private static void WriteLabels(GeminiDraft draft, JsonElement metadata)
    {
        if (draft.Service == GoogleService.AIStudio)
        {
            if (metadata.EnumerateObject().MoveNext())
            {
                draft.Dropped.Add("metadata");
            }

            return;
        }

        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in metadata.EnumerateObject())
        {
            var key = Label(member.Name);
            if (member.Value.ValueKind != JsonValueKind.String || key.Length == 0 || !char.IsAsciiLetterLower(key[0]) || labels.Count == MaxLabels || !labels.TryAdd(key, Label(member.Value.GetString()!)))
            {
                draft.Dropped.Add("metadata." + member.Name);
            }
        }

        if (labels.Count == 0)
        {
            return;
        }

        draft.Json.WriteStartObject("labels"u8);
        foreach (var (key, value) in labels)
        {
            draft.Json.WriteString(key, value);
        }

        draft.Json.WriteEndObject();
    }

    private static string Label(string text)
    {
        var label = new StringBuilder(text, 0, Math.Min(text.Length, MaxLabelLength), MaxLabelLength);
        for (var index = 0; index < label.Length; index++)
        {
            var lower = char.ToLowerInvariant(label[index]);
            label[index] = char.IsAsciiLetterLower(lower) || char.IsAsciiDigit(lower) || lower is '-' or '_' ? lower : '_';
        }

        return label.ToString();
    }
}
