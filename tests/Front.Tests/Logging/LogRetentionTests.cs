using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Tests.Management;
using GatewayActors.Grains.Logs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GatewayActors.Front.Tests.Logging;

[Collection(typeof(AdminTests))]
public sealed class LogRetentionTests(AdminHost host)
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null, 40)]
    [InlineData(null, 20, 19)]
    [InlineData(7, null, 6)]
    [InlineData(30, 2, 29)]
    public async Task Run_GatewayWithDays_DeletesWhatIsOlder(int? ofGateway, int? ofOperator, int left)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var tenant = await host.CreateTenantAsync();
        var days = ofGateway is null ? "" : $",\"log_retention_days\":{ofGateway}";
        (await tenant.SendAsync(HttpMethod.Post, "ai-gateway/gateways", Bodies.Gateway("g", days))).AssertSuccess();
        await host.Sums.WriteAsync([.. Enumerable.Range(1, 40).Select(day => Entries.Sum(tenant.AccountId, "g", Now.AddDays(-day).AddSeconds(-1)))], cancellationToken);
        await new LogExpiry(host.Grains, host.Sums, new() { RetentionDays = ofOperator }, new FakeTimeProvider(Now), NullLogger.Instance).RunAsync(cancellationToken);

        var page = await host.Sums.ListAsync(new LogQuery { AccountId = tenant.AccountId, GatewayId = "g" }, cancellationToken);
        Assert.Equal(left, page.TotalCount);
    }

    [Fact]
    public async Task Run_StoreThatFailsForOneGateway_GoesOnWithTheNext()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var tenant = await host.CreateTenantAsync();
        (await tenant.SendAsync(HttpMethod.Post, "ai-gateway/gateways", Bodies.Gateway("g", ",\"log_retention_days\":1"))).AssertSuccess();
        (await tenant.SendAsync(HttpMethod.Post, "ai-gateway/gateways", Bodies.Gateway("h", ",\"log_retention_days\":1"))).AssertSuccess();
        var store = new FailingOnceStore(tenant.AccountId);

        await new LogExpiry(host.Grains, store, new(), new FakeTimeProvider(Now), NullLogger.Instance).RunAsync(cancellationToken);

        Assert.True(store.Failed.Task.IsCompleted);
        Assert.True(store.Deleted.Task.IsCompleted);
    }

    private sealed class FailingOnceStore(string tenant) : ILogStore
    {
        public TaskCompletionSource Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Deleted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<int> DeleteAsync(LogQuery query, int limit, CancellationToken cancellationToken = default)
        {
            if (query.AccountId != tenant)
            {
                return Task.FromResult(0); // Of another test.
            }

            if (Failed.TrySetResult())
            {
                throw new IOException("The disk is gone.");
            }

            Deleted.TrySetResult();
            return Task.FromResult(1);
        }

        public Task<LogAggregate> AggregateAsync(
            string accountId, string gatewayId, IReadOnlyList<IReadOnlyList<LogFilter>> alternatives, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task InitializeAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task WriteAsync(IReadOnlyList<LogEntry> batch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<LogPage> ListAsync(LogQuery query, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<IReadOnlyList<LogEntry>> ReadAsync(LogQuery query, LogPosition? after, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<LogEntry?> FindAsync(string accountId, string gatewayId, Guid id, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<ReadOnlyMemory<byte>?> ReadBodyAsync(string accountId, string gatewayId, Guid id, LogBodySide side, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task<bool> PatchAsync(string accountId, string gatewayId, Guid id, LogPatch patch, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task DeleteAllAsync(string accountId, string? gatewayId, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
