using GatewayActors.Abstractions;
using GatewayActors.Abstractions.CustomDomains;
using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.CustomDomains;

/// <summary>Proves who owns custom domains, and keeps this process's table of them new.</summary>
internal sealed class CustomDomainDirectory(IGrainFactory grains, IDomainRecords records, CustomDomainMap map, GatewayOptions options)
{
    /// <summary>The grain that owns them.</summary>
    public ICustomDomainsGrain Grain => grains.GetGrain<ICustomDomainsGrain>(GrainKeys.CustomDomains);

    /// <summary>The record that proves that an account may have a hostname.</summary>
    public static (string Name, string Value) Proof(string accountId, string hostname) => ($"_ai-gateway.{hostname}", $"account={accountId}");

    /// <summary>Brings the table up to date.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (await Grain.FindActiveAsync(map.Revision, cancellationToken) is { } snapshot)
        {
            map.Accept(snapshot);
        }
    }

    /// <summary>Whether the domain name system says that the account may have the hostname. False too where nobody answers: the next try may.</summary>
    public async Task<bool> IsProvedAsync(string accountId, string hostname, CancellationToken cancellationToken)
    {
        if (!options.CustomDomains.Verify)
        {
            return true;
        }

        var (name, value) = Proof(accountId, hostname);
        try
        {
            return (await records.FindTextsAsync(name, cancellationToken)).Any(text => text.Trim() == value);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Makes a domain active if its owner has proved to be that by now.</summary>
    /// <returns>The domain as it is then.</returns>
    public async Task<CustomDomain> VerifyAsync(CustomDomain domain, CancellationToken cancellationToken)
    {
        if (domain.IsActive || !await IsProvedAsync(domain.AccountId, domain.Hostname, cancellationToken))
        {
            return domain;
        }

        var change = await Grain.ActivateAsync(domain.AccountId, domain.GatewayId, domain.Hostname, cancellationToken);
        await RefreshAsync(cancellationToken);
        return change.Domain ?? domain;
    }
}
