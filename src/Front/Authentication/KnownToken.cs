using System.Net;
using GatewayActors.Abstractions.Accounts;

namespace GatewayActors.Front.Authentication;

/// <summary>A stored token, made ready for checks: everything that can change without a write is checked on every call.</summary>
internal sealed class KnownToken
{
    private readonly bool _disabled;
    private readonly DateTimeOffset? _notBefore;
    private readonly DateTimeOffset? _expiresOn;
    private readonly IPNetwork[] _allowed;
    private readonly IPNetwork[] _denied;
    private readonly TokenPrincipal _principal;

    /// <summary>Makes the session of a person ready.</summary>
    public KnownToken(TokenPrincipal principal, DateTimeOffset expiresOn) => (_principal, _expiresOn, _allowed, _denied) = (principal, expiresOn, [], []);

    /// <summary>Makes a stored token ready.</summary>
    public KnownToken(ApiTokenRecord record)
    {
        var definition = record.Definition;
        var readable = TryRead(definition.AllowedNetworks, out _allowed) & TryRead(definition.DeniedNetworks, out _denied);

        // A network that cannot be read must not open a token that somebody meant to restrict.
        _disabled = definition.Disabled || !readable;
        (_notBefore, _expiresOn) = (definition.NotBefore, definition.ExpiresOn);
        _principal = new() { TokenId = record.Id, Name = definition.Name, AccountId = record.AccountId, Permissions = record.EffectivePermissions() };
    }

    /// <summary>What the token may do, or null if it must be refused now or to this client.</summary>
    public TokenPrincipal? Check(DateTimeOffset now, IPAddress? client) =>
        _disabled || now < _notBefore || now >= _expiresOn || !IsFromAllowedNetwork(client) ? null : _principal;

    private bool IsFromAllowedNetwork(IPAddress? client)
    {
        if (_allowed.Length == 0 && _denied.Length == 0)
        {
            return true;
        }

        if (client is null)
        {
            return false;
        }

        var address = ClientNetworks.Normalize(client);
        return (_allowed.Length == 0 || Contains(_allowed, address)) && !Contains(_denied, address);
    }

    private static bool Contains(IPNetwork[] networks, IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryRead(IReadOnlyList<string>? texts, out IPNetwork[] networks)
    {
        networks = new IPNetwork[texts?.Count ?? 0];
        for (var i = 0; i < networks.Length; i++)
        {
            if (!ClientNetworks.TryParse(texts![i], out networks[i]))
            {
                return false;
            }
        }

        return true;
    }
}
