using GatewayActors.Front.Compat;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Pricing;

namespace GatewayActors.Front.AutoRouter;

/// <summary>Finds the models that a request may be given to.</summary>
internal sealed class AutoPool(IPriceTable prices, UpstreamTransports transports)
{
    /// <summary>What a gateway that names no models chooses from.</summary>
    public static IReadOnlyList<string> Default { get; } =
    [
        "anthropic/claude-fable-5", "anthropic/claude-opus-5", "anthropic/claude-sonnet-5",
        "openai/gpt-5.6-luna", "openai/gpt-5.6-sol", "openai/gpt-5.6-terra", "xai/grok-4.5",
    ];

    /// <param name="pool">The gateway's models.</param>
    /// <param name="models">Patterns that replace them: <c>*</c> stands for anything but <c>/</c>; null for none.</param>
    /// <param name="providers">The providers that may be called; null for all.</param>
    /// <returns>The candidates in a fixed order, each once; none where the patterns match nothing.</returns>
    public IReadOnlyList<AutoCandidate> Find(IReadOnlyList<string> pool, IReadOnlyList<string>? models, IReadOnlyList<string>? providers)
    {
        var named = pool.Select(Parse).OfType<AutoCandidate>();
        if (models is not null)
        {
            var known = named.Concat(prices.Models.Where(entry => entry.Price.Output is not null).Select(entry => Parse($"{entry.Provider}/{entry.Model}")).OfType<AutoCandidate>());
            named = known.Where(candidate => models.Any(pattern => Matches(pattern, candidate)));
        }

        if (providers is not null)
        {
            var slugs = providers.Select(name => transports.Find(name)?.Provider.Slug ?? name).ToHashSet(StringComparer.OrdinalIgnoreCase);
            named = named.Where(candidate => slugs.Contains(candidate.Provider));
        }

        return [.. named.DistinctBy(candidate => candidate.Name)];
    }

    private AutoCandidate? Parse(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < name.Length - 1
            && transports.Find(name.AsSpan(0, slash)) is { Provider: var provider } && CompatRouting.ServesChat(provider)
            ? new(provider.Slug, name[(slash + 1)..], prices.Find(provider.Slug, answeredModel: null, name[(slash + 1)..])) { Takes = ModelInputs.BuiltIn.Of(provider, name[(slash + 1)..]) }
            : null;
    }

    private bool Matches(string pattern, AutoCandidate candidate)
    {
        // The provider may be written by any of its names.
        var slash = pattern.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && transports.Find(pattern.AsSpan(0, slash)) is { Provider.Slug: var slug })
        {
            pattern = string.Concat(slug, pattern.AsSpan(slash));
        }

        return Wildcards.Matches(pattern, candidate.Name);
    }
}

/// <summary>A model that a request may be given to.</summary>
/// <param name="Provider">The provider's slug.</param>
/// <param name="Model">The model.</param>
/// <param name="Price">What it costs; null if that is not known.</param>
internal sealed record AutoCandidate(string Provider, string Model, ModelPrice? Price)
{
    /// <summary>As clients name it.</summary>
    public string Name { get; } = $"{Provider}/{Model}";

    /// <summary>What it takes beside text; everything where nothing speaks against it.</summary>
    public InputKinds Takes { get; init; } = InputKinds.All;

    /// <summary>Whether it takes all that a request has, as far as is known.</summary>
    public bool CanTake(AutoTask task) => (task.Inputs & ~Takes) == InputKinds.None;

    /// <summary>Whether a request may be short enough for it.</summary>
    public bool HasRoomFor(AutoTask task) => Price?.ContextWindow is not { } window || task.InputTokens <= window;
}
