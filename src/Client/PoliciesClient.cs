using System.Text.Json;

namespace GatewayActors.Client;

/// <summary>The policies of a gateway: who may call what, and for how much.</summary>
public sealed class PoliciesClient
{
    private readonly GatewayTransport _transport;
    private readonly string _root;

    internal PoliciesClient(GatewayTransport transport, string root) => (_transport, _root) = (transport, root + "/policies");

    /// <summary>All policies.</summary>
    /// <param name="drafts">Whether drafts are listed too, each beside what it changes.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="AiGatewayException">There is no such gateway, or the call is refused.</exception>
    public Task<IReadOnlyList<Policy>> ListAsync(PolicyDrafts drafts = PolicyDrafts.Excluded, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Get, _root + Query(drafts), null, ClientJson.Default.EnvelopeIReadOnlyListPolicy, cancellationToken);

    /// <summary>One policy.</summary>
    /// <param name="id">The policy.</param>
    /// <param name="drafts">Whether its draft is wanted, if it has one.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="AiGatewayException">There is no such policy, or the call is refused.</exception>
    public Task<Policy> GetAsync(string id, PolicyDrafts drafts = PolicyDrafts.Excluded, CancellationToken cancellationToken = default) =>
        _transport.SendAsync(HttpMethod.Get, Target(id) + Query(drafts), null, ClientJson.Default.EnvelopePolicy, cancellationToken);

    /// <summary>Makes a policy. Every field but the actor is needed, and that too unless it blocks.</summary>
    /// <param name="definition">What it says.</param>
    /// <param name="commit">Whether it holds at once.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="AiGatewayException">The definition is wrong, or the call is refused.</exception>
    public Task<Policy> CreateAsync(PolicyDefinition definition, PolicyCommit commit = PolicyCommit.Later, CancellationToken cancellationToken = default) => _transport.SendAsync(
        HttpMethod.Post, _root + Query(commit), GatewayTransport.Json(definition, ClientJson.Default.PolicyDefinition), ClientJson.Default.EnvelopePolicy, cancellationToken);

    /// <summary>Changes a committed policy; what is null stays.</summary>
    /// <param name="id">The policy.</param>
    /// <param name="definition">What changes.</param>
    /// <param name="commit">Whether it holds at once.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="AiGatewayException">The definition is wrong, there is no such policy, it was never committed, or the call is refused.</exception>
    public Task<Policy> UpdateAsync(string id, PolicyDefinition definition, PolicyCommit commit = PolicyCommit.Later, CancellationToken cancellationToken = default) => _transport.SendAsync(
        HttpMethod.Put, Target(id) + Query(commit), GatewayTransport.Json(definition, ClientJson.Default.PolicyDefinition), ClientJson.Default.EnvelopePolicy, cancellationToken);

    /// <summary>Deletes a policy, at once.</summary>
    /// <exception cref="AiGatewayException">There is no such policy, or the call is refused.</exception>
    public Task DeleteAsync(string id, CancellationToken cancellationToken = default) => _transport.SendAsync(HttpMethod.Delete, Target(id), null, cancellationToken);

    /// <summary>Commits all drafts together.</summary>
    /// <returns>The policies that were changed by it.</returns>
    /// <exception cref="AiGatewayException">There is no such gateway, or the call is refused.</exception>
    public async Task<IReadOnlyList<Policy>> CommitAsync(CancellationToken cancellationToken = default) =>
        (await _transport.SendAsync(HttpMethod.Post, _root + "/commit", null, ClientJson.Default.EnvelopePolicyCommitResult, cancellationToken).ConfigureAwait(false)).Policies;

    /// <summary>Says what would become of a request, without spending anything.</summary>
    /// <param name="request">The request, as the page about policies describes it: <c>identity</c>, <c>model</c>, <c>provider</c> and <c>bucketUsage</c>.</param>
    /// <param name="drafts">Whether drafts hold.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="AiGatewayException">The request is wrong, there is no such gateway, or the call is refused.</exception>
    public Task<PolicySimulation> SimulateAsync(JsonElement request, PolicyDrafts drafts = PolicyDrafts.Excluded, CancellationToken cancellationToken = default) => _transport.SendAsync(
        HttpMethod.Post, _root + "/simulate" + Query(drafts), GatewayTransport.Json(request, ClientJson.Default.JsonElement), ClientJson.Default.EnvelopePolicySimulation, cancellationToken);

    private static string Query(PolicyDrafts drafts) => drafts == PolicyDrafts.Included ? "?includeStaging=true" : "";

    private static string Query(PolicyCommit commit) => commit == PolicyCommit.Now ? "?commit=true" : "";

    private string Target(string id) => $"{_root}/{Uri.EscapeDataString(id)}";
}
