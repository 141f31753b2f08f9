using System.Runtime.InteropServices;
using System.Security.Cryptography;
using GatewayActors.Front.Guardrails;

namespace GatewayActors.Front.Inspection;

/// <summary>The texts of an exchange that have been inspected and may go to a model. Used by one request at a time.</summary>
internal sealed class InspectedTexts
{
    private HashSet<string>? _passed;

    /// <summary>What guardrails found in them.</summary>
    public GuardrailOutcome? Guardrails { get; set; }

    /// <summary>Those that have not been inspected.</summary>
    public IReadOnlyList<InspectedText> Fresh(IReadOnlyList<InspectedText> texts) =>
        _passed is { } passed ? [.. texts.Where(text => !passed.Contains(NameOf(text.Text)))] : texts;

    /// <summary>Adds texts that were inspected.</summary>
    public void Add(IReadOnlyList<InspectedText> texts)
    {
        _passed ??= new(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            _passed.Add(NameOf(text.Text));
        }
    }

    /// <summary>A name that no other text has: nobody can make up one that passes for another.</summary>
    public static string NameOf(string text) => Convert.ToBase64String(SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan())));
}
