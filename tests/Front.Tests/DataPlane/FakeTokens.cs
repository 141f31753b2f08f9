using System.Collections.Concurrent;
using System.Net;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Authentication;

namespace GatewayActors.Front.Tests.DataPlane;

/// <summary>Tokens that the test hands out.</summary>
internal sealed class FakeTokens : ITokenVerifier
{
    private readonly ConcurrentDictionary<string, TokenPrincipal> _valid = new(StringComparer.Ordinal);

    /// <summary>Makes a valid token; with null as account the operator's.</summary>
    public string Add(string? accountId, Permissions permissions = Permissions.GatewayRun)
    {
        var value = TokenValue.Create(accountId ?? new string('0', 32));
        _valid[value] = new() { TokenId = new string('d', 32), AccountId = accountId, Permissions = permissions };
        return value;
    }

    public ValueTask<TokenPrincipal?> VerifyAsync(ReadOnlySpan<char> value, IPAddress? client, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_valid.GetValueOrDefault(value.ToString()));

    public void Forget(string value) => _valid.TryRemove(value, out _);
}
