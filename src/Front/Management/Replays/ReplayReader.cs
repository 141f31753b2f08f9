using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Compat;
using GatewayActors.Front.Management.Http;
using GatewayActors.Providers;
using GatewayActors.Providers.Custom;

namespace GatewayActors.Front.Management.Replays;

/// <summary>Reads what bodies say about replays, with one error for every mistake.</summary>
internal static class ReplayReader
{
    public const int MaxEntries = 1_000;
    public const int DefaultEntries = 100;
    public const int MaxConcurrency = 16;
    public const int DefaultConcurrency = 4;

    private const int MaxTarget = 512;
    private const decimal MaxCost = 1_000_000;
    private const decimal MinCost = 0.000000000001m;

    /// <summary>Reads a replay; of no use if a mistake was noted.</summary>
    public static ReplayWish Read(JsonElement body, GatewayRecord gateway, ProviderCatalog providers, List<ApiError> errors)
    {
        var reader = new ObjectReader(body, ["body"], errors);
        var target = reader.Text("model", 1, MaxTarget, Need.NotNull).Value;
        if (target is not null && Problem(target, gateway, providers) is { } problem)
        {
            reader.Fail("model", problem);
        }

        return new(
            target ?? "",
            (int)(reader.Integer("max_entries", 1, MaxEntries).Value ?? DefaultEntries),
            (int)(reader.Integer("concurrency", 1, MaxConcurrency).Value ?? DefaultConcurrency),
            reader.Number("max_cost", MinCost, MaxCost).Value);
    }

    private static string? Problem(string target, GatewayRecord gateway, ProviderCatalog providers)
    {
        if (target.StartsWith(ModelCalls.DynamicPrefix, StringComparison.Ordinal))
        {
            return gateway.Routes?.Any(route => route.Name == target[ModelCalls.DynamicPrefix.Length..]) == true ? null : "The gateway has no such dynamic route";
        }

        return ModelName.Parse(target) is not { } name ? "Expected {provider}/{model} or dynamic/{route}"
            : name.Provider.StartsWith(CustomProvider.Prefix, StringComparison.Ordinal) || providers.Find(name.Provider) is { } known && CompatRouting.ServesChat(known) ? null
            : $"There is no provider '{name.Provider}' that can be asked in OpenAI's format";
    }
}

/// <summary>What a body asks for.</summary>
internal sealed record ReplayWish(string Target, int MaxEntries, int Concurrency, decimal? MaxCostUsd);
