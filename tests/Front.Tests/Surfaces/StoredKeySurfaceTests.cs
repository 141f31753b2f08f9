using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Secrets;
using GatewayActors.Front.Secrets;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Rest;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GatewayActors.Front.Tests.Surfaces;

/// <summary>Stored keys are used on every surface, before the operator's credential.</summary>
public sealed class StoredKeySurfaceTests : IAsyncLifetime
{
    private static readonly string[] Providers = ["openai", "anthropic", "cohere", "workers-ai"];

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public static TheoryData<string> Surfaces => Surface.Names;

    public async ValueTask InitializeAsync()
    {
        _host = await Surface.StartAsync();
        var sealer = _host.Services.GetRequiredService<SecretSealer>();
        string[] aliases = ["main", "spare"];
        _host.Gateways.Secrets(DataPlaneHost.Account).Set(
        [
            .. from provider in Providers
               from alias in aliases
               select new UsableSecret { Id = $"{provider}-{alias}", Name = $"{provider}-{alias}", Sealed = sealer.Seal(DataPlaneHost.Account, KeyOf(provider, alias)) },
        ]);
        _host.Default.SetConfigs(
        [
            .. from provider in Providers
               from alias in aliases
               select new ProviderConfig
               {
                   Id = Guid.CreateVersion7(),
                   ProviderSlug = provider,
                   Alias = alias,
                   IsDefault = alias == "main",
                   SecretId = $"{provider}-{alias}",
                   OwnsSecret = false,
                   ModifiedAt = DateTimeOffset.UnixEpoch,
               },
        ]);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory, MemberData(nameof(Surfaces))]
    public Task Default_OnEverySurface_IsUsed(string surface) => AssertUsesAsync(surface, "main");

    [Theory, MemberData(nameof(Surfaces))]
    public Task Alias_OnEverySurface_ChoosesTheKey(string surface) => AssertUsesAsync(surface, "spare", ("cf-aig-byok-alias", "spare"));

    [Theory, MemberData(nameof(Surfaces))]
    public async Task Alias_ThatIsUnknown_CallsNobody(string surface)
    {
        var answer = await Surface.All[surface].SendAsync(_host, "Hello", ("cf-aig-byok-alias", "nope"));

        Assert.InRange(answer.Status, 400, 499);
        Assert.Contains("nope", answer.Text, StringComparison.Ordinal);
        Assert.Empty(_host.Script.Requests);
    }

    private async Task AssertUsesAsync(string surface, string alias, params (string, string)[] headers)
    {
        var answer = await Surface.All[surface].SendAsync(_host, "Hello", headers);

        Assert.True(answer.Status == 200, answer.Text);
        var sent = Assert.Single(_host.Script.Requests);
        var credential = sent.Header("x-api-key") ?? sent.Header("authorization")!.Replace("Bearer ", "", StringComparison.Ordinal);
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal(KeyOf(entry.Provider, alias), credential);
        Assert.Equal((true, false), (entry.Byok, entry.Wholesale));
    }

    private static string KeyOf(string provider, string alias) => $"sk-{alias}-key-of-{provider}";
}
