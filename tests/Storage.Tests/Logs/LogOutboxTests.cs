using GatewayActors.Abstractions.Logs;
using GatewayActors.Storage.Sqlite.Logs;

namespace GatewayActors.Storage.Tests.Logs;

public sealed class LogOutboxTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private SqliteLogStore _store = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await OpenAsync();

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Read_WhatIsPushed_ComesInTheOrderOfWritingByAccount()
    {
        var (late, early, other, kept, counted) = (Entry("a", at: 9), Entry("a", gateway: "second", at: 1), Entry("b"), Entry("a", pushed: false), Entry("a", onlyCounted: true));
        await _store.WriteAsync([late, other, kept, counted], Cancellation);
        await _store.WriteAsync([early], Cancellation);

        var found = await _store.ReadAsync("a", 0, 10, Cancellation);

        Assert.Equal([late.Id, early.Id], found.Select(entry => entry.Entry.Id));
        Assert.Equal(["main", "second"], found.Select(entry => entry.Entry.GatewayId));
        Assert.Equal(early.Id, Assert.Single(await _store.ReadAsync("a", found[0].Number, 10, Cancellation)).Entry.Id);
        Assert.Single(await _store.ReadAsync("a", 0, 1, Cancellation));
        Assert.Equal(["a", "b"], (await _store.ListAccountsAsync(Cancellation)).Order(StringComparer.Ordinal));
        Assert.Equal(found[1].Number, await _store.ReadLastNumberAsync(Cancellation));
    }

    [Fact]
    public async Task Trim_UpToANumber_LeavesLaterOnesAndOtherAccounts()
    {
        await _store.WriteAsync([Entry("a"), Entry("b"), Entry("a")], Cancellation);
        var first = (await _store.ReadAsync("a", 0, 1, Cancellation))[0];

        await _store.TrimAsync("a", first.Number, Cancellation);

        Assert.Single(await _store.ReadAsync("a", 0, 10, Cancellation));
        Assert.Single(await _store.ReadAsync("b", 0, 10, Cancellation));
        Assert.NotNull(await _store.FindAsync("a", "main", first.Entry.Id, Cancellation)); // The log is not the outbox.
    }

    [Fact]
    public async Task Read_DeletedEntriesAndGateways_AreLeftOut()
    {
        var (gone, stays) = (Entry("a"), Entry("a", gateway: "second"));
        await _store.WriteAsync([gone, stays], Cancellation);
        await _store.DeleteAsync(new() { AccountId = "a", GatewayId = "main" }, 1, Cancellation);

        Assert.Equal(stays.Id, Assert.Single(await _store.ReadAsync("a", 0, 10, Cancellation)).Entry.Id);
        await _store.DeleteAllAsync("a", "main", Cancellation);
        await _store.DeleteAllAsync("a", "second", Cancellation);
        Assert.Empty(await _store.ListAccountsAsync(Cancellation));
    }

    [Fact]
    public async Task Open_Again_GivesNoNumberTwice()
    {
        await _store.WriteAsync([Entry("a")], Cancellation);
        var before = await _store.ReadLastNumberAsync(Cancellation);
        await _store.TrimAsync("a", before, Cancellation);
        _store.Dispose();

        _store = await OpenAsync();
        await _store.WriteAsync([Entry("a")], Cancellation);

        // Past all that a loss of power could have taken, too.
        Assert.True(Assert.Single(await _store.ReadAsync("a", before, 10, Cancellation)).Number > before + 1);
    }

    private static LogEntry Entry(string account, string gateway = "main", double at = 0, bool pushed = true, bool onlyCounted = false) =>
        LogEntries.Create(account, gateway, LogEntries.Start.AddSeconds(at), values => (values.IsPushed, values.IsOnlyCounted) = (pushed, onlyCounted));

    private async Task<SqliteLogStore> OpenAsync()
    {
        var store = new SqliteLogStore(_directory.File("logs.db"));
        await store.InitializeAsync(Cancellation);
        return store;
    }
}
