using GatewayActors.Storage.Sqlite.Reminders;
using Orleans;
using Orleans.Runtime;

namespace GatewayActors.Storage.Tests.Reminders;

public sealed class SqliteReminderTableTests : IDisposable
{
    private static readonly DateTime Start = new(2026, 5, 1, 12, 0, 0, 123, DateTimeKind.Utc);

    private readonly TemporaryDirectory _directory = new();
    private readonly SqliteReminderTable _table;

    public SqliteReminderTableTests() => _table = Open();

    public void Dispose()
    {
        _table.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Upsert_ThenOpenedAgain_IsReadAsItWas()
    {
        var etag = await _table.UpsertRow(Entry("a/b"));
        _table.Dispose();

        using var reopened = Open();
        var row = (await reopened.ReadRow(Grain("a/b"), "expire"))!;

        Assert.Equal((Grain("a/b"), "expire", Start, TimeSpan.FromHours(1), etag), (row.GrainId, row.ReminderName, row.StartAt, row.Period, row.ETag));
    }

    [Fact]
    public async Task Read_WhatIsNotThere_GivesNothing()
    {
        await _table.UpsertRow(Entry("a"));

        Assert.Null(await _table.ReadRow(Grain("a"), "other"));
        Assert.Null(await _table.ReadRow(Grain("b"), "expire"));
        Assert.Empty((await _table.ReadRows(Grain("b"))).Reminders);
        Assert.Single((await _table.ReadRows(Grain("a"))).Reminders);
    }

    [Fact]
    public async Task Upsert_Again_ChangesItAndItsETag()
    {
        var first = await _table.UpsertRow(Entry("a"));

        var second = await _table.UpsertRow(Entry("a", TimeSpan.FromMinutes(5)));

        Assert.NotEqual(first, second);
        Assert.Equal((TimeSpan.FromMinutes(5), second), (await _table.ReadRow(Grain("a"), "expire") is { } row ? (row.Period, row.ETag) : default));
    }

    [Fact]
    public async Task Remove_WithAnOlderETag_LeavesIt()
    {
        var first = await _table.UpsertRow(Entry("a"));
        var second = await _table.UpsertRow(Entry("a"));

        Assert.False(await _table.RemoveRow(Grain("a"), "expire", first!));
        Assert.False(await _table.RemoveRow(Grain("a"), "expire", "foreign"));
        Assert.True(await _table.RemoveRow(Grain("a"), "expire", second!));
        Assert.False(await _table.RemoveRow(Grain("a"), "expire", second!));
        Assert.Null(await _table.ReadRow(Grain("a"), "expire"));
    }

    [Fact]
    public async Task ReadRows_ByRanges_GiveEachReminderOnce()
    {
        var all = Enumerable.Range(0, 50).Select(i => $"grain-{i}").ToArray();
        foreach (var key in all)
        {
            await _table.UpsertRow(Entry(key));
        }

        var hashes = all.Select(key => Grain(key).GetUniformHashCode()).Order().ToArray();
        var (low, high) = (hashes[10], hashes[40]);

        var inside = (await _table.ReadRows(low, high)).Reminders;
        var around = (await _table.ReadRows(high, low)).Reminders; // Over the end and from the beginning.

        Assert.Equal(30, inside.Count);
        Assert.Equal(all.Order(StringComparer.Ordinal), inside.Concat(around).Select(row => row.GrainId.Key.ToString()!).Order(StringComparer.Ordinal));
        Assert.Equal(50, (await _table.ReadRows(7, 7)).Reminders.Count); // The whole ring.
    }

    private static GrainId Grain(string key) => GrainId.Create("test", key);

    private static ReminderEntry Entry(string key, TimeSpan? period = null) =>
        new() { GrainId = Grain(key), ReminderName = "expire", StartAt = Start, Period = period ?? TimeSpan.FromHours(1) };

    private SqliteReminderTable Open() => new(_directory.File("reminders.db"));
}
