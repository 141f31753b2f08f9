using System.Collections.Frozen;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.CustomDomains;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayActors.Front.CustomDomains;

/// <summary>
/// The active custom domains as this process knows them: one frozen table, swapped whole. A request costs one look at an empty table where
/// there are no domains, and one look-up where there are. Thread-safe.
/// </summary>
internal sealed class CustomDomainMap
{
    private const string AccountsPath = "/client/v4/accounts/";

    private volatile Table _table = new(new() { Revision = -1, Gateways = new Dictionary<string, string>() });

    /// <summary>The revision that is held; -1 for none.</summary>
    public long Revision => _table.Revision;

    /// <summary>Takes what the grain has answered, unless it is older than what is held.</summary>
    public void Accept(CustomDomainSnapshot snapshot)
    {
        while (true)
        {
            var held = _table;
            if (held.Revision >= snapshot.Revision
#pragma warning disable CS0420 // A reference to a volatile field is what Interlocked takes.
                || Interlocked.CompareExchange(ref _table, new(snapshot), held) == held)
#pragma warning restore CS0420
            {
                return;
            }
        }
    }

    /// <summary>
    /// Gives a request that came for a custom domain the path it would have on our own host: account and gateway are those of the domain,
    /// whatever the path says. Only the API of the domain's account keeps its path.
    /// </summary>
    public void Route(IHttpRequestFeature request)
    {
        var table = _table;
        if (!table.IsEmpty
            && request.Headers.Host is [{ } host]
            && table.Find(Hostname.OfHeader(host)) is { } gatewayKey
            && request.RawTarget.StartsWith('/')
            && !IsApiOf(GrainKeys.ParseGateway(gatewayKey).AccountId, request))
        {
            request.RawTarget = string.Concat("/v1/", gatewayKey, request.RawTarget);
        }
    }

    /// <summary>Whether a request came for a custom domain, whose paths all belong to its gateway.</summary>
    public bool Serves(IHttpRequestFeature request)
    {
        var table = _table;
        return !table.IsEmpty && request.Headers.Host is [{ } host] && table.Find(Hostname.OfHeader(host)) is not null;
    }

    // Both forms of the path: inference is routed by the raw one, everything else by the decoded one, in which dot segments are resolved.
    private static bool IsApiOf(string accountId, IHttpRequestFeature request) => IsBelow(request.RawTarget, accountId) && IsBelow(request.Path, accountId);

    private static bool IsBelow(ReadOnlySpan<char> path, string accountId) =>
        path.StartsWith(AccountsPath, StringComparison.Ordinal)
        && path[AccountsPath.Length..] is var rest
        && rest.StartsWith(accountId, StringComparison.Ordinal)
        && (rest.Length == accountId.Length || rest[accountId.Length] is '/' or '?');

    private sealed class Table(CustomDomainSnapshot snapshot)
    {
        private readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _gateways =
            snapshot.Gateways.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

        public long Revision => snapshot.Revision;

        public bool IsEmpty { get; } = snapshot.Gateways.Count == 0;

        public string? Find(ReadOnlySpan<char> hostname) => _gateways.TryGetValue(hostname, out var key) ? key : null;
    }
}
