using System.Buffers;
using System.Text.Json;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>Reads an answer of Gemini's slice by slice; a whole answer is one slice. Not thread-safe.</summary>
internal sealed class GeminiAnswer(ChatAnswer answer, bool keepsSources)
{
    internal const int MaxCandidates = 64; // more than anyone can ask for; an index beyond is nonsense

    private readonly List<Candidate> _candidates = [];
    private readonly ArrayBufferWriter<byte> _arguments = new(256);
    private bool _isBlocked;

    /// <summary>Whether anything has come that makes an answer.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Reads a <c>GenerateContentResponse</c>.</summary>
    public void Read(JsonElement slice)
    {
        if (slice.Member("error"u8) is { ValueKind: JsonValueKind.Object } error)
        {
            answer.Fail(GeminiFault.Of(error));
            return;
        }

        _isBlocked |= slice.Member("promptFeedback"u8).Text("blockReason"u8) is not null and not "BLOCK_REASON_UNSPECIFIED";
        var position = 0;
        foreach (var candidate in slice.Items("candidates"u8))
        {
            Start(slice);
            var index = candidate.Integer("index"u8) ?? position;
            position++;
            if (index is < 0 or >= MaxCandidates)
            {
                answer.Fail(ChatFault.Malformed);
                return;
            }

            Read(candidate, (int)index);
        }

        if (_isBlocked)
        {
            Start(slice);
        }

        if (slice.Member("usageMetadata"u8) is { ValueKind: JsonValueKind.Object } usage)
        {
            ReadUsage(usage);
        }
    }

    /// <summary>Reads the slice that most of a stream is made of, without a document.</summary>
    /// <returns>False if it is of another shape; nothing of it has gone out then.</returns>
    public bool TryRead(ReadOnlySpan<byte> data)
    {
        // Sources stand beside the text, and need to be looked for.
        if (keepsSources || _isBlocked || !GeminiTextSlice.TryRead(data, isFirst: !HasStarted, out var slice))
        {
            return false;
        }

        if (!HasStarted)
        {
            HasStarted = true;
            answer.Start(slice.Id, slice.Model);
        }

        var candidate = CandidateAt(slice.Index);
        if (slice.Text.Length > 0)
        {
            candidate.HasParts = true;
            answer.Text(slice.Index, slice.Text);
        }

        candidate.Reason = slice.Reason ?? candidate.Reason;
        Count(slice.Counts);
        return true;
    }

    /// <summary>Nothing more comes: what a last slice could still have changed goes out.</summary>
    public void Complete()
    {
        if (_candidates.Count == 0 && _isBlocked)
        {
            answer.Finish(0, ChatFinish.ContentFilter);
        }

        var hasAny = _candidates.Exists(candidate => candidate.HasParts);
        for (var index = 0; index < _candidates.Count; index++)
        {
            var candidate = _candidates[index];
            var reason = candidate.Reason ?? (_isBlocked ? "SAFETY" : null);
            if (reason is null)
            {
                continue;
            }

            if (!hasAny && IsModelsMistake(reason))
            {
                answer.Fail(ChatFault.Native(reason.ToLowerInvariant()));
                return;
            }

            candidate.Sources?.Write(answer, index);
            answer.Finish(index, FinishOf(reason, candidate.HasCalls));
        }
    }

    private void Start(JsonElement slice)
    {
        if (!HasStarted)
        {
            HasStarted = true;
            answer.Start(slice.Text("responseId"u8), slice.Text("modelVersion"u8));
        }
    }

    private void Read(JsonElement slice, int index)
    {
        var candidate = CandidateAt(index);
        foreach (var part in slice.Member("content"u8).Items("parts"u8))
        {
            ReadPart(part, index, candidate);
        }

        candidate.Sources?.Keep(slice);
        if (slice.Text("finishReason"u8) is { } reason)
        {
            candidate.Reason = reason;
        }
    }

    private Candidate CandidateAt(int index)
    {
        while (_candidates.Count <= index)
        {
            _candidates.Add(new() { Sources = keepsSources ? new() : null });
        }

        return _candidates[index];
    }

    private void ReadPart(JsonElement part, int index, Candidate candidate)
    {
        var signature = part.Text("thoughtSignature"u8);
        if (part.Member("functionCall"u8) is { ValueKind: JsonValueKind.Object } call)
        {
            ReadCall(call, index, candidate, signature);
            return;
        }

        var isThought = part.Member("thought"u8).IsTrue;
        if (part.Text("text"u8) is { Length: > 0 } text)
        {
            if (isThought)
            {
                answer.Reasoning(index, text);
            }
            else
            {
                candidate.HasParts = true;
                candidate.Sources?.Append(text);
                answer.Text(index, text);
            }
        }
        else if (!isThought && part.Member("inlineData"u8) is { ValueKind: JsonValueKind.Object } data)
        {
            ReadImage(data, index, candidate);
        }

        if (signature is not null)
        {
            answer.ReasoningDetail(index, new("google", candidate.Details++, null, null, signature));
        }
    }

    private void ReadImage(JsonElement data, int index, Candidate candidate)
    {
        if (data.Text("mimeType"u8) is { } type && type.StartsWith("image/", StringComparison.Ordinal) && data.Text("data"u8) is { } base64)
        {
            candidate.HasParts = true;
            answer.Image(index, $"data:{type};base64,{base64}");
        }
    }

    private void ReadCall(JsonElement call, int index, Candidate candidate, string? signature)
    {
        if (call.Text("name"u8) is not { Length: > 0 } name)
        {
            answer.Fail(ChatFault.Malformed);
            return;
        }

        (candidate.HasCalls, candidate.HasParts) = (true, true);
        var number = answer.BeginCall(index, call.Text("id"u8), name, signature);
        if (call.Member("args"u8) is { ValueKind: JsonValueKind.Object } arguments)
        {
            answer.Arguments(index, number, Compact(arguments));
        }

        answer.EndCall(index, number);
    }

    /// <summary>Google writes whole answers with blanks and line breaks, which are not part of the arguments.</summary>
    private string Compact(JsonElement arguments)
    {
        _arguments.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_arguments, ChunkWriter.AsWritten))
        {
            arguments.WriteTo(json);
        }

        return System.Text.Encoding.UTF8.GetString(_arguments.WrittenSpan);
    }

    private void ReadUsage(JsonElement usage)
    {
        long? audio = null;
        foreach (var detail in usage.Items("promptTokensDetails"u8))
        {
            if (detail.Text("modality"u8) == "AUDIO")
            {
                audio = detail.Integer("tokenCount"u8);
            }
        }

        Count(new()
        {
            Prompt = usage.Integer("promptTokenCount"u8),
            ToolUse = usage.Integer("toolUsePromptTokenCount"u8),
            Candidates = usage.Integer("candidatesTokenCount"u8),
            Thoughts = usage.Integer("thoughtsTokenCount"u8),
            Cached = usage.Integer("cachedContentTokenCount"u8),
            Audio = audio,
        });
    }

    private void Count(in GeminiCounts counts)
    {
        // Vertex sends slices that tell the kind of traffic only.
        if (counts.Prompt is { } prompt)
        {
            answer.Usage(new(prompt + (counts.ToolUse ?? 0), (counts.Candidates ?? 0) + (counts.Thoughts ?? 0))
            {
                Cached = counts.Cached ?? 0,
                Audio = counts.Audio,
                Reasoning = counts.Thoughts,
            });
        }
    }

    private static bool IsModelsMistake(string reason) =>
        reason is "MALFORMED_FUNCTION_CALL" or "UNEXPECTED_TOOL_CALL" or "TOO_MANY_TOOL_CALLS" or "MALFORMED_RESPONSE" or "MISSING_THOUGHT_SIGNATURE";

    private static ChatFinish FinishOf(string reason, bool hasCalls) => reason switch
    {
        "OTHER" or "LANGUAGE" or "NO_IMAGE" or "IMAGE_OTHER" => ChatFinish.Stop,
        _ when IsModelsMistake(reason) => ChatFinish.Stop,
        "MAX_TOKENS" => ChatFinish.Length,
        "SAFETY" or "RECITATION" or "BLOCKLIST" or "PROHIBITED_CONTENT" or "SPII" or "IMAGE_SAFETY" or "IMAGE_PROHIBITED_CONTENT" or "IMAGE_RECITATION"
            => ChatFinish.ContentFilter,

        // STOP, and words of servers that only speak Gemini's format: what counts is whether there is something to call.
        _ => hasCalls ? ChatFinish.ToolCalls : ChatFinish.Stop,
    };

    private sealed class Candidate
    {
        public GeminiSources? Sources { get; init; }

        public string? Reason { get; set; }

        public bool HasCalls { get; set; }

        /// <summary>Whether anything but thoughts has come.</summary>
        public bool HasParts { get; set; }

        public int Details { get; set; }
    }
}

/// <summary>Reads the answer of <c>generateContent</c>.</summary>
internal sealed class GeminiWholeReader(ChatAnswer answer, GeminiAnswer slices) : WholeAnswerReader(answer)
{
    protected override void Read(JsonElement root)
    {
        slices.Read(root);
        slices.Complete();
        if (!slices.HasStarted)
        {
            Answer.Fail(root.IsObject ? ChatFault.Native("no_candidates") : ChatFault.Malformed);
        }
    }
}

/// <summary>Reads the answer of <c>streamGenerateContent?alt=sse</c>.</summary>
internal sealed class GeminiStreamReader(ChatAnswer answer, GeminiAnswer slices) : EventAnswerReader(answer)
{
    protected override bool TryRead(ReadOnlySpan<byte> data) => slices.TryRead(data);

    protected override void Read(JsonElement data) => slices.Read(data);

    protected override void Finish() => slices.Complete();
}
