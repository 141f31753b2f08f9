using System.Text.RegularExpressions;

namespace GatewayActors.Providers.Translation;

/// <summary>Names members of a request as its client has them. Targets name them as chat completions do, but for what carries its own place.</summary>
public static partial class ClientParameters
{
    private const int MaxShown = 128; // characters of a name
    private const int MostShown = 16; // names

    /// <summary>A member's name in a format; the same one where there is nothing to change.</summary>
    public static string? Named(ClientFormat format, string? name) => name is null ? null : format switch
    {
        ClientFormat.ChatCompletions => name,
        ClientFormat.Responses => Responses(name),
        ClientFormat.Messages => Messages(name),
    };

    /// <summary>The names of members in a format, each once, short and plain: some come from the client as they are, and stand in a header.</summary>
    public static IReadOnlyCollection<string> Named(ClientFormat format, IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.Count == 0)
        {
            return [];
        }

        string[] named = [.. names.Select(name => Plain(Named(format, name)!)).Distinct()];

        // A long conversation says the same of each turn; what is too much for a header is told once for all.
        return named.Length <= MostShown ? named : [.. named.Select(name => Places.Replace(name, "[*]")).Distinct().Take(MostShown)];
    }

    private static string Plain(string name)
    {
        name = name.Length > MaxShown ? name[..MaxShown] : name;
        return name.AsSpan().ContainsAnyExceptInRange('!', '~') ? "?" : name;
    }

    private static string Responses(string name) => name switch
    {
        "max_tokens" or "max_completion_tokens" => "max_output_tokens",
        "reasoning_effort" or "thinking" => "reasoning",
        "verbosity" => "text.verbosity",
        "messages" => "input",
        _ when name.StartsWith("response_format", StringComparison.Ordinal) => name.Replace("response_format", "text.format", StringComparison.Ordinal),
        _ => Place(name).Replace(".reasoning_content", ".summary", StringComparison.Ordinal).Replace(".image_url.url", ".image_url", StringComparison.Ordinal).Replace(".image_url.detail", ".detail", StringComparison.Ordinal)
            .Replace(".file.file_data", ".file_data", StringComparison.Ordinal).Replace(".tool_call_id", ".call_id", StringComparison.Ordinal),
    };

    private static string Messages(string name) => name switch
    {
        "max_completion_tokens" => "max_tokens",
        "stop" => "stop_sequences",
        "reasoning_effort" or "reasoning" => "thinking",
        "user" or "safety_identifier" => "metadata.user_id",
        "parallel_tool_calls" => "tool_choice.disable_parallel_tool_use",
        _ when name.StartsWith("response_format", StringComparison.Ordinal) => "output_config.format",
        _ => Place(name).Replace(".reasoning_content", ".thinking", StringComparison.Ordinal).Replace(".image_url.url", ".source.url", StringComparison.Ordinal).Replace(".file.file_data", ".source.data", StringComparison.Ordinal)
            .Replace(".tool_call_id", ".tool_use_id", StringComparison.Ordinal),
    };

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Places { get; }

    /// <summary>Both formats have the members of a function in the tool itself.</summary>
    private static string Place(string name) => name.StartsWith("tools[", StringComparison.Ordinal) ? name.Replace("].function", "]", StringComparison.Ordinal) : name;
}
