using GatewayActors.Abstractions.Audit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GatewayActors.Storage.Tests.Audit;

public sealed class SqliteAuditStoreTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task Entry_AfterReopening_IsThereWhole()
    {
        var entry = Make(0, "a") with { OldJson = """{"a":1}""", NewJson = """{"a":2}""", ErrorCodes = "7001,7002", ActorIp = "::1", ResourceId = "g" };
        await using (var services = Open())
        {
            await services.GetRequiredService<IAuditStore>().AddAsync(entry, TestContext.Current.CancellationToken);
        }

        await using var again = Open();
        Assert.Equal([entry], (await ListAsync(again, "a")).Entries);
    }

    [Fact]
    public async Task Entries_ManyAtOnce_AreAllThere()
    {
        await using var services = Open();
        var store = services.GetRequiredService<IAuditStore>();

        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => store.AddAsync(Make(i, "a"))));

        var page = await ListAsync(services, "a");
        Assert.Equal((500, 10), (page.TotalCount, page.Entries.Count));
        Assert.Equal(Noon.AddSeconds(499), page.Entries[0].When);
    }

    [Fact]
    public async Task Entry_ThatFails_LeavesTheStoreUsable()
    {
        await using var services = Open();
        var store = services.GetRequiredService<IAuditStore>();
        var entry = Make(0, "a");
        await store.AddAsync(entry, TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<IOException>(() => store.AddAsync(entry, TestContext.Current.CancellationToken));

        await store.AddAsync(Make(1, "a"), TestContext.Current.CancellationToken);
        Assert.Equal(2, (await ListAsync(services, "a")).TotalCount);
    }

    [Fact]
    public async Task Delete_OlderOnes_OfAllAccounts()
    {
        await using var services = Open();
        var store = services.GetRequiredService<IAuditStore>();
        foreach (var (second, account) in new[] { (0, "a"), (10, "a"), (1, "b") })
        {
            await store.AddAsync(Make(second, account), TestContext.Current.CancellationToken);
        }

        Assert.Equal(2, await store.DeleteAsync(Noon.AddSeconds(10), TestContext.Current.CancellationToken));

        Assert.Single((await ListAsync(services, "a")).Entries);
        Assert.Empty((await ListAsync(services, "b")).Entries);
    }

    public void Dispose() => _directory.Dispose();

    private static AuditEntry Make(int second, string account) => new()
    {
        Id = Guid.CreateVersion7(Noon.AddSeconds(second)),
        When = Noon.AddSeconds(second),
        AccountId = account,
        ActorId = "t",
        ActorName = "token",
        IsOperator = false,
        Action = "create",
        ResourceType = "gateway",
        Method = "POST",
        Route = "CreateGateway",
        Path = "/client/v4",
        Status = 200,
        RequestId = "r",
    };

    private static Task<AuditPage> ListAsync(ServiceProvider services, string account) =>
        services.GetRequiredService<IAuditStore>().ListAsync(new() { AccountId = account, Limit = 10 }, TestContext.Current.CancellationToken);

    private ServiceProvider Open()
    {
        var services = new ServiceCollection().AddSqliteAuditStore(options => options.Path = _directory.File("audit.db")).BuildServiceProvider();
        services.GetRequiredService<IAuditStore>().InitializeAsync().GetAwaiter().GetResult();
        return services;
    }
}
