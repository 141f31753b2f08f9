using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GatewayActors.Front.Configuration;
using GatewayActors.Providers;
using GatewayActors.Providers.Pricing;

namespace GatewayActors.Front.Management.Models;

/// <summary>The models that the price table lists, of the providers that clients may call. Others can be called too. Immutable; thread-safe.</summary>
internal sealed class ModelCatalogue(IPriceTable prices, ProviderCatalog providers, GatewayOptions options)
{
    private const int Hosted = 1;
    private const int Foreign = 2;
    private const decimal TokensPerPrice = 1_000_000;

    // The table does not change while the process runs.
    private readonly Lazy<IReadOnlyList<CatalogueModel>> _models = new(() => [.. Read(prices, providers, options).OrderBy(model => model.Resource.Name, StringComparer.Ordinal)]);

    /// <summary>All of them, in the order of their names.</summary>
    public IReadOnlyList<CatalogueModel> All => _models.Value;

    private static IEnumerable<CatalogueModel> Read(IPriceTable prices, ProviderCatalog providers, GatewayOptions options)
    {
        foreach (var (slug, model, price) in prices.Models)
        {
            if (providers.Find(slug) is { } provider && options.IsProviderEnabled(provider.Slug))
            {
                yield return Describe(provider, model, price);
            }
        }
    }

    private static CatalogueModel Describe(Provider provider, string model, ModelPrice price)
    {
        var name = provider.IsHosted && model.StartsWith('@') ? model : $"{provider.Slug}/{model}";
        var tags = PricesOf(price);
        return new(provider, price, new()
        {
            Id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)).ToString("D"),
            Source = provider.IsHosted ? Hosted : Foreign,
            Name = name,
            Description = $"{model}, served by {provider.Slug}.",
            Task = ModelTasks.Of(model, price),
            Tags = [provider.Slug],
            Properties = tags.Count > 0 ? [new("price", tags)] : [],
        });
    }

    private static List<ModelPriceTag> PricesOf(ModelPrice price)
    {
        List<ModelPriceTag> tags = [];
        Add("per M input tokens", price.Input);
        Add("per M output tokens", price.Output);
        Add($"per {price.Unit}", price.UnitUsd);
        return tags;

        void Add(string unit, decimal? dollars)
        {
            if (dollars is { } known)
            {
                tags.Add(new(unit, known));
            }
        }
    }

    /// <summary>A price of the table as a price of one token.</summary>
    public static string PerToken(decimal? perMillion) => ((perMillion ?? 0) / TokensPerPrice).ToString("0.############", CultureInfo.InvariantCulture);
}

/// <summary>A model with what it is found by.</summary>
internal sealed record CatalogueModel(Provider Provider, ModelPrice Price, ModelResource Resource)
{
    /// <summary>Whether an author's name means its provider.</summary>
    public bool IsOf(string author) =>
        Provider.Aliases.Append(Provider.Slug).Contains(author, StringComparer.OrdinalIgnoreCase)
        || (Resource.Name[0] == '@' && Resource.Name.Split('/') is [_, var vendor, ..] && vendor.Equals(author, StringComparison.OrdinalIgnoreCase));

    /// <summary>The same as OpenRouter lists it.</summary>
    public OpenRouterModel ToOpenRouter() =>
        new(Resource.Name, Resource.Name, Resource.Description, new(ModelCatalogue.PerToken(Price.Input), ModelCatalogue.PerToken(Price.Output)));
}
