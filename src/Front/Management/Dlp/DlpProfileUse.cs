using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Dlp.Detection;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Dlp;

/// <summary>Which gateways name which profiles.</summary>
internal static class DlpProfileUse
{
    private const int GatewaysAtOnce = 64;

    /// <summary>A gateway of the account that names a profile; null if none does.</summary>
    public static async Task<string?> FindAsync(IGrainFactory grains, string accountId, Guid profileId, CancellationToken cancellationToken)
    {
        var ids = await grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).ListGatewaysAsync(cancellationToken);
        foreach (var some in ids.Chunk(GatewaysAtOnce))
        {
            var gateways = await Task.WhenAll(some.Select(id => grains.GetGrain<IGatewayGrain>(GrainKeys.Gateway(accountId, id)).GetAsync(cancellationToken)));
            if (gateways.FirstOrDefault(gateway => Names(gateway?.Configuration.Dlp).Any(name => IsSame(name.Id, profileId))) is { } user)
            {
                return user.Id;
            }
        }

        return null;
    }

    /// <summary>Notes the profiles of a configuration that the account does not have.</summary>
    public static async Task CheckAsync(IGrainFactory grains, string accountId, DlpConfiguration? dlp, List<ApiError> errors, CancellationToken cancellationToken)
    {
        var unknown = Names(dlp).Where(name => !(Guid.TryParse(name.Id, out var id) && BuiltInProfile.ById.ContainsKey(id))).ToArray();
        if (unknown.Length == 0)
        {
            return;
        }

        var own = (await DlpProfileEndpoints.Profiles(grains, accountId).GetAsync(0, cancellationToken))?.Profiles ?? [];
        foreach (var (id, path) in unknown.Where(name => !own.Any(profile => IsSame(name.Id, profile.Id))))
        {
            errors.Add(ApiErrors.Invalid($"The account has no DLP profile '{(id.Length > 64 ? id[..64] + "…" : id)}'", [.. path]));
        }
    }

    private static bool IsSame(string text, Guid id) => Guid.TryParse(text, out var named) && named == id;

    private static IEnumerable<(string Id, string[] Path)> Names(DlpConfiguration? dlp) =>
        (dlp?.Profiles ?? []).Select((id, i) => (id, (string[])["body", "dlp", "profiles", $"{i}"]))
        .Concat((dlp?.Policies ?? []).SelectMany((policy, p) => policy.Profiles.Select((id, i) => (id, (string[])["body", "dlp", "policies", $"{p}", "profiles", $"{i}"]))));
}
