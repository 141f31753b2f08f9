using System.Text.Json;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>
/// The slice that most of a stream is made of: one candidate with text and nothing else, and the counts. It is read in one pass, without a
/// document; whatever it does not know by heart is left to <see cref="GeminiAnswer.Read(JsonElement)"/>, which means the same.
/// </summary>
internal struct GeminiTextSlice
{
    private bool _hasCandidate;

    /// <summary>The candidate's number.</summary>
    public int Index { get; private set; }

    /// <summary>The text; empty where the slice has none.</summary>
    public string Text { get; private set; }

    /// <summary>Why the candidate ended; null where it has not.</summary>
    public string? Reason { get; private set; }

    /// <summary>The answer's id; null where it is not asked for.</summary>
    public string? Id { get; private set; }

    /// <summary>The model; null where it is not asked for.</summary>
    public string? Model { get; private set; }

    /// <summary>What has been counted; null where nothing was.</summary>
    public GeminiCounts Counts { get; private set; }

    /// <summary>Reads a slice.</summary>
    /// <param name="data">The JSON.</param>
    /// <param name="isFirst">Whether id and model are asked for.</param>
    /// <param name="slice">The slice.</param>
    /// <returns>False if it is of another shape, or no JSON: nothing of it may be used.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, bool isFirst, out GeminiTextSlice slice)
    {
        slice = new() { Text = "" };
        var json = new Utf8JsonReader(data);
        try
        {
            return json.Read() && json.TokenType == JsonTokenType.StartObject && slice.TryReadMembers(ref json, isFirst) && slice._hasCandidate && !json.Read();
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return false; // The general reader finds the same, and says so.
        }
    }

    private bool TryReadMembers(ref Utf8JsonReader json, bool isFirst)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("candidates"u8))
            {
                if (_hasCandidate || !TryReadCandidates(ref json))
                {
                    return false;
                }
            }
            else if (json.ValueTextEquals("usageMetadata"u8))
            {
                if (!TryReadCounts(ref json))
                {
                    return false;
                }
            }
            else if (json.ValueTextEquals("modelVersion"u8))
            {
                if (!IsText(ref json))
                {
                    return false;
                }

                Model = isFirst ? json.GetString() : null;
            }
            else if (json.ValueTextEquals("responseId"u8))
            {
                if (!IsText(ref json))
                {
                    return false;
                }

                Id = isFirst ? json.GetString() : null;
            }
            else if (json.ValueTextEquals("error"u8) || json.ValueTextEquals("promptFeedback"u8))
            {
                return false;
            }
            else
            {
                json.Skip();
            }
        }

        return true;
    }

    private bool TryReadCandidates(ref Utf8JsonReader json)
    {
        if (!Begins(ref json, JsonTokenType.StartArray) || !Begins(ref json, JsonTokenType.StartObject))
        {
            return false;
        }

        _hasCandidate = true;
        var hasContent = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("content"u8))
            {
                if (hasContent || !TryReadContent(ref json))
                {
                    return false;
                }

                hasContent = true;
            }
            else if (json.ValueTextEquals("index"u8))
            {
                if (!Begins(ref json, JsonTokenType.Number) || !json.TryGetInt32(out var index) || index is < 0 or >= GeminiAnswer.MaxCandidates)
                {
                    return false;
                }

                Index = index;
            }
            else if (json.ValueTextEquals("finishReason"u8) && IsText(ref json))
            {
                Reason = json.GetString();
            }
            else
            {
                return false;
            }
        }

        return json.Read() && json.TokenType == JsonTokenType.EndArray;
    }

    private bool TryReadContent(ref Utf8JsonReader json)
    {
        if (!Begins(ref json, JsonTokenType.StartObject))
        {
            return false;
        }

        var hasParts = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("parts"u8))
            {
                if (hasParts || !TryReadPart(ref json))
                {
                    return false;
                }

                hasParts = true;
            }
            else if (!json.ValueTextEquals("role"u8) || !IsText(ref json))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryReadPart(ref Utf8JsonReader json)
    {
        if (!Begins(ref json, JsonTokenType.StartArray) || !Begins(ref json, JsonTokenType.StartObject)
            || !Begins(ref json, JsonTokenType.PropertyName) || !json.ValueTextEquals("text"u8) || !IsText(ref json))
        {
            return false;
        }

        Text = json.GetString()!;
        return Begins(ref json, JsonTokenType.EndObject) && Begins(ref json, JsonTokenType.EndArray);
    }

    private bool TryReadCounts(ref Utf8JsonReader json)
    {
        if (!Begins(ref json, JsonTokenType.StartObject))
        {
            return false;
        }

        var counts = new GeminiCounts();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isRead;
            if (json.ValueTextEquals("promptTokenCount"u8))
            {
                (isRead, counts.Prompt) = Count(ref json);
            }
            else if (json.ValueTextEquals("candidatesTokenCount"u8))
            {
                (isRead, counts.Candidates) = Count(ref json);
            }
            else if (json.ValueTextEquals("thoughtsTokenCount"u8))
            {
                (isRead, counts.Thoughts) = Count(ref json);
            }
            else if (json.ValueTextEquals("toolUsePromptTokenCount"u8))
            {
                (isRead, counts.ToolUse) = Count(ref json);
            }
            else if (json.ValueTextEquals("cachedContentTokenCount"u8))
            {
                (isRead, counts.Cached) = Count(ref json);
            }
            else if (json.ValueTextEquals("promptTokensDetails"u8))
            {
                isRead = TrySkipTextDetails(ref json);
            }
            else
            {
                json.Skip();
                isRead = true;
            }

            if (!isRead)
            {
                return false;
            }
        }

        Counts = counts;
        return true;
    }

    /// <summary>Details of what is no sound tell nothing new.</summary>
    private static bool TrySkipTextDetails(ref Utf8JsonReader json)
    {
        if (!Begins(ref json, JsonTokenType.StartArray))
        {
            return false;
        }

        var depth = json.CurrentDepth;
        while (json.Read() && json.CurrentDepth > depth)
        {
            if (json.TokenType == JsonTokenType.String && json.ValueTextEquals("AUDIO"u8))
            {
                return false;
            }
        }

        return true;
    }

    private static (bool IsRead, long? Number) Count(ref Utf8JsonReader json) =>
        Begins(ref json, JsonTokenType.Number) && json.TryGetInt64(out var number) ? (true, number) : (false, null);

    private static bool IsText(ref Utf8JsonReader json) => Begins(ref json, JsonTokenType.String);

    private static bool Begins(ref Utf8JsonReader json, JsonTokenType type) => json.Read() && json.TokenType == type;
}

/// <summary>What Gemini has counted.</summary>
internal struct GeminiCounts
{
    public long? Prompt { get; set; }

    public long? ToolUse { get; set; }

    public long? Candidates { get; set; }

    public long? Thoughts { get; set; }

    public long? Cached { get; set; }

    public long? Audio { get; set; }
}
