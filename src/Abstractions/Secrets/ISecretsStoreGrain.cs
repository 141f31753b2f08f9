using Orleans.Concurrency;

namespace GatewayActors.Abstractions.Secrets;

/// <summary>Owns the Secrets Store of one account. Values are sealed before they come here and are never opened here.</summary>
/// <remarks>
/// Key: <see cref="GrainKeys.SecretsStore"/>. What a write method has returned is stored, and holds for every exchange that is admitted
/// afterwards: all gateways of the account have been told the new version.
/// </remarks>
[GrainInterfaceType("gateway.secrets-store"), Alias("gateway.secrets-store")]
public interface ISecretsStoreGrain : IGrainWithStringKey
{
    /// <summary>The version of the secrets that exchanges may use; 0 for an account that never had one.</summary>
    /// <remarks>Interleaves: one look at what is stored. A gateway asks for it when it is activated, also while a change waits for that gateway.</remarks>
    [AlwaysInterleave, Alias("get-version")]
    ValueTask<long> GetVersionAsync(CancellationToken cancellationToken = default);

    /// <summary>The secrets that exchanges may use, if they are not those that the caller holds; null if they are.</summary>
    /// <param name="seenVersion">The version that the caller holds; 0 for none.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    /// <remarks>Interleaves: one look at what is stored.</remarks>
    [AlwaysInterleave, Alias("get-usable")]
    ValueTask<UsableSecrets?> GetUsableAsync(long seenVersion, CancellationToken cancellationToken = default);

    /// <summary>The store and its secrets, without values.</summary>
    [ReadOnly, Alias("get")]
    Task<SecretsContents> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Creates the store.</summary>
    [Alias("create-store")]
    Task<SecretsChange> CreateStoreAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Deletes the store.</summary>
    /// <param name="storeId">The store.</param>
    /// <param name="force">With the secrets in it; else it must be empty.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("delete-store")]
    Task<SecretsChange> DeleteStoreAsync(string storeId, bool force, CancellationToken cancellationToken = default);

    /// <summary>Adds secrets: all of them or none.</summary>
    [Alias("create")]
    Task<SecretsChange> CreateAsync(string storeId, IReadOnlyList<SecretDraft> drafts, CancellationToken cancellationToken = default);

    /// <summary>Changes a secret; its name and id stay.</summary>
    [Alias("update")]
    Task<SecretsChange> UpdateAsync(string storeId, string secretId, SecretPatch patch, CancellationToken cancellationToken = default);

    /// <summary>Deletes secrets: all of them or none.</summary>
    [Alias("delete")]
    Task<SecretsChange> DeleteAsync(string storeId, IReadOnlyList<string> secretIds, CancellationToken cancellationToken = default);

    /// <summary>Adds a secret with the value of another.</summary>
    /// <param name="storeId">The store.</param>
    /// <param name="secretId">The secret whose value is taken.</param>
    /// <param name="name">The new one's name.</param>
    /// <param name="scopes">The new one's scopes.</param>
    /// <param name="comment">The new one's comment; null for none.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("duplicate")]
    Task<SecretsChange> DuplicateAsync(
        string storeId, string secretId, string name, IReadOnlyList<string> scopes, string? comment, CancellationToken cancellationToken = default);

    /// <summary>Writes the value of a provider's key under a name: of the secret that has it, or of a new one. Makes the store if there is none.</summary>
    /// <param name="storeId">The store it must be; null for whichever there is.</param>
    /// <param name="draft">The secret; an existing one keeps its comment and gets its scopes added.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("put-key")]
    Task<SecretsChange> PutKeyAsync(string? storeId, SecretDraft draft, CancellationToken cancellationToken = default);

    /// <summary>Deletes everything, because the account is deleted.</summary>
    [Alias("clear")]
    Task ClearAsync(CancellationToken cancellationToken = default);
}

/// <summary>What an account's store holds.</summary>
[GenerateSerializer, Immutable, Alias("gateway.secrets.contents")]
public sealed record SecretsContents
{
    /// <summary>The store; null if there is none.</summary>
    [Id(0)] public SecretsStoreRecord? Store { get; init; }

    /// <summary>Its secrets, oldest first.</summary>
    [Id(1)] public IReadOnlyList<SecretRecord> Secrets { get; init; } = [];

    /// <summary>How many secrets the account may have.</summary>
    [Id(2)] public required int Quota { get; init; }
}

/// <summary>The secrets that exchanges may use as keys of providers.</summary>
[GenerateSerializer, Immutable, Alias("gateway.secrets.usable")]
public sealed record UsableSecrets
{
    /// <summary>Grows with every change of them, never repeats for one account, also over deletion.</summary>
    [Id(0)] public required long Version { get; init; }

    /// <summary>The secrets.</summary>
    [Id(1)] public required IReadOnlyList<UsableSecret> Secrets { get; init; }
}

/// <summary>A secret that exchanges may use.</summary>
[GenerateSerializer, Immutable, Alias("gateway.secrets.usable-secret")]
public sealed record UsableSecret
{
    /// <summary>See <see cref="SecretRecord.Id"/>.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>See <see cref="SecretRecord.Name"/>.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The sealed value; only a front that sends a request upstream opens it.</summary>
    [Id(2)] public required byte[] Sealed { get; init; }
}

/// <summary>The result of a change to a Secrets Store.</summary>
[GenerateSerializer, Immutable, Alias("gateway.secrets.change")]
public sealed record SecretsChange
{
    /// <summary>What happened.</summary>
    [Id(0)] public required SecretsOutcome Outcome { get; init; }

    /// <summary>The store; null unless <see cref="Outcome"/> is Done.</summary>
    [Id(1)] public SecretsStoreRecord? Store { get; init; }

    /// <summary>The secrets that the call was about, after the change (before it, for a deletion).</summary>
    [Id(2)] public IReadOnlyList<SecretRecord> Secrets { get; init; } = [];
}

/// <summary>The outcomes of a change.</summary>
public enum SecretsOutcome
{
    /// <summary>Stored.</summary>
    Done,

    /// <summary>The account does not exist.</summary>
    AccountNotFound,

    /// <summary>The account has no such store.</summary>
    StoreNotFound,

    /// <summary>The store has no such secret.</summary>
    SecretNotFound,

    /// <summary>A secret of the account has the name, or two of the same call have.</summary>
    NameTaken,

    /// <summary>The account has a store already.</summary>
    StoreExists,

    /// <summary>The store has secrets.</summary>
    StoreNotEmpty,

    /// <summary>The account has as many secrets as it may have.</summary>
    TooMany,
}
