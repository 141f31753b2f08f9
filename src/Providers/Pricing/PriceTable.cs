using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace GatewayActors.Providers.Pricing;

/// <summary>List prices by provider and model. Immutable; thread-safe.</summary>
public sealed class PriceTable : IPriceTable
{
    private const int MaxResolved = 10_000; // clients choose model names: the cache of look-ups must not grow with them

    private static readonly Lazy<PriceTable> LazyBuiltIn = new(ReadBuiltIn);

    private readonly FrozenDictionary<(string Provider, string Model), ModelPrice> _prices;
    private readonly ConcurrentDictionary<(string, string?, string?), ModelPrice?> _resolved = new();

    private PriceTable(FrozenDictionary<(string, string), ModelPrice> prices, IReadOnlyList<PriceFileError> errors) =>
        (_prices, Errors) = (prices, errors);

    /// <summary>The prices that come with the product.</summary>
    public static PriceTable BuiltIn => LazyBuiltIn.Value;

    /// <summary>How many models are listed.</summary>
    public int Count => _prices.Count;

    /// <summary>The lines of the file that were left out because they are wrong.</summary>
    public IReadOnlyList<PriceFileError> Errors { get; }

    /// <summary>Reads a price file.</summary>
    /// <param name="reader">
    /// Comma-separated values with a header. Columns: <c>provider</c>, <c>model</c>, then in US dollars per million tokens
    /// <c>input_usd_per_mtok</c>, <c>output_usd_per_mtok</c>, <c>cached_input_usd_per_mtok</c>, <c>cache_write_usd_per_mtok</c>,
    /// <c>cache_write_1h_usd_per_mtok</c>, <c>tier_input_usd_per_mtok</c> and <c>tier_output_usd_per_mtok</c> (above
    /// <c>tier_above_input_tokens</c>), <c>audio_input_usd_per_mtok</c>, <c>audio_output_usd_per_mtok</c>, or <c>unit</c> with
    /// <c>unit_usd</c>; <c>mode</c>, <c>context_window</c>, <c>source_date</c>. Other columns are ignored.
    /// </param>
    /// <param name="fallback">Holds for every model the file does not list; a listed one is replaced as a whole.</param>
    public static PriceTable Parse(TextReader reader, PriceTable? fallback)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var prices = new Dictionary<(string, string), ModelPrice>(KeyComparer.Instance);
        foreach (var (key, price) in fallback?._prices ?? FrozenDictionary<(string Provider, string Model), ModelPrice>.Empty)
        {
            prices[key] = price;
        }

        var file = new PriceFile();
        foreach (var (provider, model, price) in file.Read(reader))
        {
            prices[(ModelNames.Provider(provider), model)] = price;
        }

        return new(prices.ToFrozenDictionary(KeyComparer.Instance), file.Errors);
    }

    /// <inheritdoc/>
    public IEnumerable<(string Provider, string Model, ModelPrice Price)> Models => _prices.Select(entry => (entry.Key.Provider, entry.Key.Model, entry.Value));

    /// <inheritdoc/>
    public ModelPrice? Find(string provider, string? answeredModel, string? requestedModel)
    {
        var key = (provider, answeredModel, requestedModel);
        if (_resolved.TryGetValue(key, out var price))
        {
            return price;
        }

        var slug = ModelNames.Provider(provider);
        price = Find(slug, answeredModel) ?? Find(slug, requestedModel);
        if (_resolved.Count < MaxResolved)
        {
            _resolved.TryAdd(key, price);
        }

        return price;
    }

    private ModelPrice? Find(string provider, string? model)
    {
        if (string.IsNullOrEmpty(model))
        {
            return null;
        }

        foreach (var (candidateProvider, candidate, isApproximate) in ModelNames.Candidates(provider, model))
        {
            if (_prices.TryGetValue((candidateProvider, candidate), out var price))
            {
                return isApproximate ? price with { IsApproximate = true } : price;
            }
        }

        return null;
    }

    private static PriceTable ReadBuiltIn()
    {
        using var stream = typeof(PriceTable).Assembly.GetManifestResourceStream("prices.csv")
            ?? throw new InvalidOperationException("The assembly lacks its resource 'prices.csv'.");
        using var reader = new StreamReader(stream);
        return Parse(reader, fallback: null);
    }

    /// <summary>Compares models without regard to case: clients and providers differ in it.</summary>
    private sealed class KeyComparer : IEqualityComparer<(string Provider, string Model)>
    {
        public static KeyComparer Instance { get; } = new();

        public bool Equals((string Provider, string Model) x, (string Provider, string Model) y) =>
            string.Equals(x.Model, y.Model, StringComparison.OrdinalIgnoreCase) && string.Equals(x.Provider, y.Provider, StringComparison.Ordinal);

        public int GetHashCode((string Provider, string Model) key) =>
            HashCode.Combine(key.Provider, StringComparer.OrdinalIgnoreCase.GetHashCode(key.Model));
    }
}
