using GatewayActors.Abstractions.DynamicRoutes;
using GatewayActors.Abstractions.Policies;
using Orleans.Concurrency;

namespace GatewayActors.Abstractions.Gateways;

/// <summary>Owns one gateway: its configuration and every decision about its exchanges.</summary>
/// <remarks>Key: <see cref="GrainKeys.Gateway"/>. What a write method has returned is stored.</remarks>
[GrainInterfaceType("gateway.gateway"), Alias("gateway.gateway")]
public interface IGatewayGrain : IGrainWithStringKey
{
    /// <summary>Decides whether an exchange may run, before any upstream is called.</summary>
    /// <param name="query">Who asks, and with what the asking front knows already.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    /// <returns>The verdict, and the configuration if it is newer than the one the caller holds.</returns>
    /// <remarks>
    /// The gateway <c>default</c> is created by its first admission with <see cref="Caller.Authenticated"/>; concurrent first
    /// admissions create one gateway. Interleaves: it reads the configuration in one step, without an await between reads.
    /// </remarks>
    [AlwaysInterleave, Alias("admit-exchange")]
    ValueTask<Admission> AdmitAsync(AdmissionQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// Counts an exchange against the gateway's rate limit, where its admission could not
    /// (<see cref="AdmissionQuery.TakesRate"/>).
    /// </summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="isRepeated">Whether it may have been asked for before, without an answer: then it is not counted a second time.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued; what is counted stays so.</param>
    /// <returns>The decision; null if there is no rate limit.</returns>
    [AlwaysInterleave, Alias("take-rate")]
    ValueTask<RateLimitDecision?> TakeRateAsync(Guid exchange, bool isRepeated, CancellationToken cancellationToken = default);

    /// <summary>Tells the gateway how its upstreams are. The next admission of every front knows it.</summary>
    /// <remarks>Only where something has changed for the worse, or for the better again: an upstream that is well is never reported.</remarks>
    [AlwaysInterleave, Alias("report-upstreams")]
    ValueTask ReportUpstreamsAsync(UpstreamReport[] reports, CancellationToken cancellationToken = default);

    /// <summary>Asks to find out whether an upstream whose circuit breaker is half-open is well again: of all fronts, one call at a time may.</summary>
    /// <param name="upstream">Its name, as in <see cref="UpstreamReport.Upstream"/>.</param>
    /// <param name="caller">Names the call that would find out. Asking again with the same name is granted again.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued; what is granted runs out by itself.</param>
    /// <remarks>
    /// The grant ends with the next report about the upstream, with <see cref="UpstreamReport.EndedProbe"/>, or after
    /// <see cref="UpstreamProbe.Longest"/>: a caller who is gone keeps nobody away for longer.
    /// </remarks>
    [AlwaysInterleave, Alias("ask-to-probe")]
    ValueTask<UpstreamProbe> AskToProbeAsync(string upstream, Guid caller, CancellationToken cancellationToken = default);

    /// <summary>The gateway, or null if it does not exist.</summary>
    [ReadOnly, Alias("get")]
    Task<GatewayRecord?> GetAsync(CancellationToken cancellationToken = default);

    /// <summary>Creates the gateway.</summary>
    /// <returns>The outcome; the record unless the gateway could not be created.</returns>
    [Alias("create")]
    Task<GatewayChange> CreateAsync(GatewayConfiguration configuration, CancellationToken cancellationToken = default);

    /// <summary>Replaces the configuration. It holds for every admission that starts after this has returned.</summary>
    [Alias("update")]
    Task<GatewayChange> UpdateAsync(GatewayConfiguration configuration, CancellationToken cancellationToken = default);

    /// <summary>Replaces the deployed routes. They hold for every admission that starts after this has returned.</summary>
    /// <param name="internalId">The gateway they belong to: one that was created anew under its id has none of them.</param>
    /// <param name="revision">Grows with every change of the routes; an older one changes nothing.</param>
    /// <param name="routes">All of them.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("set-routes")]
    Task<GatewayChange> SetRoutesAsync(Guid internalId, long revision, IReadOnlyList<DeployedRoute> routes, CancellationToken cancellationToken = default);

    /// <summary>Replaces the committed policies. They hold for every admission that starts after this has returned.</summary>
    /// <param name="internalId">The gateway they belong to: one that was created anew under its id has none of them.</param>
    /// <param name="revision">Grows with every change of them; an older one changes nothing.</param>
    /// <param name="policies">All of them.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("set-policies")]
    Task<GatewayChange> SetPoliciesAsync(Guid internalId, long revision, IReadOnlyList<CommittedPolicy> policies, CancellationToken cancellationToken = default);

    /// <summary>
    /// Tells the gateway which version the account's secrets have, as far as exchanges may use them. It holds for every admission that
    /// starts after this has returned.
    /// </summary>
    /// <remarks>Not stored: an activation asks the account's store. Interleaves: one assignment; an older version changes nothing.</remarks>
    [AlwaysInterleave, Alias("set-secrets-version")]
    ValueTask SetSecretsVersionAsync(long version, CancellationToken cancellationToken = default);

    /// <summary>
    /// Tells the gateway which version the account's profiles of data loss prevention have. It holds for every admission that starts
    /// after this has returned.
    /// </summary>
    /// <remarks>Not stored: an activation asks the account's grain. Interleaves: one assignment; an older version changes nothing.</remarks>
    [AlwaysInterleave, Alias("set-dlp-version")]
    ValueTask SetDlpVersionAsync(long version, CancellationToken cancellationToken = default);

    /// <summary>Adds a provider config. It holds for every admission that starts after this has returned.</summary>
    [Alias("add-provider-config")]
    Task<ProviderConfigChange> AddProviderConfigAsync(ProviderConfig config, CancellationToken cancellationToken = default);

    /// <summary>Notes which secret a provider config has from now on, and when that was changed.</summary>
    /// <param name="id">The provider config.</param>
    /// <param name="secretId">The secret.</param>
    /// <param name="ownsSecret">Whether the secret goes with it.</param>
    /// <param name="cancellationToken">Cancels the call while it is queued.</param>
    [Alias("set-provider-config-secret")]
    Task<ProviderConfigChange> SetProviderConfigSecretAsync(Guid id, string secretId, bool ownsSecret, CancellationToken cancellationToken = default);

    /// <summary>Removes a provider config; the result is what it was.</summary>
    [Alias("remove-provider-config")]
    Task<ProviderConfigChange> RemoveProviderConfigAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Makes all cached answers of the gateway void, for every exchange that is admitted after this has returned.</summary>
    [Alias("purge-cache")]
    Task<GatewayChange> PurgeCacheAsync(CancellationToken cancellationToken = default);

    /// <summary>Deletes the gateway; the record of the change is what it was.</summary>
    [Alias("delete")]
    Task<GatewayChange> DeleteAsync(CancellationToken cancellationToken = default);
}

/// <summary>The result of a change to a gateway.</summary>
[GenerateSerializer, Immutable, Alias("gateway.change")]
public sealed record GatewayChange
{
    /// <summary>What happened.</summary>
    [Id(0)] public required GatewayChangeOutcome Outcome { get; init; }

    /// <summary>The gateway after the change (before it, for a deletion); null unless <see cref="Outcome"/> is Done.</summary>
    [Id(1)] public GatewayRecord? Gateway { get; init; }
}

/// <summary>The outcomes of a change to a gateway.</summary>
public enum GatewayChangeOutcome
{
    /// <summary>Stored.</summary>
    Done,

    /// <summary>There is no such gateway.</summary>
    NotFound,

    /// <summary>A gateway with this id exists already.</summary>
    AlreadyExists,

    /// <summary>The account does not exist.</summary>
    AccountNotFound,

    /// <summary>The account has as many gateways as the operator allows.</summary>
    TooManyGateways,
}
