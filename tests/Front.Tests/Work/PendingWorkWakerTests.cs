using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Work;
using GatewayActors.Front.Tests.Management;
using GatewayActors.Front.Work;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GatewayActors.Front.Tests.Work;

[Collection(typeof(AdminTests))]
public sealed class PendingWorkWakerTests(AdminHost host)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Wake_ReplayThatIsListed_IsGoneOnWithUntilItIsTakenOff()
    {
        var item = new PendingWorkItem { Kind = PendingWorkKind.Replay, Key = GrainKeys.Replay($"{Guid.CreateVersion7():N}/main", Guid.CreateVersion7()) };
        var pending = host.Grains.GetGrain<IPendingWorkGrain>(GrainKeys.PendingWork);
        await pending.AddAsync(item, _cancelled);
        var runner = new RecordedReplays();
        using var waker = new PendingWorkWaker(host.Grains, runner, new FakeTimeProvider(), NullLogger<PendingWorkWaker>.Instance);

        await waker.WakeAsync(_cancelled);
        await waker.WakeAsync(_cancelled); // A minute later, say: whoever is at work already takes no notice.
        Assert.Equal(2, runner.Begun.Count(key => key == item.Key));

        await pending.RemoveAsync(item, _cancelled);
        await waker.WakeAsync(_cancelled);
        Assert.Equal(2, runner.Begun.Count(key => key == item.Key));
    }

    [Fact]
    public async Task Wake_EvaluationsThatHaveNothingToDo_AreTakenOff()
    {
        var item = new PendingWorkItem { Kind = PendingWorkKind.Evaluations, Key = GrainKeys.Gateway($"{Guid.CreateVersion7():N}", "main") };
        var pending = host.Grains.GetGrain<IPendingWorkGrain>(GrainKeys.PendingWork);
        await pending.AddAsync(item, _cancelled);
        using var waker = new PendingWorkWaker(host.Grains, new RecordedReplays(), new FakeTimeProvider(), NullLogger<PendingWorkWaker>.Instance);

        await waker.WakeAsync(_cancelled);

        Assert.DoesNotContain(item, await pending.ListAsync(_cancelled));
    }
}
