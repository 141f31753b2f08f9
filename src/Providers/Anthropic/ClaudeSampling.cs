using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Anthropic;

/// <summary>How a Claude is to choose its words, as far as its generation lets anybody say.</summary>
/// <param name="Temperature">0 to 1.</param>
/// <param name="TopP">0 to 1.</param>
/// <param name="TopK">From 1.</param>
/// <param name="Stop">Where it ends.</param>
internal readonly record struct ClaudeSampling(double? Temperature, double? TopP, long? TopK, IReadOnlyList<string> Stop)
{
    private const double LeastTopPOfThinking = 0.95;
    private const double LeastTopPOfNew = 0.99;

    /// <summary>Decides for a request.</summary>
    public static ClaudeSampling Decide(ChatRequest request, ClaudeModel model, bool isThinking, List<string> dropped)
    {
        var takesAll = !isThinking && !model.RefusesSampling;
        var temperature = Keep(request.Temperature, takesAll, "temperature", dropped);
        var takesTopP = temperature is null
            && (takesAll || request.TopP >= (model.RefusesSampling ? LeastTopPOfNew : LeastTopPOfThinking));
        var topP = Keep(request.TopP, takesTopP, "top_p", dropped);
        var topK = Keep(request.TopK, takesAll, "top_k", dropped);

        var (stop, hasBlank) = WithoutBlanks(request.Stop);
        if (hasBlank)
        {
            dropped.Add("stop");
        }

        return new(temperature is { } warmth ? Math.Clamp(warmth, 0, 1) : null, topP is { } share ? Math.Clamp(share, 0, 1) : null, topK, stop);
    }

    /// <summary>Texts at which an answer may end: blanks are refused.</summary>
    public static (IReadOnlyList<string> Stop, bool HasBlank) WithoutBlanks(IReadOnlyList<string> stop) =>
        stop.Any(string.IsNullOrWhiteSpace) ? ([.. stop.Where(text => !string.IsNullOrWhiteSpace(text))], true) : (stop, false);

    private static T? Keep<T>(T? value, bool isTaken, string name, List<string> dropped)
        where T : struct
    {
        if (value is not null && !isTaken)
        {
            dropped.Add(name);
            return null;
        }

        return value;
    }
}
