using Microsoft.Extensions.Caching.Memory;

namespace GatewayActors.Front.AutoRouter;

/// <summary>Which model a session was given last. Of this front alone, and forgotten with it: what is lost is a provider's prompt cache.</summary>
internal sealed class AutoSessions : IDisposable
{
    private const int MaxSessions = 20_000;

    private static readonly TimeSpan IdleTime = TimeSpan.FromHours(1); // No provider keeps a prompt longer.

    private readonly MemoryCache _sessions = new(new MemoryCacheOptions { SizeLimit = MaxSessions });

    /// <summary>What a session was given last; null for nothing.</summary>
    public AutoChoice? Find(string accountId, string gatewayId, string session) => _sessions.Get<AutoChoice>((accountId, gatewayId, session));

    public void Keep(string accountId, string gatewayId, string session, AutoChoice choice) =>
        _sessions.Set((accountId, gatewayId, session), choice, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = IdleTime });

    public void Dispose() => _sessions.Dispose();
}

/// <summary>A choice that was made.</summary>
/// <param name="Turn">For which turn.</param>
/// <param name="Model">As clients name it.</param>
internal sealed record AutoChoice(string Turn, string Model);
