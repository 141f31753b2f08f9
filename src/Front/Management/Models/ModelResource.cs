using System.Text.Json.Serialization;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Models;

/// <summary>A model of the catalogue.</summary>
internal sealed record ModelResource
{
    /// <summary>The same as long as the name is.</summary>
    public required string Id { get; init; }

    /// <summary>1 for hosted models, 2 for those of other vendors.</summary>
    public required int Source { get; init; }

    /// <summary>What inference routes take: <c>@cf/…</c> or <c>{provider}/{model}</c>.</summary>
    public required string Name { get; init; }

    /// <summary>A sentence.</summary>
    public required string Description { get; init; }

    /// <summary>What it is for.</summary>
    public required ModelTask Task { get; init; }

    /// <summary>The slug of its provider.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>Prices.</summary>
    public required IReadOnlyList<ModelProperty> Properties { get; init; }
}

/// <summary>Something about a model.</summary>
internal sealed record ModelProperty(string PropertyId, IReadOnlyList<ModelPriceTag> Value);

/// <summary>One price of a model, in US dollars.</summary>
internal sealed record ModelPriceTag(string Unit, decimal Price, string Currency = "USD");

/// <summary>A model as OpenRouter lists it.</summary>
internal sealed record OpenRouterModel(string Id, string Name, string Description, OpenRouterPricing Pricing);

/// <summary>Prices of one token each, in US dollars, as texts.</summary>
internal sealed record OpenRouterPricing(string Prompt, string Completion);

/// <summary>A provider whose models are in the catalogue.</summary>
internal sealed record ModelAuthor(string Id, string Name);

/// <summary>How answers about models are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Envelope<IReadOnlyList<ModelResource>>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<OpenRouterModel>>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<ModelAuthor>>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<ModelTask>>))]
[JsonSerializable(typeof(Envelope<ModelSchema>))]
internal sealed partial class ModelsJson : JsonSerializerContext;
