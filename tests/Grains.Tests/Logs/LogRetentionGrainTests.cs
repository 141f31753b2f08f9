using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Grains.Logs;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Xunit;

namespace GatewayActors.Grains.Tests.Logs;

[Collection(typeof(ClusterTests))]
public sealed class LogRetentionGrainTests(ClusterFixture cluster)
{
    [Fact]
    public async Task Reminder_OfAnyActivation_HasOldEntriesDeletedOnceAtATime()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var account = await cluster.CreateAccountAsync();
        await cluster.Gateway(account).CreateAsync(ClusterFixture.Configuration() with { LogRetentionDays = 3 }, cancellationToken);
        var grain = cluster.Client.GetGrain<ILogRetentionGrain>(GrainKeys.LogRetention);
        var deletions = cluster.Logs.WatchDeletions(account);

        await grain.AsReference<IRemindable>().ReceiveReminder(LogRetentionGrain.ReminderName, default, cancellationToken);
        var query = await deletions.NextAsync(cancellationToken);
        await grain.AsReference<IRemindable>().ReceiveReminder(LogRetentionGrain.ReminderName, default, cancellationToken); // While the round is at work: no other begins.
        deletions.Finish();

        Assert.Equal((account, "main"), (query.AccountId, query.GatewayId));
        var filter = Assert.Single(query.Filters);
        Assert.Equal((LogFilterKey.CreatedAt, LogFilterOperator.LessThan), (filter.Key, filter.Operator));
        var now = TimeProvider.System.GetUtcNow();
        Assert.InRange((DateTimeOffset)filter.Values[0]!, now.AddDays(-3).AddMinutes(-5), now.AddDays(-3));
        Assert.Equal(1, deletions.Count);
    }

    [Fact]
    public async Task Ensure_ByManyFronts_SetsOneReminder()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await Task.WhenAll(cluster.Doors.Select(door => door.GetGrain<ILogRetentionGrain>(GrainKeys.LogRetention).EnsureAsync(cancellationToken)));
        var table = cluster.Silo.GetRequiredService<IReminderTable>();
        var first = Assert.Single((await table.ReadRows(0, 0, cancellationToken)).Reminders, row => row.ReminderName == LogRetentionGrain.ReminderName);

        await cluster.Client.GetGrain<ILogRetentionGrain>(GrainKeys.LogRetention).EnsureAsync(cancellationToken); // Another start.

        var second = Assert.Single((await table.ReadRows(0, 0, cancellationToken)).Reminders, row => row.ReminderName == LogRetentionGrain.ReminderName);
        Assert.Equal((TimeSpan.FromHours(1), first.StartAt, first.ETag), (second.Period, second.StartAt, second.ETag));
    }
}
