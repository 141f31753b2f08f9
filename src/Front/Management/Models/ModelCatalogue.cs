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
    private readonly Lazy<IReadOnlyList<CatalogueModel>> _models = new(() => [.. Read(prices, providers, options)]);

    /// <summary>All of them, in the order of their names.</summary>
    public IReadOnlyList<CatalogueModel> All => _models.Value;

    private static IEnumerable<CatalogueModel> Read(IPriceTable prices, ProviderCatalog providers, GatewayOptions options) =>
        from entry in prices.Models
        let provider = providers.Find(entry.Provider)
        where provider is not null && options.IsProviderEnabled(provider.Slug)
        let name = provider.IsHosted && entry.Model.StartsWith('@') ? entry.Model : $"{provider.Slug}/{entry.Model}"
        orderby name
        select new CatalogueModel(provider, entry.Price, new()
        {
            Id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16)).ToString("D"),
            Source = provider.IsHosted ? Hosted : Foreign,
            Name = name,
            Description = $"{entry.Model}, served by {provider.Slug}.",
            Task = ModelTasks.Of(entry.Model, entry.Price),
            Tags = [provider.Slug],
            Properties = PricesOf(entry.Price) is { Count: > 0 } tags ? [new("price", tags)] : [],
        });

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
