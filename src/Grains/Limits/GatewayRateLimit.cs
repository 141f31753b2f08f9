using GatewayActors.Abstractions.Gateways;
using Orleans.Core;
using Orleans.Storage;

namespace GatewayActors.Grains.Limits;

/// <summary>The rate limit of one gateway, with the storage of its counts.</summary>
/// <remarks>
/// Counts are stored behind the requests, at most once per <see cref="SaveInterval"/>: a crash forgets what was let through in the last
/// of them. Windows under <see cref="LeastSavedWindow"/> are not stored: they would be over before they were read again.
/// </remarks>
internal sealed class GatewayRateLimit(IGrainContext context, IGrainStorage storage, TimeProvider timeProvider)
{
    /// <summary>How long a count may be unsaved; with the time that a write takes, under a second.</summary>
    public static readonly TimeSpan SaveInterval = TimeSpan.FromMilliseconds(750);

    /// <summary>The shortest window whose counts outlive a crash.</summary>
    public static readonly TimeSpan LeastSavedWindow = TimeSpan.FromSeconds(10);

    private readonly RecentIds _counted = new();
    private StateStorageBridge<RateState>? _stored;
    private Task? _write;
    private RateRule? _rule;
    private RateWindow? _window;
    private Guid _gatewayId;

    /// <summary>Whether something has been counted that should be stored and is not.</summary>
    public bool IsUnsaved { get; private set; }

    /// <summary>Reads what is stored, if the configuration needs it; before <see cref="Accept"/>.</summary>
    /// <remarks>Not with the grain's own state: most gateways have no rate limit, and their activation must not pay for a second read.</remarks>
    public async Task PrepareAsync(GatewayRecord? gateway)
    {
        if (_stored is null && gateway is not null && RateRule.Of(gateway.Configuration) is { } rule && IsSaved(rule))
        {
            var stored = new StateStorageBridge<RateState>("rate", context, storage);
            await stored.ReadStateAsync();
            _stored = stored;
        }
    }

    /// <summary>Takes a configuration. What was counted goes on counting, under any rule.</summary>
    public void Accept(GatewayRecord? gateway)
    {
        var rule = gateway is null ? null : RateRule.Of(gateway.Configuration);
        var isSameGateway = gateway?.InternalId == _gatewayId;
        if (rule == _rule && isSameGateway)
        {
            return;
        }

        IReadOnlyList<RateCount> counts = isSameGateway && _window is not null ? _window.Export()
            : gateway is not null && _stored?.State is { } state && state.GatewayId == gateway.InternalId ? state.Counts
            : [];
        (_rule, _gatewayId) = (rule, gateway?.InternalId ?? Guid.Empty);
        _window = rule is null ? null : RateWindow.Create(rule, counts, timeProvider.GetUtcNow().UtcTicks);
    }

    /// <summary>Counts one request; null if there is no limit.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="isRepeated">Whether it may have been counted already, and its front has not heard of it.</param>
    public RateLimitDecision? Take(Guid exchange, bool isRepeated)
    {
        if (_window is null)
        {
            return null;
        }

        var now = timeProvider.GetUtcNow().UtcTicks;
        if (isRepeated && _counted.Contains(exchange))
        {
            return _window.Look(now);
        }

        var decision = _window.Take(now);
        if (decision.IsTaken)
        {
            IsUnsaved |= IsSaved(_rule!);
            _counted.Add(exchange);
        }

        return decision;
    }

    /// <summary>Stores what was counted.</summary>
    public async Task SaveAsync()
    {
        if (_write is { IsCompleted: false })
        {
            await _write.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
        }

        await (_write = WriteAsync());
    }

    private async Task WriteAsync()
    {
        if (!IsUnsaved || _window is null || _stored is null)
        {
            return;
        }

        IsUnsaved = false; // What is counted during the write sets it again.
        _stored.State = new() { GatewayId = _gatewayId, Counts = _window.Export() };
        try
        {
            await _stored.WriteStateAsync();
        }
        catch
        {
            IsUnsaved = true;
            throw;
        }
    }

    private static bool IsSaved(RateRule rule) => rule.Window >= LeastSavedWindow;
}
