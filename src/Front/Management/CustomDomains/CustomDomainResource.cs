using System.Text.Json.Serialization;
using GatewayActors.Abstractions.CustomDomains;
using GatewayActors.Front.CustomDomains;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.CustomDomains;

/// <summary>The custom domain of the admin API.</summary>
internal sealed record CustomDomainResource
{
    public required string Hostname { get; init; }

    public required string GatewayId { get; init; }

    public required string Status { get; init; }

    public required string CnameTarget { get; init; }

    /// <summary>The record that is still missing.</summary>
    public DomainProof? Verification { get; init; }

    [JsonPropertyName("minTLS")] public string? MinTls { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public required long CreatedAt { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public required long ModifiedAt { get; init; }

    public static CustomDomainResource From(CustomDomain domain, string cnameTarget) => new()
    {
        Hostname = domain.Hostname,
        GatewayId = domain.GatewayId,
        Status = domain.IsActive ? "active" : "pending_dcv",
        CnameTarget = cnameTarget,
        Verification = domain.IsActive ? null : DomainProof.Of(domain),
        MinTls = domain.MinTls,
        CreatedAt = domain.CreatedAt.ToUnixTimeMilliseconds(),
        ModifiedAt = domain.ModifiedAt.ToUnixTimeMilliseconds(),
    };
}

/// <summary>A record to add at the domain.</summary>
internal sealed record DomainProof(string Type, string Name, string Value)
{
    public static DomainProof Of(CustomDomain domain)
    {
        var (name, value) = CustomDomainDirectory.Proof(domain.AccountId, domain.Hostname);
        return new("TXT", name, value);
    }
}

/// <summary>How answers about custom domains are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Envelope<CustomDomainResource>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<CustomDomainResource>>))]
internal sealed partial class CustomDomainsJson : JsonSerializerContext;
