namespace GatewayActors.Providers.Anthropic;

/// <summary>What the translation needs to know of a model that speaks Anthropic's format, told by its name.</summary>
/// <remarks>https://docs.anthropic.com/en/docs/about-claude/models. Names carry the generation, on every cloud.</remarks>
internal readonly record struct ClaudeModel
{
    private const int Claude5 = 50;

    private ClaudeModel(string family, int generation) => (Family, Generation) = (family, generation);

    private string Family { get; }

    /// <summary>Ten times the major version plus the minor one; 0 for what is no Claude.</summary>
    public int Generation { get; }

    /// <summary>Whether it is one of Anthropic's.</summary>
    public bool IsClaude => Generation > 0;

    /// <summary>The most tokens of an answer; null if unknown.</summary>
    public long? OutputCap => Generation switch
    {
        0 => null,
        >= 46 => 128_000,
        >= 45 => 64_000,
        41 => 32_000,
        >= 40 => Family == "opus" ? 32_000 : 64_000,
        37 => 64_000,
        35 => 8192,
        _ => 4096,
    };

    /// <summary>Whether it takes no <c>temperature</c>, no <c>top_k</c> and hardly a <c>top_p</c>.</summary>
    public bool RefusesSampling => Generation >= 47;

    /// <summary>Whether it can think before it answers.</summary>
    public bool Thinks => Generation >= 37;

    /// <summary>Whether it decides itself how much to think; older ones need a number of tokens.</summary>
    public bool ThinksAdaptively => Generation >= 46;

    /// <summary>Whether it thinks if nobody says so.</summary>
    public bool ThinksByDefault => Generation >= Claude5;

    /// <summary>Whether nobody can tell it not to think.</summary>
    public bool AlwaysThinks => Family is "fable" or "mythos";

    /// <summary>Whether it knows the effort <c>xhigh</c>.</summary>
    public bool KnowsExtraHighEffort => Generation >= 47;

    /// <summary>Whether its answers and calls can be held to a schema.</summary>
    public bool HasStructuredOutput => Generation >= 41;

    /// <summary>Whether it refuses to go on with an answer that the client has begun.</summary>
    public bool RefusesPrefill => Generation >= 46;

    /// <summary>Reads a name such as <c>claude-sonnet-4-5-20250929</c>, <c>claude-3-5-haiku-latest</c> or <c>us.anthropic.claude-opus-4-1-20250805-v1:0</c>.</summary>
    public static ClaudeModel Of(string name)
    {
        var start = name.IndexOf("claude", StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return default;
        }

        var family = "";
        int? major = null, minor = null;
        var isNumberNext = false;
        foreach (var range in name.AsSpan(start).SplitAny("-.@:"))
        {
            var word = name.AsSpan(start)[range];
            if (word.Length is 1 or 2 && int.TryParse(word, out var number))
            {
                (major, minor) = major is null ? (number, minor) : (major, minor ?? (isNumberNext ? number : null));
                isNumberNext = true;
                continue;
            }

            isNumberNext = false;
            if (family.Length == 0 && !word.SequenceEqual("claude") && !word.IsEmpty && char.IsAsciiLetter(word[0]))
            {
                family = word.ToString().ToLowerInvariant();
            }
        }

        // A name without a number is newer than this code.
        return new(family, major is { } version ? (version * 10) + Math.Min(minor ?? 0, 9) : Claude5);
    }
}
