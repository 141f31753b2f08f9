using static GatewayActors.Providers.Usage.Dialects.UsageNumbers;

namespace GatewayActors.Providers.Usage.Dialects;

/// <summary>Turns the numbers of each family into the inclusive record.</summary>
internal static class UsageMath
{
    private const decimal UsdPerTick = 0.0000000001m; // xAI states cost in ticks of 1e-10 US dollars

    /// <summary>OpenAI chat and all who imitate it; the input includes cached tokens.</summary>
    /// <param name="numbers">The usage object.</param>
    /// <param name="reasoning">Whether output includes reasoning where the total does not decide it.</param>
    public static TokenUsage? Chat(UsageNumbers numbers, ReasoningTokens reasoning = Dialects.ReasoningTokens.Included)
    {
        var (prompt, completion) = numbers.Has(PromptTokens) || numbers.Has(CompletionTokens)
            ? (numbers.Find(PromptTokens), numbers.Find(CompletionTokens))
            : (numbers.Find(InputTokens), numbers.Find(OutputTokens));
        var total = numbers.Find(TotalTokens);
        if ((prompt ?? completion ?? total) is null)
        {
            return null;
        }

        // Embeddings state a prompt and a total, or a total alone.
        prompt ??= Math.Max(0, (total ?? 0) - (completion ?? 0));
        completion ??= Math.Max(0, (total ?? prompt.Value) - prompt.Value);
        var cached = numbers[CachedTokens];
        var reasoned = numbers.Find(UsageNumbers.ReasoningTokens);
        var input = cached > prompt ? prompt.Value + cached : prompt.Value; // then the cached part cannot be inside
        var output = completion.Value + Outside(reasoned ?? 0, prompt.Value, input, completion.Value, total, reasoning);
        return new()
        {
            InputTotal = input,
            CacheRead = cached,
            CacheWrite5m = numbers[CacheWriteTokens],
            OutputTotal = output,
            Reasoning = reasoned,
            AudioIn = numbers[AudioInTokens],
            AudioOut = numbers[AudioOutTokens],
            ImageIn = numbers[ImageInTokens],
        };
    }

    /// <summary>Anthropic; the input excludes what was read from or written to a cache.</summary>
    public static TokenUsage? Messages(UsageNumbers numbers)
    {
        if (!numbers.HasAny(InputTokens, OutputTokens))
        {
            return null;
        }

        var read = numbers[CacheReadInputTokens];
        var written = numbers.Find(CacheCreationInputTokens) ?? (numbers[Ephemeral5m] + numbers[Ephemeral1h]);
        var hour = Math.Min(numbers[Ephemeral1h], written);
        return new()
        {
            InputTotal = numbers[InputTokens] + read + written,
            CacheRead = read,
            CacheWrite5m = written - hour,
            CacheWrite1h = hour,
            OutputTotal = numbers[OutputTokens],
            Reasoning = numbers.Find(UsageNumbers.ReasoningTokens),
            CacheReportedSeparately = true,
        };
    }

    /// <summary>Bedrock Converse and invocation metrics; the input excludes what was read from or written to a cache.</summary>
    /// <param name="numbers">The usage object.</param>
    /// <param name="writtenForAnHour">Part of the cache writes that lasts an hour.</param>
    public static TokenUsage? Converse(UsageNumbers numbers, long writtenForAnHour = 0)
    {
        if (!numbers.HasAny(CamelInputTokens, CamelOutputTokens))
        {
            return null;
        }

        var (read, written) = (numbers[CamelCacheRead], numbers[CamelCacheWrite]);
        var hour = Math.Min(writtenForAnHour, written);
        return new()
        {
            InputTotal = numbers[CamelInputTokens] + read + written,
            CacheRead = read,
            CacheWrite5m = written - hour,
            CacheWrite1h = hour,
            OutputTotal = numbers[CamelOutputTokens],
            CacheReportedSeparately = true,
        };
    }

    /// <summary>Gemini. Thoughts and tool results stand beside the counts they belong to.</summary>
    public static TokenUsage? Gemini(UsageNumbers numbers)
    {
        if (!numbers.HasAny(PromptTokenCount, CandidatesTokenCount, ThoughtsTokenCount))
        {
            return null;
        }

        var input = numbers[PromptTokenCount] + numbers[ToolUseTokenCount];
        var (candidates, thoughts) = (numbers[CandidatesTokenCount], numbers[ThoughtsTokenCount]);
        var includesThoughts = numbers.Find(TotalTokenCount) is { } total && thoughts > 0 && total - input == candidates;
        return new()
        {
            InputTotal = input,
            CacheRead = numbers[CachedContentTokenCount],
            OutputTotal = includesThoughts ? candidates : candidates + thoughts,
            Reasoning = numbers.Find(ThoughtsTokenCount),
        };
    }

    /// <summary>Cohere, by what is billed. Its cache counts refer to the hidden template, which is not billed.</summary>
    public static TokenUsage? Billed(UsageNumbers numbers)
    {
        if (numbers.Find(BilledSearches) is { } searches)
        {
            return new() { InputTotal = numbers.Find(BilledInput), OutputTotal = numbers.Find(BilledOutput), Units = searches, UnitKind = UnitKinds.Query };
        }

        if (!numbers.HasAny(BilledInput, BilledOutput, BilledImages, BilledImageTokens))
        {
            return numbers.HasAny(TemplateInput, TemplateOutput)
                ? new() { InputTotal = numbers[TemplateInput], OutputTotal = numbers[TemplateOutput] }
                : null;
        }

        var images = numbers.Find(BilledImages) is > 0 and var count ? count : (long?)null;
        return new()
        {
            InputTotal = numbers[BilledInput] + numbers[BilledImageTokens],
            OutputTotal = numbers[BilledOutput],
            ImageIn = numbers[BilledImageTokens],
            Units = images,
            UnitKind = images is null ? null : UnitKinds.InputImage,
        };
    }

    /// <summary>Replicate: tokens of language models, else what the model makes, else its running time.</summary>
    public static TokenUsage? Metrics(UsageNumbers numbers)
    {
        if (numbers.HasAny(MetricInput, MetricOutput))
        {
            return new() { InputTotal = numbers[MetricInput], OutputTotal = numbers[MetricOutput] };
        }

        if (numbers.Find(MetricImages) is { } images)
        {
            return new() { Units = images, UnitKind = UnitKinds.Image };
        }

        return (numbers.FindDecimal(MetricVideoSeconds) ?? numbers.FindDecimal(MetricSeconds)) is { } seconds
            ? new() { Units = seconds, UnitKind = UnitKinds.Second }
            : null;
    }

    /// <summary>Any usage object, by the names of its fields.</summary>
    public static TokenUsage? Sniff(UsageNumbers numbers) =>
        numbers.HasAny(PromptTokens, CompletionTokens) ? Chat(numbers)
        : numbers.HasAny(CacheReadInputTokens, CacheCreationInputTokens) ? Messages(numbers)
        : numbers.HasAny(InputTokens, OutputTokens) ? Chat(numbers)
        : Gemini(numbers) ?? Converse(numbers) ?? Billed(numbers) ?? Metrics(numbers) ?? Chat(numbers);

    /// <summary>The provider's own charge in US dollars.</summary>
    public static decimal? ReportedCost(UsageNumbers numbers)
    {
        if (numbers.Find(CostTicks) is { } ticks)
        {
            return ticks * UsdPerTick;
        }

        // With the caller's own key the router's charge is only its fee; what the model cost stands beside it.
        return numbers[IsByok] == 1 && numbers.FindDecimal(UpstreamCost) is { } upstream
            ? upstream
            : numbers.FindDecimal(TotalCost) ?? numbers.FindDecimal(Cost);
    }

    private static long Outside(long reasoned, long prompt, long input, long completion, long? total, ReasoningTokens reasoning)
    {
        if (reasoned == 0 || total == prompt + completion || total == input + completion)
        {
            return 0;
        }

        var addsUp = total == prompt + completion + reasoned || total == input + completion + reasoned;
        return addsUp || reasoning == Dialects.ReasoningTokens.Beside ? reasoned : 0;
    }
}

/// <summary>Where reasoning stands in a family's output count.</summary>
internal enum ReasoningTokens
{
    /// <summary>Inside.</summary>
    Included,

    /// <summary>Beside it.</summary>
    Beside,
}
