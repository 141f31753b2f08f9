using System.Text.Json.Serialization;
using GatewayActors.Abstractions.Secrets;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Secrets;

/// <summary>The Secrets Store of the admin API.</summary>
internal sealed record SecretsStoreResource
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string AccountId { get; init; }

    public required string Created { get; init; }

    public required string Modified { get; init; }

    public static SecretsStoreResource From(string accountId, SecretsStoreRecord store) => new()
    {
        Id = store.Id,
        Name = store.Name,
        AccountId = accountId,
        Created = Times.Format(store.CreatedAt),
        Modified = Times.Format(store.ModifiedAt),
    };
}

/// <summary>The secret of the admin API: never with its value. A comment that was never set is absent.</summary>
internal sealed record SecretResource
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string StoreId { get; init; }

    /// <summary>At once: nothing has to be copied elsewhere first.</summary>
    public string Status { get; } = "active";

    public required IReadOnlyList<string> Scopes { get; init; }

    public string? Comment { get; init; }

    public required string Created { get; init; }

    public required string Modified { get; init; }

    public static SecretResource From(string storeId, SecretRecord secret) => new()
    {
        Id = secret.Id,
        Name = secret.Name,
        StoreId = storeId,
        Scopes = secret.Scopes,
        Comment = secret.Comment,
        Created = Times.Format(secret.CreatedAt),
        Modified = Times.Format(secret.ModifiedAt),
    };
}

/// <summary>How many secrets an account has and may have.</summary>
internal sealed record SecretsQuotaResource(SecretsQuota Secrets);

/// <summary>Two counts.</summary>
internal sealed record SecretsQuota(int Quota, int Usage);

/// <summary>How answers about the Secrets Store are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Envelope<SecretsStoreResource>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<SecretsStoreResource>>))]
[JsonSerializable(typeof(Envelope<SecretResource>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<SecretResource>>))]
[JsonSerializable(typeof(Envelope<SecretsQuotaResource>))]
[JsonSerializable(typeof(Envelope<string>))]
internal sealed partial class SecretsJson : JsonSerializerContext;
