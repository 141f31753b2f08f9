using System.Text.RegularExpressions;

namespace GatewayActors.Front.Configuration;

/// <summary>What spans more than one key of a sign-on.</summary>
internal static partial class OidcRules
{
    /// <summary>What a sign-on may be called: it stands in paths.</summary>
    public static bool IsName(string name) => Name().IsMatch(name);

    /// <summary>What <see cref="IsName"/> accepts.</summary>
    public const string AcceptedNames = "as name 1 to 32 letters, digits, '-' or '_'";

    /// <summary>One line for each mistake.</summary>
    public static IEnumerable<string> Check(IDictionary<string, OidcOptions> signOns)
    {
        foreach (var (name, options) in signOns)
        {
            var path = $"Gateway:Oidc:{name}";
            foreach (var mistake in CheckOne(path, options))
            {
                yield return mistake;
            }

            // Who a token is from must be told by its issuer alone.
            if (options.Issuer is not null && signOns.FirstOrDefault(other => other.Value.Issuer == options.Issuer) is { Key: { } first } && first != name)
            {
                yield return $"{path}:Issuer = '{options.Issuer}' is not valid; accepted: an issuer that no other sign-on has, and Gateway:Oidc:{first} has it.";
            }
        }
    }

    private static IEnumerable<string> CheckOne(string path, OidcOptions options)
    {
        if (options.Issuer is null)
        {
            yield return $"{path}:Issuer is not set; accepted: the https URL of the issuer.";
        }
        else if (new Uri(options.Issuer) is { Scheme: "http", IsLoopback: false })
        {
            yield return $"{path}:Issuer = '{options.Issuer}' is not valid; accepted: an https:// URL, or http:// on this machine (loopback).";
        }

        if (options.ClientId is null && options.Audiences is null)
        {
            yield return $"{path}:ClientId is not set; accepted: the client id, or {path}:Audiences for an issuer whose tokens are accepted without sign-on.";
        }

        foreach (var (key, role) in options.Roles)
        {
            var below = $"{path}:Roles:{key}";
            if (role.Value is null)
            {
                yield return $"{below}:Value is not set; accepted: the value that the claim must hold, or *.";
            }

            if (role.Account is null)
            {
                yield return $"{below}:Account is not set; accepted: 32 lower-case hex digits, or * for every account.";
            }

            if (role.Role is null)
            {
                yield return $"{below}:Role is not set; accepted: {string.Join(" or ", Enum.GetNames<OidcRole>())}.";
            }
            else if (role is { Role: OidcRole.Operator, Account: not (null or "*") })
            {
                yield return $"{below}:Role = 'Operator' is not valid; accepted: Runner or Viewer or Editor or Admin, because {below}:Account is one account.";
            }
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,32}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
