using System.Text.Json;
using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Front.Guardrails.Engines.Rules;

/// <summary>Reads the operator's file: a JSON object with <c>words</c> and <c>patterns</c> for each category.</summary>
internal static class RuleFile
{
    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It cannot be used; the message says why.</exception>
    public static IReadOnlyDictionary<string, GuardrailRule> Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), Options);
            return document.RootElement.EnumerateObject().ToDictionary(member => member.Name, ReadRule);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    private static GuardrailRule ReadRule(JsonProperty member)
    {
        if (HazardNames.Parse(member.Name) == Hazards.None)
        {
            throw new InvalidDataException($"'{member.Name}' is no category; known are P1 and S1 to S13.");
        }

        var patterns = Texts(member.Value, "patterns");
        foreach (var pattern in patterns)
        {
            if (RuleSet.ProblemOf(pattern) is { } problem)
            {
                throw new InvalidDataException($"a pattern of {member.Name} {problem}: {pattern}");
            }
        }

        return new() { Words = Texts(member.Value, "words"), Patterns = patterns };
    }

    private static string[] Texts(JsonElement rule, string name) =>
        rule.TryGetProperty(name, out var texts) ? [.. texts.EnumerateArray().Select(text => text.GetString() ?? "").Where(text => !string.IsNullOrWhiteSpace(text))] : [];
}
