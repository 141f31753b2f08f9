using System.Buffers;
using System.Text.Json;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Guardrails.Engines.Calls;
using GatewayActors.Front.Inspection;
using GatewayActors.Providers.Pricing;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Front.Guardrails.Engines.LlamaGuard;

/// <summary>Llama Guard 3 for hazards, and Prompt Guard for prompt injections: at Workers AI, or behind any OpenAI-compatible API.</summary>
internal sealed class LlamaGuardEngine(ScannerCalls calls, IPriceTable prices, GatewayOptions options) : IGuardrailEngine
{
    private const string Provider = "workers-ai";
    private const string DefaultInjectionModel = "@cf/meta/prompt-guard-2-86m";
    private const int InjectionCharacters = 1_500; // It reads 512 tokens.

    private LlamaGuardOptions Options => options.Guardrails.LlamaGuard;

    private string? InjectionModel => Options.InjectionModel ?? (Options.BaseUrl is null ? DefaultInjectionModel : null);

    public string Name => GuardrailEngines.LlamaGuard;

    public int MaxCharacters => 8_000;

    public bool IsLocal => false;

    public bool WantsContext => true;

    public Hazards Covers(InspectedSide side) => InjectionModel is null || side == InspectedSide.Response ? Hazards.Content : Hazards.Content | Hazards.P1;

    public async ValueTask<ScannerVerdict> EvaluateAsync(ScannerQuery query, CancellationToken cancellationToken)
    {
        var injection = (query.Wanted & Hazards.P1) == Hazards.None ? null : FindInjectionAsync(query, cancellationToken);
        var judgement = (query.Wanted & Hazards.Content) == Hazards.None ? default : await JudgeAsync(query, cancellationToken);
        return injection is null ? judgement : ScannerVerdict.Add(judgement, await injection);
    }

    private async Task<ScannerVerdict> JudgeAsync(ScannerQuery query, CancellationToken cancellationToken)
    {
        var model = Options.Model;
        var reply = Options.BaseUrl is not { } url ? await calls.PostAsync(query.Step, Provider, "run/" + model, LlamaGuardPrompts.Chat(null, query), cancellationToken)
            : Options.Prompt == LlamaGuardPrompt.Chat ? await calls.PostAsync($"{url.TrimEnd('/')}/chat/completions", Bearer, LlamaGuardPrompts.Chat(model, query), cancellationToken)
            : await calls.PostAsync($"{url.TrimEnd('/')}/completions", Bearer, LlamaGuardPrompts.Completion(model, query), cancellationToken);
        var (found, tokensIn, tokensOut) = reply.Status == StatusCodes.Status200OK ? LlamaGuardAnswers.ReadJudgement(reply.Body) : default;
        return Complete(reply, found, model, tokensIn, tokensOut);
    }

    private async Task<ScannerVerdict> FindInjectionAsync(ScannerQuery query, CancellationToken cancellationToken)
    {
        var all = default(ScannerVerdict);
        foreach (var part in TextChunks.Of(query.Text, InjectionCharacters))
        {
            var model = InjectionModel!;
            var reply = Options.BaseUrl is not { } url
                ? await calls.PostAsync(query.Step, Provider, "run/" + model, Text(part), cancellationToken)
                : await calls.PostAsync($"{url.TrimEnd('/')}/chat/completions", Bearer, LlamaGuardPrompts.Chat(model, query with { Text = part }), cancellationToken);
            var (isInjection, tokensIn, tokensOut) = reply.Status == StatusCodes.Status200OK ? LlamaGuardAnswers.ReadClassification(reply.Body) : default;
            Hazards? found = isInjection switch
            {
                true => Hazards.P1,
                false => Hazards.None,
                null => null,
            };
            all = ScannerVerdict.Add(all, Complete(reply, found, model, tokensIn, tokensOut));
            if (found != Hazards.None)
            {
                break;
            }
        }

        return all;
    }

    private (string, string)? Bearer => Options.ApiKey is { } key ? ("Authorization", "Bearer " + key) : null;

    private ScannerVerdict Complete(in ScannerReply reply, Hazards? found, string model, long? tokensIn, long? tokensOut)
    {
        var isHosted = Options.BaseUrl is null;
        var cost = isHosted && (tokensIn ?? tokensOut) is not null
            ? CostCalculator.Compute(new TokenUsage { InputTotal = tokensIn, OutputTotal = tokensOut }, prices.Find(Provider, model, model), custom: null, serviceTier: null)?.Usd
            : null;
        calls.Charge(reply, cost);
        return (found is { } hazards ? reply.Verdict(hazards) : reply.Failure) with
        {
            TokensIn = tokensIn,
            TokensOut = tokensOut,
            CostUsd = cost,
            Model = new(isHosted ? Provider : Name, model, isHosted ? "run/" + model : Options.Prompt == LlamaGuardPrompt.Chat ? "chat/completions" : "completions"),
        };
    }

    private static byte[] Text(string text)
    {
        var buffer = new ArrayBufferWriter<byte>(text.Length + 16);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("text"u8, text);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
