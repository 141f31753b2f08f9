using System.Data.Common;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using Microsoft.Extensions.Logging;
using Orleans.Core.Internal;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

/// <summary>Storage that fails is said to be unavailable for now, in the envelope, without what it said.</summary>
[Collection(typeof(AdminTests))]
public sealed class StorageFailureTests(AdminHost host)
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_GrainCannotBeActivated_Is503()
    {
        var tenant = await host.CreateTenantAsync();
        host.Storage.BeforeRead(Gateway(tenant, "broken"), () => new IOException("secret: disk broken"));

        AssertUnavailable(await tenant.SendAsync(HttpMethod.Get, "ai-gateway/gateways/broken"));

        host.Storage.BeforeRead(Gateway(tenant, "broken"), () => null);
        (await tenant.SendAsync(HttpMethod.Get, "ai-gateway/gateways/broken")).AssertFailure(404, 7002);
    }

    [Fact]
    public async Task Write_Fails_Is503AndTheNextTryIsDone()
    {
        var tenant = await host.CreateTenantAsync();
        host.Storage.BeforeWrite(Gateway(tenant, "g"), () => new IOException("secret: disk full"));

        AssertUnavailable(await tenant.SendAsync(HttpMethod.Post, "ai-gateway/gateways", Bodies.Gateway("g")));

        host.Storage.BeforeWrite(Gateway(tenant, "g"), () => null);
        (await tenant.SendAsync(HttpMethod.Post, "ai-gateway/gateways", Bodies.Gateway("g"))).AssertSuccess();
    }

    [Fact]
    public async Task Authentication_AccountCannotBeRead_Is503()
    {
        var tenant = await host.CreateTenantAsync();
        await host.Account(tenant.AccountId).Cast<IGrainManagementExtension>().DeactivateOnIdle(_cancelled);
        host.Storage.BeforeRead(host.Account(tenant.AccountId), () => new IOException("secret: disk broken"));

        AssertUnavailable(await tenant.SendAsync(HttpMethod.Get, "ai-gateway/gateways"));

        host.Storage.BeforeRead(host.Account(tenant.AccountId), () => null);
        (await tenant.SendAsync(HttpMethod.Get, "ai-gateway/gateways")).AssertSuccess();
    }

    [Theory]
    [MemberData(nameof(LogFailures))]
    public async Task Logs_StoreFails_Is503(Exception failure)
    {
        var tenant = await host.CreateTenantAsync();
        (await tenant.SendAsync(HttpMethod.Post, "ai-gateway/gateways", Bodies.Gateway("g"))).AssertSuccess();
        host.Logs.Failures[tenant.AccountId] = failure;

        AssertUnavailable(await tenant.SendAsync(HttpMethod.Get, "ai-gateway/gateways/g/logs"));
    }

    public static IEnumerable<TheoryDataRow<Exception>> LogFailures() => [new(new BrokenDatabaseException()), new(new IOException("secret"))];

    private void AssertUnavailable(Answer answer)
    {
        answer.AssertFailure(503, 7000);
        Assert.Equal("1", answer.Headers["Retry-After"]);
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
        var id = answer.Headers["cf-ray"];
        Assert.Contains(id, answer.Text, StringComparison.Ordinal);
        var logged = Assert.Single(host.Events.About(id));
        Assert.Equal((3002, LogLevel.Error), (logged.Id, logged.Level));
        Assert.NotNull(logged.Exception);
        Assert.DoesNotContain("secret", logged.Text, StringComparison.Ordinal);
    }

    private IGatewayGrain Gateway(Tenant tenant, string id) => host.Grains.GetGrain<IGatewayGrain>(GrainKeys.Gateway(tenant.AccountId, id));

    private sealed class BrokenDatabaseException() : DbException("secret");
}
