using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing.Gateways;
using GatewayActors.Testing.Upstreams;

[assembly: AssemblyFixture(typeof(GatewayFixture))]

namespace GatewayActors.EndToEnd.Tests.Harness;

/// <summary>One gateway with one fake upstream behind several providers, shared by all tests that leave both alive.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    /// <summary>The fake upstream; each test takes a script of its own from it.</summary>
    public FakeUpstream Upstream { get; private set; } = null!;

    /// <summary>The gateway.</summary>
    public GatewayProcess Gateway { get; private set; } = null!;

    /// <summary>A client of the gateway.</summary>
    public GatewayClient Client { get; private set; } = null!;

    /// <summary>Settings that send the known providers to an upstream.</summary>
    public static Dictionary<string, string> ProvidersAt(string baseUrl) => new()
    {
        ["Gateway:Providers:openai:BaseUrl"] = baseUrl + "/v1",
        ["Gateway:Providers:anthropic:BaseUrl"] = baseUrl + "/v1",
        ["Gateway:Providers:google-ai-studio:BaseUrl"] = baseUrl,
        ["Gateway:Providers:aws-bedrock:BaseUrl"] = baseUrl,
        ["Gateway:Providers:cohere:BaseUrl"] = baseUrl + "/v1",
        ["Gateway:Providers:workers-ai:BaseUrl"] = baseUrl,
    };

    public async ValueTask InitializeAsync()
    {
        Upstream = await FakeUpstream.StartAsync();
        Gateway = await GatewayProcess.StartAsync(ProvidersAt(Upstream.BaseUrl));
        Client = new GatewayClient(Gateway);
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }

        if (Upstream is not null)
        {
            await Upstream.DisposeAsync();
        }
    }
}
