using System.Threading.Channels;
using GatewayActors.Abstractions.Audit;
using GatewayActors.Front.Management.Audit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

public sealed class AuditRetentionTests
{
    [Fact]
    public async Task Start_WithAStoreThatFails_DeletesAnHourLater()
    {
        var cancelled = TestContext.Current.CancellationToken;
        var store = new FailingOnceStore();
        var clock = new DataPlane.TestClock();
        using var retention = new AuditRetention(store, new() { Audit = { RetentionDays = 30 } }, clock, NullLogger<AuditRetention>.Instance);

        await retention.StartAsync(cancelled);
        var first = await store.Asked.Reader.ReadAsync(cancelled);
        await clock.SetAsync(TimeSpan.FromHours(1), cancelled);
        clock.Advance(TimeSpan.FromHours(1));
        var second = await store.Asked.Reader.ReadAsync(cancelled);

        Assert.Equal((clock.Start.AddDays(-30), clock.Start.AddDays(-30).AddHours(1)), (first, second));
        await retention.StopAsync(cancelled);
    }

    private sealed class FailingOnceStore : IAuditStore
    {
        private bool _hasFailed;

        public Channel<DateTimeOffset> Asked { get; } = Channel.CreateUnbounded<DateTimeOffset>();

        public Task<int> DeleteAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
        {
            Asked.Writer.TryWrite(before);
            if (_hasFailed)
            {
                return Task.FromResult(1);
            }

            _hasFailed = true;
            throw new IOException("The disk is gone.");
        }

        public Task InitializeAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task AddAsync(AuditEntry entry, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task<AuditPage> ListAsync(AuditQuery query, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
