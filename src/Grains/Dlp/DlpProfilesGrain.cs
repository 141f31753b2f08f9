using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Dlp;
using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Grains.Dlp;

[GrainType("gateway.dlp-profiles")]
internal sealed class DlpProfilesGrain([PersistentState("dlp-profiles")] IPersistentState<DlpProfilesState> stored, TimeProvider timeProvider) : Grain, IDlpProfilesGrain
{
    private const int GatewaysAtOnce = 64;

    // What exchanges are told: swapped whole after the state has been written, so a call that interleaves with a write sees the profiles
    // before or after it.
    private DlpProfileSet _set = new() { Version = 0, Profiles = [], Predefined = [] };

    private DlpProfilesState State => stored.State;

    private string AccountId => this.GetPrimaryKeyString();

    private IAccountGrain Account => GrainFactory.GetGrain<IAccountGrain>(GrainKeys.Account(AccountId));

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _set = SetOf(State);
        return Task.CompletedTask;
    }

    public ValueTask<long> GetVersionAsync(CancellationToken cancellationToken = default)
    {
        LeaveIfNothing();
        return ValueTask.FromResult(_set.Version);
    }

    public ValueTask<DlpProfileSet?> GetAsync(long seenVersion, CancellationToken cancellationToken = default)
    {
        LeaveIfNothing();
        return ValueTask.FromResult(seenVersion == _set.Version ? null : _set);
    }

    public async Task<DlpProfileChange> CreateAsync(DlpProfileDefinition definition, CancellationToken cancellationToken = default)
    {
        if (!await Account.ExistsAsync(cancellationToken))
        {
            return Refuse(DlpProfileOutcome.AccountNotFound);
        }

        if (Refusal(definition, except: null) is { } refusal)
        {
            return Refuse(refusal);
        }

        var now = timeProvider.GetUtcNow();
        var profile = new DlpProfileRecord { Id = Guid.CreateVersion7(now), Version = State.Version + 1, Definition = definition, CreatedAt = now, ModifiedAt = now };
        await StoreAsync(State with { Profiles = [.. State.Profiles, profile] });
        return new() { Outcome = DlpProfileOutcome.Done, Profile = profile };
    }

    public async Task<DlpProfileChange> UpdateAsync(Guid id, DlpProfileDefinition definition, long basedOn, CancellationToken cancellationToken = default)
    {
        if (Find(id) is not { } existing)
        {
            return Refuse(DlpProfileOutcome.NotFound);
        }

        if (existing.Version != basedOn)
        {
            return Refuse(DlpProfileOutcome.Outdated);
        }

        if (Refusal(definition, except: id) is { } refusal)
        {
            return Refuse(refusal);
        }

        var changed = existing with { Version = State.Version + 1, Definition = definition, ModifiedAt = timeProvider.GetUtcNow() };
        await StoreAsync(State with { Profiles = [.. State.Profiles.Select(profile => profile.Id == id ? changed : profile)] });
        return new() { Outcome = DlpProfileOutcome.Done, Profile = changed };
    }

    public async Task<DlpProfileChange> DeleteAsync(Guid id, CancellationToken cancellationToken = default)
    {
        if (Find(id) is not { } existing)
        {
            return Refuse(DlpProfileOutcome.NotFound);
        }

        await StoreAsync(State with { Profiles = [.. State.Profiles.Where(profile => profile.Id != id)] });
        return new() { Outcome = DlpProfileOutcome.Done, Profile = existing };
    }

    public async Task<DlpProfileOutcome> SetPredefinedAsync(DlpPredefinedSettings settings, CancellationToken cancellationToken = default)
    {
        if (!await Account.ExistsAsync(cancellationToken))
        {
            return Refuse(DlpProfileOutcome.AccountNotFound).Outcome;
        }

        var isKnown = State.Predefined.Any(known => known.ProfileId == settings.ProfileId);
        await StoreAsync(State with
        {
            Predefined = isKnown
                ? [.. State.Predefined.Select(known => known.ProfileId == settings.ProfileId ? settings : known)]
                : [.. State.Predefined, settings],
        });
        return DlpProfileOutcome.Done;
    }

    public async Task<DlpProfileOutcome> ResetPredefinedAsync(Guid profileId, CancellationToken cancellationToken = default)
    {
        if (State.Predefined.Any(known => known.ProfileId == profileId))
        {
            await StoreAsync(State with { Predefined = [.. State.Predefined.Where(known => known.ProfileId != profileId)] });
        }

        LeaveIfNothing();
        return DlpProfileOutcome.Done;
    }

    public async Task ClearAsync(CancellationToken cancellationToken = default)
    {
        if (State.Profiles.Count > 0 || State.Predefined.Count > 0)
        {
            // The version stays: it must not repeat, should the account come back. Its gateways are gone already.
            await stored.ReplaceAsync(new() { Version = State.Version + 1 });
            _set = SetOf(State);
        }

        DeactivateOnIdle();
    }

    private DlpProfileRecord? Find(Guid id) => State.Profiles.FirstOrDefault(profile => profile.Id == id);

    private DlpProfileOutcome? Refusal(DlpProfileDefinition definition, Guid? except)
    {
        var others = State.Profiles.Where(profile => profile.Id != except).ToArray();
        return others.Any(profile => string.Equals(profile.Definition.Name, definition.Name, StringComparison.OrdinalIgnoreCase)) ? DlpProfileOutcome.NameTaken
            : others.Length >= DlpLimits.Profiles || others.Sum(profile => profile.Definition.Entries.Count) + definition.Entries.Count > DlpLimits.Entries ? DlpProfileOutcome.TooMany
            : null;
    }

    private async Task StoreAsync(DlpProfilesState state)
    {
        await stored.ReplaceAsync(state with { Version = State.Version + 1 });
        _set = SetOf(State);

        // Every gateway that exists now; one that is made or activated later asks by itself. A crash in between leaves gateways of other
        // processes with the former profiles, but then nobody was told that the change was made.
        foreach (var some in (await Account.ListGatewaysAsync(CancellationToken.None)).Chunk(GatewaysAtOnce))
        {
            await Task.WhenAll(some.Select(TellAsync));
        }
    }

    private async Task TellAsync(string gatewayId)
    {
        var gateway = GrainFactory.GetGrain<IGatewayGrain>(GrainKeys.Gateway(AccountId, gatewayId));
        try
        {
            await gateway.SetDlpVersionAsync(_set.Version, CancellationToken.None);
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            await gateway.SetDlpVersionAsync(_set.Version, CancellationToken.None); // Its silo is gone; another one has it now.
        }
    }

    private static DlpProfileSet SetOf(DlpProfilesState state) => new() { Version = state.Version, Profiles = state.Profiles, Predefined = state.Predefined };

    private DlpProfileChange Refuse(DlpProfileOutcome outcome)
    {
        LeaveIfNothing();
        return new() { Outcome = outcome };
    }

    // Whoever asks about an account that has none must not keep a grain alive.
    private void LeaveIfNothing()
    {
        if (State.Version == 0)
        {
            DeactivateOnIdle();
        }
    }
}
