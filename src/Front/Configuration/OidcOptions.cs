namespace GatewayActors.Front.Configuration;

/// <summary>One identity provider that people sign on with, or whose tokens machines show. Bound from <c>Gateway:Oidc:{name}</c>.</summary>
public sealed class OidcOptions
{
    /// <summary>
    /// The issuer, exactly as it calls itself in its tokens; its metadata is read at <c>{issuer}/.well-known/openid-configuration</c>. Must be
    /// https, but for an issuer on this machine (loopback). Trusted: private addresses are allowed. Needed.
    /// </summary>
    [HttpAddress("http", "https")]
    public string? Issuer { get; set; }

    /// <summary>
    /// The client under which the gateway is registered at the issuer. Default: none; then nobody can sign on here, and only tokens for one of
    /// <see cref="Audiences"/> are accepted.
    /// </summary>
    [Pattern("^[!-~]{1,512}$", "1 to 512 printable ASCII characters without blanks")]
    public string? ClientId { get; set; }

    /// <summary>The client's secret. Default: none, for a public client.</summary>
    [Secret, Pattern("^[!-~]{1,4096}$", "1 to 4096 printable ASCII characters without blanks")]
    public string? ClientSecret { get; set; }

    /// <summary>What is asked for at the sign-on, separated by blanks. Default: openid profile email.</summary>
    [Pattern("^([!-~]+ )*openid( [!-~]+)*$", "scopes separated by single blanks, with openid among them")]
    public string Scopes { get; set; } = "openid profile email";

    /// <summary>What people read on the button. Default: the name of the section.</summary>
    [Pattern(@"^[^\p{C}]{1,100}$", "1 to 100 characters")]
    public string? DisplayName { get; set; }

    /// <summary>The claim that the roles look at unless they name another. Default: groups.</summary>
    [Pattern("^[!-~]{1,256}$", "1 to 256 printable ASCII characters without blanks")]
    public string GroupsClaim { get; set; } = "groups";

    /// <summary>Audiences, separated by blanks, whose tokens are accepted as bearer tokens of the admin API. Default: the client id.</summary>
    [Pattern("^[!-~]+( [!-~]+){0,19}$", "1 to 20 audiences separated by single blanks")]
    public string? Audiences { get; set; }

    /// <summary>How long a sign-on counts; then the person signs on again. Default: 1 hour. Range: 5 minutes to 12 hours.</summary>
    [Between("00:05:00", "12:00:00")]
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Who may do what, by any name. Default: nobody may do anything.</summary>
    public IDictionary<string, OidcRoleOptions> Roles { get; } = new Dictionary<string, OidcRoleOptions>(StringComparer.OrdinalIgnoreCase);
}

/// <summary>One role for everybody who has one value in one claim. Bound from <c>Gateway:Oidc:{name}:Roles:{any}</c>.</summary>
public sealed class OidcRoleOptions
{
    /// <summary>The claim, by its name or by the path to it (<c>realm_access.roles</c>). Default: the sign-on's <see cref="OidcOptions.GroupsClaim"/>.</summary>
    [Pattern("^[!-~]{1,256}$", "1 to 256 printable ASCII characters without blanks")]
    public string? Claim { get; set; }

    /// <summary>The value that the claim must be or hold; <c>*</c> means everybody whom the issuer signs on. Needed.</summary>
    [Pattern(@"^[^\p{C}]{1,512}$", "1 to 512 characters")]
    public string? Value { get; set; }

    /// <summary>The account on which the role counts, or <c>*</c> for every account. Needed.</summary>
    [Pattern(@"^([0-9a-f]{32}|\*)$", "32 lower-case hex digits, or * for every account")]
    public string? Account { get; set; }

    /// <summary>What may be done there. Needed.</summary>
    public OidcRole? Role { get; set; }
}

/// <summary>What people may do on an account.</summary>
public enum OidcRole
{
    /// <summary>Send requests through gateways, and nothing else.</summary>
    Runner,

    /// <summary>Read everything; change and spend nothing.</summary>
    Viewer,

    /// <summary>Also change gateways, logs and secrets, and send requests.</summary>
    Editor,

    /// <summary>Everything on the account, its tokens and settings too.</summary>
    Admin,

    /// <summary>Everything on every account, and making and deleting accounts: what the operator's token may do.</summary>
    Operator,
}
