using System.Runtime.InteropServices;
using System.Text.Json;
using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Usage.Dialects;

/// <summary>Anthropic's Messages API, wherever it is served.</summary>
/// <remarks>https://docs.anthropic.com/en/api/messages. The usage of <c>message_delta</c> is cumulative: it replaces, it is never added.</remarks>
internal sealed class AnthropicDialect : UsageDialect
{
    private const int Usage = 0, Model = 1, MessageUsage = 2, MessageModel = 3, Failure = 4;

    private static readonly JsonPaths Wanted = new(
        ("usage", Usage),
        ("model", Model),
        ("message.usage", MessageUsage),
        ("message.model", MessageModel),
        ("error", Failure));

    public override JsonPaths Paths => Wanted;

    public override bool MayMatter(ReadOnlySpan<byte> data) => Mentions(data, "\"usage\""u8) || Mentions(data, "\"error\""u8);

    public override bool KnowsModel(CapturedMembers members) => members.Has(Model) || members.Has(MessageModel);

    public override StreamError? Error(CapturedMembers members) => members.Has(Failure) ? StreamErrors.Parse(members[Failure]) : null;

    public override UsageReport Report(CapturedMembers members, UsageFallback fallback)
    {
        var numbers = Numbers(members[MessageUsage], members[Usage]);
        return new()
        {
            Usage = UsageMath.Messages(numbers) ?? fallback.Usage,
            Model = members.Text(MessageModel) ?? members.Text(Model) ?? fallback.Model,
            ServiceTier = Tier(members[Usage]) ?? Tier(members[MessageUsage]),
            RawUsageJson = members.Raw(Usage) ?? members.Raw(MessageUsage),
        };
    }

    /// <summary>The numbers of a message: what its end states, over what its start stated.</summary>
    public static UsageNumbers Numbers(ReadOnlySpan<byte> start, ReadOnlySpan<byte> end)
    {
        var numbers = new UsageNumbers().Add(start).Add(end);
        var last = end.IsEmpty ? start : end;
        return last.IndexOf("\"iterations\""u8) >= 0 ? SumIterations(last) ?? numbers : numbers;
    }

    private static string? Tier(ReadOnlySpan<byte> usage)
    {
        var name = "\"service_tier\""u8;
        var at = usage.IndexOf(name);
        if (at < 0)
        {
            return null;
        }

        var value = usage[(at + name.Length)..].TrimStart(" :\t\r\n"u8);
        var end = value.StartsWith("\""u8) ? value[1..].IndexOf((byte)'"') : -1;
        return end <= 0 ? null : JsonText.Of(value[..(end + 2)]);
    }

    /// <summary>
    /// With compaction the top level holds the last iteration only, so the entries are summed; after a fallback the top level is right
    /// and the answer is null.
    /// </summary>
    private static UsageNumbers? SumIterations(ReadOnlySpan<byte> usage)
    {
        var reader = new Utf8JsonReader(usage);
        JsonDocument? document;
        try
        {
            if (!JsonDocument.TryParseValue(ref reader, out document))
            {
                return null;
            }
        }
        catch (JsonException)
        {
            return null; // a malformed body is no error: the top level is used as far as it goes
        }

        using (document)
        {
            if (!document.RootElement.TryGetProperty("iterations", out var iterations) || iterations.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            UsageNumbers? sum = null;
            foreach (var iteration in iterations.EnumerateArray())
            {
                var type = iteration.ValueKind == JsonValueKind.Object && iteration.TryGetProperty("type", out var name) ? name.ToString() : "";
                if (type == "fallback_message")
                {
                    return null;
                }

                if (type is "message" or "compaction")
                {
                    sum = Increase(sum ?? new(), new UsageNumbers().Add(JsonMarshal.GetRawUtf8Value(iteration)));
                }
            }

            return sum;
        }
    }

    private static UsageNumbers Increase(UsageNumbers sum, UsageNumbers by)
    {
        ReadOnlySpan<int> fields =
        [
            UsageNumbers.InputTokens, UsageNumbers.OutputTokens, UsageNumbers.CacheReadInputTokens, UsageNumbers.CacheCreationInputTokens,
            UsageNumbers.Ephemeral5m, UsageNumbers.Ephemeral1h, UsageNumbers.ReasoningTokens,
        ];
        foreach (var field in fields)
        {
            if (by.Find(field) is { } value)
            {
                sum.Increase(field, value);
            }
        }

        return sum;
    }
}
