using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace GatewayActors.Storage.Tests.GrainState;

/// <summary>What every grain storage must do. A class per storage derives from this one.</summary>
public abstract class GrainStorageConformanceTests
{
    private const string StateName = "state";

    private readonly GrainId _grain = GrainId.Create("test", Guid.CreateVersion7().ToString("N"));

    /// <summary>The storage under test; a fresh one or one that other tests use too.</summary>
    protected abstract IGrainStorage Storage { get; }

    [Fact]
    public async Task ReadState_NeverWritten_GivesANewStateWithoutETag()
    {
        var state = await ReadAsync();

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Equal(0, state.State.Count);
    }

    [Fact]
    public async Task ReadState_AfterWrite_GivesWhatWasWritten()
    {
        var written = new Held<TestState>(new() { Count = 7, Name = "naïve 名前 🦊" });
        await WriteAsync(written);

        var read = await ReadAsync();

        Assert.True(written.RecordExists);
        Assert.True(read.RecordExists);
        Assert.Equal((7, "naïve 名前 🦊", written.ETag), (read.State.Count, read.State.Name, read.ETag));
    }

    [Fact]
    public async Task WriteState_Twice_ChangesTheETag()
    {
        var state = new Held<TestState>(new() { Count = 1 });
        await WriteAsync(state);
        var first = state.ETag;

        state.State.Count = 2;
        await WriteAsync(state);

        Assert.NotNull(first);
        Assert.NotEqual(first, state.ETag);
        Assert.Equal(2, (await ReadAsync()).State.Count);
    }

    [Fact]
    public async Task WriteState_LargeState_IsReadBackWhole()
    {
        var name = string.Concat(Enumerable.Range(0, 200_000).Select(i => (char)('a' + (i % 26))));
        await WriteAsync(new(new() { Name = name }));

        Assert.Equal(name, (await ReadAsync()).State.Name);
    }

    [Fact]
    public async Task WriteState_StaleETag_ConflictsAndKeepsTheStoredState()
    {
        var winner = new Held<TestState>(new() { Count = 1 });
        await WriteAsync(winner);
        var loser = await ReadAsync();
        winner.State.Count = 2;
        await WriteAsync(winner);
        var etag = loser.ETag;

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(loser));

        Assert.Equal(etag, loser.ETag);
        Assert.Equal(2, (await ReadAsync()).State.Count);
    }

    [Fact]
    public async Task WriteState_TwoFirstWrites_SecondConflicts()
    {
        var first = await ReadAsync();
        var second = await ReadAsync();
        first.State.Count = 1;
        second.State.Count = 2;
        await WriteAsync(first);

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(second));

        Assert.Equal(1, (await ReadAsync()).State.Count);
    }

    [Fact]
    public async Task WriteState_ManyFirstWritesAtOnce_ExactlyOneWins()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 64).Select(async count =>
        {
            try
            {
                await WriteAsync(new(new() { Count = count }));
                return count;
            }
            catch (InconsistentStateException)
            {
                return 0;
            }
        }));

        var winner = Assert.Single(outcomes, count => count != 0);
        Assert.Equal(winner, (await ReadAsync()).State.Count);
    }

    [Fact]
    public async Task WriteState_SixtyFourWritersOfTheirOwnGrains_LoseNothing()
    {
        const int Rounds = 20;
        var grains = Enumerable.Range(0, 64).Select(i => GrainId.Create("many", $"{_grain.Key}-{i}")).ToArray();
        await Task.WhenAll(grains.Select(async grain =>
        {
            var state = new Held<TestState>(new());
            for (var round = 0; round < Rounds; round++)
            {
                state.State.Count++;
                await Storage.WriteStateAsync(StateName, grain, state);
            }
        }));

        foreach (var grain in grains)
        {
            var read = new Held<TestState>();
            await Storage.ReadStateAsync(StateName, grain, read);
            Assert.Equal(Rounds, read.State.Count);
        }
    }

    [Fact]
    public async Task WriteState_ConflictAmongOthers_DoesNotFailTheOthers()
    {
        await WriteAsync(new(new() { Count = 1 }));
        var stale = new Held<TestState>(new() { Count = 2 }); // No ETag although there is a record.
        var grains = Enumerable.Range(0, 32).Select(i => GrainId.Create("neighbour", $"{_grain.Key}-{i}")).ToArray();

        var writes = grains.Select(grain => Storage.WriteStateAsync(StateName, grain, new Held<TestState>(new() { Count = 3 }))).ToList();
        writes.Insert(16, Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(stale)));
        await Task.WhenAll(writes);

        foreach (var grain in grains)
        {
            var read = new Held<TestState>();
            await Storage.ReadStateAsync(StateName, grain, read);
            Assert.Equal(3, read.State.Count);
        }
    }

    [Fact]
    public async Task ClearState_AfterWrite_RemovesTheRecord()
    {
        var state = new Held<TestState>(new() { Count = 1 });
        await WriteAsync(state);

        await Storage.ClearStateAsync(StateName, _grain, state);

        Assert.False(state.RecordExists);
        Assert.Equal(0, state.State.Count);
        var read = await ReadAsync();
        Assert.False(read.RecordExists);
        Assert.Equal(0, read.State.Count);
    }

    [Fact]
    public async Task ClearState_StaleETag_Conflicts()
    {
        var state = new Held<TestState>(new() { Count = 1 });
        await WriteAsync(state);
        var stale = await ReadAsync();
        await WriteAsync(state);

        await Assert.ThrowsAsync<InconsistentStateException>(() => Storage.ClearStateAsync(StateName, _grain, stale));

        Assert.True((await ReadAsync()).RecordExists);
    }

    [Fact]
    public async Task ClearState_NeverWritten_DoesNothing()
    {
        var state = await ReadAsync();

        await Storage.ClearStateAsync(StateName, _grain, state);

        Assert.False((await ReadAsync()).RecordExists);
    }

    [Fact]
    public async Task WriteState_OldETagAfterClear_Conflicts()
    {
        var state = new Held<TestState>(new() { Count = 1 });
        await WriteAsync(state);
        var old = await ReadAsync();
        await Storage.ClearStateAsync(StateName, _grain, state);

        await Assert.ThrowsAsync<InconsistentStateException>(() => WriteAsync(old));

        Assert.False((await ReadAsync()).RecordExists);
    }

    [Fact]
    public async Task WriteState_AfterClear_StartsAnew()
    {
        var state = new Held<TestState>(new() { Count = 1 });
        await WriteAsync(state);
        await Storage.ClearStateAsync(StateName, _grain, state);

        state.State.Count = 5;
        await WriteAsync(state);

        Assert.Equal(5, (await ReadAsync()).State.Count);
    }

    [Fact]
    public async Task ReadState_OtherStateNameOrGrain_IsNotTheSameState()
    {
        await WriteAsync(new(new() { Count = 1 }));

        var otherName = new Held<TestState>();
        await Storage.ReadStateAsync("other", _grain, otherName);
        var otherGrain = new Held<TestState>();
        await Storage.ReadStateAsync(StateName, GrainId.Create("other", _grain.Key.ToString()!), otherGrain);

        Assert.False(otherName.RecordExists);
        Assert.False(otherGrain.RecordExists);
    }

    [Fact]
    public async Task ReadState_WrittenByAnotherRelease_KeepsTheSharedMembers()
    {
        await Storage.WriteStateAsync(StateName, _grain, new Held<OlderTestState>(new() { Count = 9 }));
        var newer = await ReadAsync();
        Assert.Equal((9, null), (newer.State.Count, newer.State.Name));

        newer.State.Name = "added";
        await WriteAsync(newer);
        var older = new Held<OlderTestState>();
        await Storage.ReadStateAsync(StateName, _grain, older);

        Assert.Equal(9, older.State.Count);
    }

    [Fact]
    public async Task WriteState_AlreadyCancelled_WritesNothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Storage.WriteStateAsync(StateName, _grain, new Held<TestState>(new() { Count = 1 }), cancelled.Token));

        Assert.False((await ReadAsync()).RecordExists);
    }

    private async Task<Held<TestState>> ReadAsync()
    {
        var state = new Held<TestState>();
        await Storage.ReadStateAsync(StateName, _grain, state, TestContext.Current.CancellationToken);
        return state;
    }

    private Task WriteAsync(Held<TestState> state) =>
        Storage.WriteStateAsync(StateName, _grain, state, TestContext.Current.CancellationToken);
}
