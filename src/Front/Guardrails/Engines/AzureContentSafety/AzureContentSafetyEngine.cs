using System.Buffers;
using System.Text.Json;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Guardrails.Engines.Calls;
using GatewayActors.Front.Inspection;

namespace GatewayActors.Front.Guardrails.Engines.AzureContentSafety;

/// <summary>Azure AI Content Safety: severities of four categories, and Prompt Shields for prompt injections.</summary>
/// <remarks>https://learn.microsoft.com/azure/ai-services/content-safety/quickstart-text, …/quickstart-jailbreak</remarks>
internal sealed class AzureContentSafetyEngine(ScannerCalls calls, GatewayOptions options) : IGuardrailEngine
{
    private AzureContentSafetyOptions Options => options.Guardrails.AzureContentSafety;

    public string Name => GuardrailEngines.AzureContentSafety;

    public int MaxCharacters => 9_000; // Both calls take 10,000, counted in their own way.

    public bool IsLocal => false;

    public Hazards Covers(InspectedSide side)
    {
        const Hazards Content = Hazards.S1 | Hazards.S10 | Hazards.S11 | Hazards.S12;
        return side == InspectedSide.Request ? Content | Hazards.P1 : Content;
    }

    public async ValueTask<ScannerVerdict> EvaluateAsync(ScannerQuery query, CancellationToken cancellationToken)
    {
        if (Options is not { BaseUrl: { } url, ApiKey: { } key })
        {
            return ScannerVerdict.Unavailable;
        }

        var shield = (query.Wanted & Hazards.P1) == Hazards.None ? null : AskAsync("text:shieldPrompt", Prompt(query.Text), ReadAttack);
        var analysis = (query.Wanted & Hazards.Content) == Hazards.None ? default : await AskAsync("text:analyze", Text(query.Text), body => ReadSeverities(body, Options.Severity));
        return shield is null ? analysis : ScannerVerdict.Add(analysis, await shield);

        async Task<ScannerVerdict> AskAsync(string operation, byte[] body, Func<byte[], Hazards?> read)
        {
            var reply = await calls.PostAsync($"{url.TrimEnd('/')}/contentsafety/{operation}?api-version={Options.Model}", ("Ocp-Apim-Subscription-Key", key), body, cancellationToken);
            return (reply.Status == StatusCodes.Status200OK && read(reply.Body) is { } found ? reply.Verdict(found) : reply.Failure) with { Model = new(Name, Options.Model, operation) };
        }
    }

    /// <summary>The hazards whose severity is high enough; null if the answer has none.</summary>
    internal static Hazards? ReadSeverities(byte[] body, int least)
    {
        using var document = JsonTexts.TryParse(body);
        if (document is not { RootElement: { ValueKind: JsonValueKind.Object } root } || !root.TryGetProperty("categoriesAnalysis"u8, out var categories) || categories.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var found = Hazards.None;
        foreach (var category in categories.EnumerateArray())
        {
            if (category.ValueKind != JsonValueKind.Object
                || !category.TryGetProperty("category"u8, out var name) || name.ValueKind != JsonValueKind.String
                || !category.TryGetProperty("severity"u8, out var severity) || severity.ValueKind != JsonValueKind.Number)
            {
                return null;
            }

            if (severity.GetDouble() >= least)
            {
                found |= JsonTexts.TextOf(name) switch
                {
                    "Hate" => Hazards.S10,
                    "Sexual" => Hazards.S12,
                    "SelfHarm" => Hazards.S11,
                    "Violence" => Hazards.S1,
                    _ => Hazards.None,
                };
            }
        }

        return found;
    }

    private static Hazards? ReadAttack(byte[] body)
    {
        using var document = JsonTexts.TryParse(body);
        return document is { RootElement: { ValueKind: JsonValueKind.Object } root }
            && root.TryGetProperty("userPromptAnalysis"u8, out var analysis) && analysis.ValueKind == JsonValueKind.Object
            && analysis.TryGetProperty("attackDetected"u8, out var attack)
            ? attack.ValueKind switch
            {
                JsonValueKind.True => Hazards.P1,
                JsonValueKind.False => Hazards.None,
                _ => null,
            }
            : null;
    }

    private static byte[] Text(string text) => Body(json =>
    {
        json.WriteString("text"u8, text);
        json.WriteString("outputType"u8, "FourSeverityLevels"u8);
    });

    private static byte[] Prompt(string text) => Body(json =>
    {
        json.WriteString("userPrompt"u8, text);
        json.WriteStartArray("documents"u8);
        json.WriteEndArray();
    });

    private static byte[] Body(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
