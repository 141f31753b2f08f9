using GatewayActors.Front.Export;
using GatewayActors.Front.StoredKeys;
using GatewayActors.Front.Tests.Management;
using Xunit;

namespace GatewayActors.Front.Tests.Export;

[Collection(typeof(AdminTests))]
public sealed class StoredSecretReferencesTests(AdminHost host)
{
    [Fact]
    public async Task Find_ASecretOfTheAccount_IsItsValueAsItIsNow()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var (owner, stranger) = (await host.CreateTenantAsync(), await host.CreateTenantAsync());
        var references = new StoredSecretReferences(new AccountSecrets(host.Grains), host.Sealer);
        Assert.Null(await references.FindAsync(owner.AccountId, "otel", cancellationToken));

        var store = (await owner.SendAsync(HttpMethod.Post, "secrets_store/stores", """{"name":"store"}""")).AssertSuccess().Result.GetProperty("id").GetString();
        var secrets = $"secrets_store/stores/{store}/secrets";
        var made = (await owner.SendAsync(HttpMethod.Post, secrets, """[{"name":"otel","value":"Bearer one","scopes":["ai_gateway"]},{"name":"other","value":"x","scopes":["workers"]}]""")).AssertSuccess().Result;

        Assert.Equal("Bearer one", await references.FindAsync(owner.AccountId, "otel", cancellationToken));
        Assert.Null(await references.FindAsync(owner.AccountId, "other", cancellationToken)); // Its scopes do not let the gateway use it.
        Assert.Null(await references.FindAsync(stranger.AccountId, "otel", cancellationToken));
        var id = made[0].GetProperty("id").GetString();
        (await owner.SendAsync(HttpMethod.Patch, $"{secrets}/{id}", """{"value":"Bearer two"}""")).AssertSuccess();
        Assert.Equal("Bearer two", await references.FindAsync(owner.AccountId, "otel", cancellationToken));
    }
}
