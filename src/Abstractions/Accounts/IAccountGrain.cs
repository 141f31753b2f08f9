using Orleans.Concurrency;

namespace GatewayActors.Abstractions.Accounts;

/// <summary>Owns one account: its name, its API tokens and the list of its gateways.</summary>
/// <remarks>Key: <see cref="GrainKeys.Account"/>. What a write method has returned is stored.</remarks>
[GrainInterfaceType("gateway.account"), Alias("gateway.account")]
public interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>The account, or null if it does not exist.</summary>
    [ReadOnly, Alias("get")]
    Task<AccountRecord?> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Whether the account exists and is not being deleted. Interleaves: one synchronous look, so that a grain which the deletion waits for
    /// can ask.
    /// </summary>
    [AlwaysInterleave, Alias("exists")]
    ValueTask<bool> ExistsAsync(CancellationToken cancellationToken = default);

    /// <summary>Creates the account if it does not exist and enters it in the directory; repeating it changes nothing.</summary>
    [Alias("create")]
    Task<AccountRecord> CreateAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Renames the account; null if it does not exist.</summary>
    [Alias("rename")]
    Task<AccountRecord?> RenameAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Deletes the account with its tokens and gateways; false if it does not exist.</summary>
    [Alias("delete")]
    Task<bool> DeleteAsync(CancellationToken cancellationToken = default);

    /// <summary>Finishes a deletion that was interrupted, by a crash or a failing store; false if there is none.</summary>
    [Alias("finish-deletion")]
    Task<bool> FinishDeletionAsync(CancellationToken cancellationToken = default);

    /// <summary>Finds an API token by the hash of its value; null if there is none. Interleaves: one synchronous look-up.</summary>
    [AlwaysInterleave, Alias("find-token")]
    ValueTask<ApiTokenRecord?> FindTokenAsync(string valueHash, CancellationToken cancellationToken = default);

    /// <summary>All API tokens, oldest first.</summary>
    [ReadOnly, Alias("list-tokens")]
    Task<IReadOnlyList<ApiTokenRecord>> ListTokensAsync(CancellationToken cancellationToken = default);

    /// <summary>Adds an API token; null if the account does not exist.</summary>
    /// <param name="definition">What the token may do, and when.</param>
    /// <param name="valueHash">The hash of the value (<see cref="TokenValue.Hash"/>); the value itself never reaches a grain.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("create-token")]
    Task<ApiTokenRecord?> CreateTokenAsync(ApiTokenDefinition definition, string valueHash, CancellationToken cancellationToken = default);

    /// <summary>Replaces what a token may do; null if there is no such token.</summary>
    [Alias("update-token")]
    Task<ApiTokenRecord?> UpdateTokenAsync(string tokenId, ApiTokenDefinition definition, CancellationToken cancellationToken = default);

    /// <summary>Gives a token a new value: the old one is refused from then on. Null if there is no such token.</summary>
    [Alias("roll-token")]
    Task<ApiTokenRecord?> RollTokenAsync(string tokenId, string valueHash, CancellationToken cancellationToken = default);

    /// <summary>Deletes a token; false if there is no such token.</summary>
    [Alias("delete-token")]
    Task<bool> DeleteTokenAsync(string tokenId, CancellationToken cancellationToken = default);

    /// <summary>Enters a gateway in the account's list, before the gateway itself is stored; repeating it changes nothing.</summary>
    [Alias("register-gateway")]
    Task<GatewayRegistration> RegisterGatewayAsync(string gatewayId, CancellationToken cancellationToken = default);

    /// <summary>Takes a gateway off the list, after the gateway itself is gone.</summary>
    [Alias("unregister-gateway")]
    Task UnregisterGatewayAsync(string gatewayId, CancellationToken cancellationToken = default);

    /// <summary>
    /// The gateways of the account, newest first. After a crash between registration and storing, an entry may name a gateway that
    /// does not exist: a reader skips it.
    /// </summary>
    [ReadOnly, Alias("list-gateways")]
    Task<IReadOnlyList<string>> ListGatewaysAsync(CancellationToken cancellationToken = default);
}

/// <summary>Answers of <see cref="IAccountGrain.RegisterGatewayAsync"/>.</summary>
public enum GatewayRegistration
{
    /// <summary>The gateway is on the list.</summary>
    Registered,

    /// <summary>The account does not exist.</summary>
    AccountNotFound,

    /// <summary>The account has as many gateways as the operator allows.</summary>
    TooManyGateways,
}

/// <summary>Knows which accounts exist. One grain, for the admin API only.</summary>
/// <remarks>Key: <see cref="GrainKeys.AccountDirectory"/>.</remarks>
[GrainInterfaceType("gateway.account-directory"), Alias("gateway.account-directory")]
public interface IAccountDirectoryGrain : IGrainWithStringKey
{
    /// <summary>The ids of all accounts, in the order of their creation.</summary>
    [ReadOnly, Alias("list")]
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Enters an account; repeating it changes nothing.</summary>
    [Alias("add")]
    Task AddAsync(string accountId, CancellationToken cancellationToken = default);

    /// <summary>Takes an account off the list; repeating it changes nothing.</summary>
    [Alias("remove")]
    Task RemoveAsync(string accountId, CancellationToken cancellationToken = default);
}

/// <summary>An account: the tenant.</summary>
[GenerateSerializer, Immutable, Alias("gateway.account.record")]
public sealed record AccountRecord
{
    /// <summary>32 lower-case hex digits.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>When it was created.</summary>
    [Id(2)] public required DateTimeOffset CreatedAt { get; init; }
}
