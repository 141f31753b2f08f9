using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using Xunit;

namespace GatewayActors.Front.Tests.Gateways;

public sealed class GatewayHandleTests
{
    private static readonly string Key = GrainKeys.Gateway(DataPlaneHost.Account, "main");

    private readonly GatewayHandles _handles;
    private readonly FakeGateways _gateways;

    public GatewayHandleTests()
    {
        (var factory, _gateways) = FakeGateways.Make();
        _handles = new(factory);
    }

    [Fact]
    public void Get_UnknownGateway_IsKeptOnlyOnceItIsAdmitted()
    {
        var handle = Get();
        Assert.Equal((DataPlaneHost.Account, "main", 0L), (handle.AccountId, handle.GatewayId, handle.SeenVersion));
        Assert.NotSame(handle, Get());

        _handles.Keep(handle);
        Assert.Same(handle, Get());
        _handles.Keep(new(handle.AccountId, handle.GatewayId, handle.Grain));
        Assert.Same(handle, Get()); // Of two first admissions one handle stays.

        _handles.Forget(handle);
        Assert.NotSame(handle, Get());
    }

    [Fact]
    public void Accept_OlderAdmissionComesLate_RunsUnderItsOwnVersionAndReplacesNothing()
    {
        var handle = Get();

        Assert.Equal(2, handle.Accept(Admit(2, isLogged: true)).Version);
        var late = handle.Accept(Admit(1, isLogged: false));

        Assert.Equal((1, false), (late.Version, late.CollectLogs));
        Assert.Equal(2, handle.SeenVersion);
        Assert.True(handle.Accept(Same(2)).CollectLogs);
    }

    [Fact]
    public void Accept_SameVersionTwice_IsOneSnapshot()
    {
        var handle = Get();

        Assert.Same(handle.Accept(Admit(1)), handle.Accept(Admit(1)));
        Assert.Same(handle.Accept(Same(1)), handle.Accept(Admit(1)));
    }

    [Fact]
    public void Accept_NothingSeenAndNothingBrought_IsADefect() => Assert.Throws<InvalidOperationException>(() => Get().Accept(Same(1)));

    [Fact]
    public async Task Accept_ManyAtOnceInAnyOrder_EndsWithTheNewest()
    {
        const int Versions = 2_000;
        var handle = Get();
        var order = Enumerable.Range(1, Versions).ToArray();
        Random.Shared.Shuffle(order);
        var workers = order.Chunk(Versions / 4).Select(chunk => Task.Run(
            () =>
            {
                foreach (var version in chunk)
                {
                    Assert.Equal(version, handle.Accept(Admit(version)).Version);
                    Assert.True(handle.SeenVersion >= version);
                }
            },
            TestContext.Current.CancellationToken));

        await Task.WhenAll(workers);

        Assert.Equal(Versions, handle.SeenVersion);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(0, 1)]
    [InlineData(5, 5)]
    [InlineData(50, 5)]
    public void Snapshot_StoredAttempts_StayWithinWhatCanBeRun(int? stored, int expected) =>
        Assert.Equal(expected, Get().Accept(Admitted(1, DataPlaneHost.Configuration(attempts: stored))).Attempts.MaxAttempts);

    private GatewayHandle Get() => _handles.Get(Key, DataPlaneHost.Account.Length);

    private static Admission Same(long version) => new() { Verdict = AdmissionVerdict.Admitted, Version = version };

    private static Admission Admit(long version, bool isLogged = true) => Admitted(version, DataPlaneHost.Configuration(collectLogs: isLogged));

    private static Admission Admitted(long version, GatewayConfiguration configuration) => new()
    {
        Verdict = AdmissionVerdict.Admitted,
        Version = version,
        Gateway = new()
        {
            AccountId = DataPlaneHost.Account,
            Id = "main",
            InternalId = Guid.CreateVersion7(),
            Version = version,
            Configuration = configuration,
            CreatedAt = DateTimeOffset.UnixEpoch,
            ModifiedAt = DateTimeOffset.UnixEpoch,
            IsDefault = false,
        },
    };
}
