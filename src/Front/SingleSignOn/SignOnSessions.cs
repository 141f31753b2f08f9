using System.Text.Json;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.SingleSignOn;
using GatewayActors.Front.Authentication;

namespace GatewayActors.Front.SingleSignOn;

/// <summary>Begins and ends sessions of people, which grains keep.</summary>
internal sealed class SignOnSessions(IGrainFactory grains, ITokenVerifier tokens, TimeProvider timeProvider)
{
    /// <summary>How long a page may take to get its token.</summary>
    public static readonly TimeSpan CodeLifetime = TimeSpan.FromSeconds(60);

    private const int PersonKeyLength = 32;
    private const int MaxCodeLength = 128;

    /// <summary>Begins a session. Nobody can use it before its code is redeemed.</summary>
    public async Task<IssuedCode> StartAsync(SignOn signOn, IReadOnlyList<JsonElement> sources, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var subject = First(source => Claims.Text(source, "sub"))!;
        var session = new PersonSession
        {
            Id = Guid.CreateVersion7(now).ToString("N"),
            SignOn = signOn.Name,
            Issuer = signOn.Options.Issuer!,
            Subject = subject,
            Email = First(Claims.Email),
            Name = First(source => Claims.Text(source, "name")),
            GivenName = First(source => Claims.Text(source, "given_name")),
            FamilyName = First(source => Claims.Text(source, "family_name")),
            Claims = ReadClaims(signOn, sources),
            StartedAt = now,
            ExpiresAt = now + signOn.Options.SessionLifetime,
        };
        var key = GrainKeys.Person(signOn.Name, subject);
        var (code, browser) = ($"{key}.{SignOnAttempt.RandomText()}", SignOnAttempt.RandomText());
        await grains.GetGrain<IPersonGrain>(key).StartSessionAsync(
            session,
            new() { CodeHash = TokenValue.Hash(code), BrowserHash = TokenValue.Hash(browser), ExpiresAt = now + CodeLifetime },
            cancellationToken);
        return new(code, browser);

        string? First(Func<JsonElement, string?> read) => sources.Select(read).FirstOrDefault(text => text is not null);
    }

    /// <summary>The values of the claims that roles depend on, out of the first source that has them.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> ReadClaims(SignOn signOn, IReadOnlyList<JsonElement> sources) =>
        signOn.Roles.Claims.ToDictionary(
            name => name,
            name => sources.Select(source => Claims.Values(source, name)).FirstOrDefault(values => values.Count > 0) ?? [],
            StringComparer.Ordinal);

    /// <summary>Gives a page the token of the session that its browser has begun; null if the code is not valid, or not any more.</summary>
    public async Task<IssuedSession?> RedeemAsync(string code, string browser, CancellationToken cancellationToken)
    {
        if (code.Length is <= PersonKeyLength or > MaxCodeLength || code[PersonKeyLength] != '.' || !Identifiers.IsAccountId(code.AsSpan(0, PersonKeyLength)))
        {
            return null;
        }

        var key = code[..PersonKeyLength];
        var value = TokenValue.CreateSession(key);
        return await grains.GetGrain<IPersonGrain>(key).RedeemCodeAsync(TokenValue.Hash(code), TokenValue.Hash(browser), TokenValue.Hash(value), cancellationToken) is { } session
            ? new(value, session)
            : null;
    }

    /// <summary>Ends a session; with <paramref name="everywhere"/> all sessions of its person.</summary>
    public async Task EndAsync(string value, bool everywhere, CancellationToken cancellationToken)
    {
        if (!TokenValue.TryParseSession(value, out var key))
        {
            return;
        }

        var person = grains.GetGrain<IPersonGrain>(key);
        if (everywhere)
        {
            await person.EndAllSessionsAsync(cancellationToken);
        }
        else
        {
            await person.EndSessionAsync(TokenValue.Hash(value), cancellationToken);
        }

        tokens.Forget(value); // Other fronts learn it within a second.
    }
}

/// <summary>What a page gets its token for.</summary>
/// <param name="Code">Goes to the page.</param>
/// <param name="Browser">Goes into a cookie that the page cannot read.</param>
internal sealed record IssuedCode(string Code, string Browser);

/// <summary>A session's token, shown once.</summary>
internal sealed record IssuedSession(string Value, PersonSession Session);
