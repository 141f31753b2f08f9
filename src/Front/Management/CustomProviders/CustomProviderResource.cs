using System.Text;
using GatewayActors.Abstractions.CustomProviders;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.CustomProviders;

/// <summary>The custom provider of the admin API. Optional fields that were never set are absent.</summary>
internal sealed record CustomProviderResource
{
    private const int LogoHues = 360;

    public required Guid Id { get; init; }

    public required string AccountId { get; init; }

    public required string AccountTag { get; init; }

    public required string Name { get; init; }

    public required string Slug { get; init; }

    public required string BaseUrl { get; init; }

    public required string CreatedAt { get; init; }

    public required string ModifiedAt { get; init; }

    public string? Description { get; init; }

    public required bool Enable { get; init; }

    public required bool Beta { get; init; }

    public string? Headers { get; init; }

    public string? Link { get; init; }

    public required string Logo { get; init; }

    public string? CurlExample { get; init; }

    public string? JsExample { get; init; }

    public int? Position { get; init; }

    public static CustomProviderResource From(string accountId, CustomProviderRecord provider)
    {
        var definition = provider.Definition;
        return new()
        {
            Id = provider.Id,
            AccountId = accountId,
            AccountTag = accountId,
            Name = definition.Name,
            Slug = definition.Slug,
            BaseUrl = definition.BaseUrl,
            CreatedAt = Times.Format(provider.CreatedAt),
            ModifiedAt = Times.Format(provider.ModifiedAt),
            Description = definition.Description,
            Enable = definition.Enable,
            Beta = definition.Beta ?? false,
            Headers = definition.Headers,
            Link = definition.Link,
            Logo = definition.Logo ?? Initial(definition.Name, provider.Id),
            CurlExample = definition.CurlExample,
            JsExample = definition.JsExample,
            Position = definition.Position,
        };
    }

    /// <summary>The first letter of the name on a coloured square, for providers without a picture.</summary>
    private static string Initial(string name, Guid id)
    {
        // The id's last bytes are random; the first ones are a time, which would colour all of one day alike.
        var hue = BitConverter.ToUInt16(id.ToByteArray(), 14) % LogoHues;
        var letter = name.EnumerateRunes().FirstOrDefault(Rune.IsLetterOrDigit);
        var shown = letter.Value == 0 ? "?" : Rune.ToUpperInvariant(letter).ToString();
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(
            $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="hsl({hue},55%,45%)"/><text x="16" y="22" font-family="sans-serif" font-size="18" text-anchor="middle" fill="#fff">{shown}</text></svg>"""));
    }
}
