using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;
using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Usage.Dialects;

/// <summary>The numbers of a provider's usage object, under one name for all spellings. Later objects overwrite what they state.</summary>
/// <remarks>Negative numbers and numbers beyond <see cref="MaxNumber"/> are nonsense and left out, so that sums cannot overflow.</remarks>
internal sealed class UsageNumbers : IMemberSink
{
    private const decimal MaxNumber = 1_000_000_000_000m;
    private const int MaxDigits = 64; // of a number as text

    private static readonly JsonPaths Paths = new(
        ("prompt_tokens", PromptTokens),
        ("completion_tokens", CompletionTokens),
        ("total_tokens", TotalTokens),
        ("input_tokens", InputTokens),
        ("output_tokens", OutputTokens),
        ("prompt_tokens_details.cached_tokens", CachedTokens),
        ("prompt_token_details.cached_tokens", CachedTokens),
        ("input_tokens_details.cached_tokens", CachedTokens),
        ("input_token_details.cached_tokens", CachedTokens),
        ("num_cached_tokens", CachedTokens),
        ("prompt_cache_hit_tokens", CachedTokens),
        ("prompt_tokens_details.cache_write_tokens", CacheWriteTokens),
        ("input_tokens_details.cache_write_tokens", CacheWriteTokens),
        ("prompt_tokens_details.audio_tokens", AudioInTokens),
        ("input_tokens_details.audio_tokens", AudioInTokens),
        ("input_token_details.audio_tokens", AudioInTokens),
        ("prompt_tokens_details.image_tokens", ImageInTokens),
        ("input_tokens_details.image_tokens", ImageInTokens),
        ("input_token_details.image_tokens", ImageInTokens),
        ("completion_tokens_details.reasoning_tokens", ReasoningTokens),
        ("output_tokens_details.reasoning_tokens", ReasoningTokens),
        ("output_tokens_details.thinking_tokens", ReasoningTokens),
        ("output_token_details.reasoning_tokens", ReasoningTokens),
        ("reasoning_tokens", ReasoningTokens),
        ("completion_tokens_details.audio_tokens", AudioOutTokens),
        ("output_tokens_details.audio_tokens", AudioOutTokens),
        ("output_token_details.audio_tokens", AudioOutTokens),
        ("cache_read_input_tokens", CacheReadInputTokens),
        ("cache_creation_input_tokens", CacheCreationInputTokens),
        ("cache_creation.ephemeral_5m_input_tokens", Ephemeral5m),
        ("cache_creation.ephemeral_1h_input_tokens", Ephemeral1h),
        ("inputTokens", CamelInputTokens),
        ("outputTokens", CamelOutputTokens),
        ("cacheReadInputTokens", CamelCacheRead),
        ("cacheReadInputTokenCount", CamelCacheRead),
        ("cacheWriteInputTokens", CamelCacheWrite),
        ("cacheWriteInputTokenCount", CamelCacheWrite),
        ("inputTokenCount", CamelInputTokens),
        ("outputTokenCount", CamelOutputTokens),
        ("billed_units.input_tokens", BilledInput),
        ("billed_units.output_tokens", BilledOutput),
        ("billed_units.search_units", BilledSearches),
        ("billed_units.images", BilledImages),
        ("billed_units.image_tokens", BilledImageTokens),
        ("tokens.input_tokens", TemplateInput),
        ("tokens.output_tokens", TemplateOutput),
        ("promptTokenCount", PromptTokenCount),
        ("cachedContentTokenCount", CachedContentTokenCount),
        ("candidatesTokenCount", CandidatesTokenCount),
        ("responseTokenCount", CandidatesTokenCount),
        ("thoughtsTokenCount", ThoughtsTokenCount),
        ("toolUsePromptTokenCount", ToolUseTokenCount),
        ("totalTokenCount", TotalTokenCount),
        ("input_token_count", MetricInput),
        ("output_token_count", MetricOutput),
        ("image_count", MetricImages),
        ("predict_time", MetricSeconds),
        ("video_output_duration_seconds", MetricVideoSeconds),
        ("pages_processed", Pages),
        ("duration", Duration),
        ("channels", Channels),
        ("cost", Cost),
        ("cost.total_cost", TotalCost),
        ("cost_details.upstream_inference_cost", UpstreamCost),
        ("cost_in_usd_ticks", CostTicks),
        ("is_byok", IsByok),
        ("seconds", Seconds),
        ("prompt_audio_seconds", Seconds),
        ("neurons", Neurons));

    public const int PromptTokens = 0, CompletionTokens = 1, TotalTokens = 2, InputTokens = 3, OutputTokens = 4, CachedTokens = 5,
        CacheWriteTokens = 6, AudioInTokens = 7, ImageInTokens = 8, ReasoningTokens = 9, AudioOutTokens = 10, CacheReadInputTokens = 11,
        CacheCreationInputTokens = 12, Ephemeral5m = 13, Ephemeral1h = 14, CamelInputTokens = 15, CamelOutputTokens = 16,
        CamelCacheRead = 17, CamelCacheWrite = 18, BilledInput = 19, BilledOutput = 20, BilledSearches = 21, BilledImages = 22,
        BilledImageTokens = 23, TemplateInput = 24, TemplateOutput = 25, PromptTokenCount = 26, CachedContentTokenCount = 27,
        CandidatesTokenCount = 28, ThoughtsTokenCount = 29, ToolUseTokenCount = 30, TotalTokenCount = 31, MetricInput = 32,
        MetricOutput = 33, MetricImages = 34, Pages = 35, Channels = 36, IsByok = 37, CostTicks = 38,
        FirstDecimal = 39, Cost = 39, TotalCost = 40, UpstreamCost = 41, Seconds = 42, Neurons = 43, MetricSeconds = 44,
        MetricVideoSeconds = 45, Duration = 46, Last = 46;

    private Integers _integers;
    private Decimals _decimals;
    private Digits _digits;
    private int _digitsLength;
    private ulong _present;

    /// <summary>Reads one raw usage object; nothing if it is empty.</summary>
    public UsageNumbers Add(ReadOnlySpan<byte> raw)
    {
        if (!raw.IsEmpty)
        {
            var scanner = new JsonMemberScanner(Paths);
            scanner.Read(raw, this);
            scanner.Reset(this);
        }

        return this;
    }

    /// <summary>Whether a number is stated.</summary>
    public bool Has(int field) => (_present & (1UL << field)) != 0;

    /// <summary>Whether any of the numbers is stated.</summary>
    public bool HasAny(params ReadOnlySpan<int> fields)
    {
        foreach (var field in fields)
        {
            if (Has(field))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A count; 0 if it is not stated.</summary>
    public long this[int field] => Has(field) ? _integers[field] : 0;

    /// <summary>A count; null if it is not stated.</summary>
    public long? Find(int field) => Has(field) ? _integers[field] : null;

    /// <summary>An amount; null if it is not stated.</summary>
    public decimal? FindDecimal(int field) => Has(field) ? _decimals[field - FirstDecimal] : null;

    /// <summary>Adds to what a count states already.</summary>
    public void Increase(int field, long by)
    {
        _integers[field] = this[field] + by;
        _present |= 1UL << field;
    }

    void IMemberSink.Count(int slot)
    {
    }

    void IMemberSink.Append(ReadOnlySpan<byte> piece)
    {
        if (_digitsLength + piece.Length <= MaxDigits)
        {
            piece.CopyTo(((Span<byte>)_digits)[_digitsLength..]);
        }

        _digitsLength += piece.Length;
    }

    void IMemberSink.End(int slot, ReadOnlySpan<byte> last)
    {
        if (_digitsLength == 0)
        {
            Set(slot, last);
            return;
        }

        ((IMemberSink)this).Append(last);
        if (_digitsLength <= MaxDigits)
        {
            Set(slot, ((Span<byte>)_digits)[.._digitsLength]);
        }

        _digitsLength = 0;
    }

    void IMemberSink.Abandon() => _digitsLength = 0;

    private void Set(int field, ReadOnlySpan<byte> text)
    {
        if (text.Length > 2 && text[0] == (byte)'"')
        {
            text = text[1..^1]; // a few providers send numbers as strings
        }

        if (field < FirstDecimal && Utf8Parser.TryParse(text, out long integer, out var used) && used == text.Length)
        {
            if (integer >= 0 && integer <= MaxNumber)
            {
                _integers[field] = integer;
                _present |= 1UL << field;
            }
        }
        else if (TryParseDecimal(text, out var number) && number <= MaxNumber)
        {
            if (field < FirstDecimal)
            {
                _integers[field] = (long)number;
            }
            else
            {
                _decimals[field - FirstDecimal] = number;
            }

            _present |= 1UL << field;
        }
        else if (field == IsByok)
        {
            _integers[field] = text.SequenceEqual("true"u8) ? 1 : 0;
            _present |= 1UL << field;
        }
    }

    /// <summary>A number of JSON that is not negative.</summary>
    public static bool TryParseDecimal(ReadOnlySpan<byte> text, out decimal number) =>
        Utf8Parser.TryParse(text, out number, out var used) && used == text.Length && number >= 0;

    [InlineArray(FirstDecimal)]
    private struct Integers
    {
        private long _first;
    }

    [InlineArray(Last - FirstDecimal + 1)]
    private struct Decimals
    {
        private decimal _first;
    }

    [InlineArray(MaxDigits)]
    private struct Digits
    {
        private byte _first;
    }
}
