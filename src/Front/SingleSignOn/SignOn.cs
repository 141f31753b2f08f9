using GatewayActors.Abstractions.SingleSignOn;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Configuration;

namespace GatewayActors.Front.SingleSignOn;

/// <summary>One configured identity provider. Thread-safe.</summary>
internal sealed class SignOn(string name, OidcOptions options, IssuerMetadata metadata, TimeProvider timeProvider)
{
    private readonly RoleMapping _roles = new(options);

    /// <summary>Its name in the configuration.</summary>
    public string Name => name;

    /// <summary>What people read.</summary>
    public string DisplayName => options.DisplayName ?? name;

    /// <summary>What the operator set.</summary>
    public OidcOptions Options => options;

    /// <summary>Whether people can sign on, rather than only show tokens.</summary>
    public bool IsForPeople => options.ClientId is not null;

    /// <summary>The issuer's metadata.</summary>
    public IssuerMetadata Metadata => metadata;

    /// <summary>Checks the issuer's tokens.</summary>
    public IssuerTokens Tokens { get; } = new(metadata, timeProvider);

    /// <summary>The roles.</summary>
    public RoleMapping Roles => _roles;

    /// <summary>The audiences whose tokens count on the admin API.</summary>
    public IReadOnlyList<string> Audiences { get; } = options.Audiences?.Split(' ') ?? (options.ClientId is { } clientId ? [clientId] : []);

    /// <summary>Whether a token is of this issuer, by what it says itself. Issuers with and without a last slash are the same to people.</summary>
    public bool IsIssuer(string issuer) => options.Issuer!.AsSpan().TrimEnd('/').SequenceEqual(issuer.AsSpan().TrimEnd('/'));

    /// <summary>Whoever has a session, with what they may do by the operator's present word; null if the sign-on is another one by now.</summary>
    public TokenPrincipal? PrincipalOf(PersonSession session)
    {
        if (session.Issuer != options.Issuer)
        {
            return null;
        }

        var rights = _roles.Evaluate(session.Claims);
        return Principal(new(rights.ByAccount, rights.OnEveryAccount)
        {
            SignOn = name,
            Subject = session.Subject,
            Email = session.Email,
            Name = session.Name,
            GivenName = session.GivenName,
            FamilyName = session.FamilyName,
            Groups = session.Claims.GetValueOrDefault(options.GroupsClaim),
            ExpiresAt = session.ExpiresAt,
            IsOperator = rights.IsOperator,
            HasSession = true,
        });
    }

    /// <summary>Whoever shows a valid token of the issuer.</summary>
    public TokenPrincipal PrincipalOf(IssuerToken token)
    {
        var rights = _roles.Evaluate(_roles.Read(token.Claims));
        return Principal(new(rights.ByAccount, rights.OnEveryAccount)
        {
            SignOn = name,
            Subject = Claims.Text(token.Claims, "sub")!,
            Email = Claims.Email(token.Claims),
            Name = Claims.Text(token.Claims, "name"),
            GivenName = Claims.Text(token.Claims, "given_name"),
            FamilyName = Claims.Text(token.Claims, "family_name"),
            Groups = Claims.Values(token.Claims, options.GroupsClaim),
            ExpiresAt = token.ExpiresAt,
            IsOperator = rights.IsOperator,
        });
    }

    private static TokenPrincipal Principal(Person person) => new()
    {
        TokenId = person.ActorId,
        Name = person.ActorName,
        AccountId = null,
        Permissions = default, // Asked for each account: see TokenPrincipal.Can.
        Person = person,
    };
}

/// <summary>All configured identity providers. Immutable.</summary>
internal sealed class SignOnCatalog
{
    private readonly Dictionary<string, SignOn> _byName;

    /// <summary>Takes what the operator has configured.</summary>
    public SignOnCatalog(GatewayOptions options, IssuerClient client, TimeProvider timeProvider, ILoggerFactory loggers)
    {
        var logger = loggers.CreateLogger<IssuerMetadata>();
        _byName = options.Oidc.ToDictionary(
            pair => pair.Key,
            pair => new SignOn(pair.Key, pair.Value, new(pair.Value.Issuer!, client.Http, timeProvider, logger), timeProvider),
            StringComparer.OrdinalIgnoreCase);
        All = [.. _byName.Values.OrderBy(signOn => signOn.Name, StringComparer.Ordinal)];
    }

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<SignOn> All { get; }

    /// <summary>The one of this name.</summary>
    public SignOn? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The one whose issuer a token claims to be of.</summary>
    public SignOn? FindByIssuer(string issuer) => All.FirstOrDefault(signOn => signOn.IsIssuer(issuer));

    /// <summary>Whoever has a session now; null if the operator has taken the sign-on away.</summary>
    public TokenPrincipal? PrincipalOf(PersonSession session) => Find(session.SignOn)?.PrincipalOf(session);
}
