using System.Text.Json;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.SingleSignOn;

/// <summary>From claims to what somebody may do, as the operator has said. Immutable.</summary>
internal sealed class RoleMapping
{
    private const string Everybody = "*";

    private readonly Rule[] _rules;

    /// <summary>Takes the rules of a sign-on, which were checked at the start.</summary>
    public RoleMapping(OidcOptions options)
    {
        _rules = [.. options.Roles.Values.Select(role => new Rule(role.Claim ?? options.GroupsClaim, role.Value!, role.Account!, role.Role!.Value))];
        Claims = [.. _rules.Where(rule => rule.Value != Everybody).Select(rule => rule.Claim).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The claims that matter.</summary>
    public IReadOnlyList<string> Claims { get; }

    /// <summary>The values of the claims that matter.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Read(JsonElement claims) =>
        Claims.ToDictionary(name => name, name => SingleSignOn.Claims.Values(claims, name), StringComparer.Ordinal);

    /// <summary>What somebody with these claims may do.</summary>
    public Rights Evaluate(IReadOnlyDictionary<string, IReadOnlyList<string>> claims)
    {
        var byAccount = new Dictionary<string, Permissions>(StringComparer.Ordinal);
        Permissions? everywhere = null;
        var isOperator = false;
        foreach (var rule in _rules)
        {
            if (rule.Value != Everybody && !(claims.TryGetValue(rule.Claim, out var values) && values.Contains(rule.Value, StringComparer.Ordinal)))
            {
                continue;
            }

            var permissions = Roles.PermissionsOf(rule.Role);
            isOperator |= rule.Role == OidcRole.Operator;
            if (rule.Account == Everybody)
            {
                everywhere = (everywhere ?? Permissions.None) | permissions;
            }
            else
            {
                byAccount[rule.Account] = byAccount.GetValueOrDefault(rule.Account) | permissions;
            }
        }

        return new(byAccount, everywhere, isOperator);
    }

    private sealed record Rule(string Claim, string Value, string Account, OidcRole Role);
}

/// <summary>What somebody may do.</summary>
internal sealed record Rights(IReadOnlyDictionary<string, Permissions> ByAccount, Permissions? OnEveryAccount, bool IsOperator);
