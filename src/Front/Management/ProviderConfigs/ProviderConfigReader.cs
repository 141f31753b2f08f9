using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Management.Secrets;
using GatewayActors.Providers;
using GatewayActors.Providers.Custom;

namespace GatewayActors.Front.Management.ProviderConfigs;

/// <summary>What a body says about a provider config; the secret's value only as long as it is being stored.</summary>
internal sealed class ProviderConfigReader(JsonElement body, List<ApiError> errors)
{
    private const int MaxAlias = 64;
    private const int MaxRate = 1_000_000_000;
    private const int MaxPeriod = 31 * 86_400;
    private const int DefaultPeriod = 60;

    private readonly ObjectReader _reader = new(body, ["body"], errors);

    /// <summary>The provider, its alias and how it is chosen; of no use if there was a mistake. Without a secret yet.</summary>
    public ProviderConfig Read(ProviderCatalog catalog, DateTimeOffset now)
    {
        var rate = _reader.Integer("rate_limit", 0, MaxRate).Value;
        var period = _reader.Integer("rate_limit_period", 1, MaxPeriod).Value;
        return new()
        {
            Id = Guid.CreateVersion7(now),
            ProviderSlug = ReadSlug(catalog) ?? "",
            Alias = ReadAlias() ?? "",
            IsDefault = _reader.Boolean("default_config", Need.NotNull).Value ?? false,
            SecretId = "",
            OwnsSecret = false,
            RateLimit = rate,
            RatePeriod = period ?? (rate is null ? null : DefaultPeriod),
            ModifiedAt = now,
        };
    }

    public string? ReadSecretId() => _reader.Text("secret_id", 1, MaxAlias).Value;

    public string? ReadSecret(Need need)
    {
        var secret = _reader.Text("secret", 1, SecretReader.MaxValueBytes, need).Value;
        if (secret is not null && Encoding.UTF8.GetByteCount(secret) > SecretReader.MaxValueBytes)
        {
            _reader.Fail("secret", $"The secret must have at most {SecretReader.MaxValueBytes} bytes");
        }

        return secret;
    }

    private string? ReadSlug(ProviderCatalog catalog)
    {
        if (_reader.Text("provider_slug", 1, 128, Need.NotNull).Value is not { } slug)
        {
            return null;
        }

        var known = CustomProvider.TryGetSlug(slug, out _) ? slug
            : catalog.All.FirstOrDefault(provider => provider.Slug == slug || provider.Aliases.Contains(slug))?.Slug;
        if (known is null)
        {
            _reader.Fail("provider_slug", "Invalid provider_slug: there is no such provider");
        }

        return known;
    }

    private string? ReadAlias()
    {
        var alias = _reader.Text("alias", 1, MaxAlias, Need.NotNull).Value;
        if (alias is not null && !SecretReader.IsName(alias))
        {
            _reader.Fail("alias", "Invalid alias: letters, digits, underscores and hyphens");
        }

        return alias;
    }
}
