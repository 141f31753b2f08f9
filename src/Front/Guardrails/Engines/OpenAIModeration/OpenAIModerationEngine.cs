using System.Buffers;
using System.Text.Json;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Guardrails.Engines.Calls;
using GatewayActors.Front.Inspection;

namespace GatewayActors.Front.Guardrails.Engines.OpenAIModeration;

/// <summary>OpenAI's moderation endpoint, whose categories are mapped to ours.</summary>
/// <remarks>https://platform.openai.com/docs/guides/moderation</remarks>
internal sealed class OpenAIModerationEngine(ScannerCalls calls, GatewayOptions options) : IGuardrailEngine
{
    private const string Provider = "openai";
    private const string Path = "moderations";

    private OpenAIModerationOptions Options => options.Guardrails.OpenAIModeration;

    public string Name => GuardrailEngines.OpenAIModeration;

    public int MaxCharacters => 20_000;

    public bool IsLocal => false;

    public Hazards Covers(InspectedSide side) => Hazards.S1 | Hazards.S2 | Hazards.S4 | Hazards.S9 | Hazards.S10 | Hazards.S11 | Hazards.S12;

    public async ValueTask<ScannerVerdict> EvaluateAsync(ScannerQuery query, CancellationToken cancellationToken)
    {
        var body = Body(query.Text);
        var isOwn = (Options.BaseUrl ?? Options.ApiKey) is not null;
        var reply = isOwn
            ? await calls.PostAsync($"{(Options.BaseUrl ?? "https://api.openai.com/v1").TrimEnd('/')}/{Path}", Options.ApiKey is { } key ? ("Authorization", "Bearer " + key) : null, body, cancellationToken)
            : await calls.PostAsync(query.Step, Provider, Path, body, cancellationToken);
        return (reply.Status == StatusCodes.Status200OK && Read(reply.Body, Options.Threshold) is { } found ? reply.Verdict(found) : reply.Failure) with
        {
            Model = new(Provider, Options.Model, Path),
            CostUsd = reply.Status == StatusCodes.Status200OK ? 0 : null, // The endpoint is free.
        };
    }

    /// <summary>The hazards that an answer names; null if it is none.</summary>
    /// <param name="body">The answer.</param>
    /// <param name="threshold">From which score on, in hundredths, a category counts; null for the service's own judgement.</param>
    internal static Hazards? Read(byte[] body, int? threshold)
    {
        using var document = JsonTexts.TryParse(body);
        if (document is not { RootElement: { ValueKind: JsonValueKind.Object } root } || !root.TryGetProperty("results"u8, out var results)
            || results.ValueKind != JsonValueKind.Array || results.GetArrayLength() == 0)
        {
            return null;
        }

        var found = Hazards.None;
        foreach (var result in results.EnumerateArray())
        {
            if (result.ValueKind != JsonValueKind.Object || !result.TryGetProperty(threshold is null ? "categories"u8 : "category_scores"u8, out var categories) || categories.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            foreach (var category in categories.EnumerateObject())
            {
                if (threshold is null ? category.Value.ValueKind == JsonValueKind.True : category.Value.ValueKind == JsonValueKind.Number && category.Value.GetDouble() * 100 >= threshold)
                {
                    found |= Map(category.Name);
                }
            }
        }

        return found;
    }

    private static Hazards Map(string category) => category switch
    {
        "violence" or "violence/graphic" => Hazards.S1,
        "illicit" => Hazards.S2,
        "illicit/violent" => Hazards.S2 | Hazards.S9,
        "hate" or "harassment" => Hazards.S10,
        "hate/threatening" or "harassment/threatening" => Hazards.S10 | Hazards.S1,
        "self-harm" or "self-harm/intent" or "self-harm/instructions" => Hazards.S11,
        "sexual" => Hazards.S12,
        "sexual/minors" => Hazards.S4 | Hazards.S12,
        _ => Hazards.None,
    };

    private byte[] Body(string text)
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 64);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, Options.Model);
            json.WriteString("input"u8, text);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
