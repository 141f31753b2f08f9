using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Egress;
using GatewayActors.Testing.Upstreams;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GatewayActors.Front.Tests.Egress;

/// <summary>The check of every connection, against a real listener inside and a name server that answers as the test wants.</summary>
public sealed class GuardedEgressTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly FakeResolver _resolver = new();
    private FakeUpstream _inside = null!;

    private int Port => new Uri(_inside.BaseUrl).Port;

    public async ValueTask InitializeAsync()
    {
        _inside = await FakeUpstream.StartAsync(_cancelled);
        _inside.Default.Otherwise(_ => UpstreamReply.Json("""{"secret":"inside"}"""));
    }

    public ValueTask DisposeAsync() => _inside.DisposeAsync();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("169.254.169.254")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("8.8.8.8,127.0.0.1")]
    [InlineData("127.0.0.1,8.8.8.8")]
    [InlineData("2606:4700:4700::1111,10.0.0.1")]
    public async Task Send_NameAtAnAddressInside_IsRefusedWithoutAConnection(string addresses)
    {
        _resolver.Answers.Enqueue([.. addresses.Split(',').Select(IPAddress.Parse)]);

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync($"http://models.example.com:{Port}/"));

        Assert.DoesNotContain(addresses.Split(',')[0], failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(_inside.Default.Requests);
    }

    // Whatever the check of the URL lets through: the system's own resolver reads these, and every connection is checked again.
    [Theory, MemberData(nameof(TenantUrlTests.Refused), MemberType = typeof(TenantUrlTests))]
    public async Task Send_AnyFormThatLeadsInside_NeverArrives(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https"))
        {
            return; // No HTTP client sends it anywhere.
        }

        var local = new UriBuilder("http", parsed.Host.Length == 0 ? "localhost" : parsed.Host, Port, "/");
        if (!IsInside(parsed.IdnHost))
        {
            return; // Refused for its form alone; the network of a test machine has nothing to say about it.
        }

        using var client = new HttpMessageInvoker(Egress(new SystemHostResolver()).CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, local.Uri);

        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, _cancelled));
        Assert.Empty(_inside.Default.Requests);
    }

    [Fact]
    public async Task Send_NameThatChangesItsAddress_IsCheckedForEveryConnection()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var gone = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        _resolver.Answers.Enqueue([IPAddress.Parse("127.0.0.1")]);

        // The first look-up is all there is: a name server that would answer something else a moment later is not asked.
        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync($"http://rebinding.example.com:{gone}/"));
        Assert.Equal(["rebinding.example.com"], _resolver.Asked);

        _resolver.Answers.Enqueue([IPAddress.Loopback]);
        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync($"http://rebinding.example.com:{Port}/"));
        Assert.Equal(2, _resolver.Asked.Count);
        Assert.Empty(_inside.Default.Requests);
    }

    [Fact]
    public async Task Send_OperatorAllowsPrivateNetworks_ConnectsToTheAddressThatWasResolved()
    {
        _resolver.Answers.Enqueue([IPAddress.Loopback]);

        using var response = await SendAsync($"http://models.example.com:{Port}/", allowsPrivate: true);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["models.example.com"], _resolver.Asked);
    }

    [Fact]
    public async Task Send_FirstAddressRefusesConnections_TakesTheNext()
    {
        _resolver.Answers.Enqueue([IPAddress.Parse("127.0.0.2"), IPAddress.IPv6Loopback, IPAddress.Loopback]);

        using var response = await SendAsync($"http://models.example.com:{Port}/", allowsPrivate: true);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Send_Redirect_IsHandedOnAndNotFollowed(int status)
    {
        _inside.Default.Then(new UpstreamReply().Status(status).Header("Location", "http://169.254.169.254/latest/meta-data/").Length(0));
        _resolver.Answers.Enqueue([IPAddress.Loopback]);

        using var response = await SendAsync($"http://models.example.com:{Port}/", allowsPrivate: true);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Single(_resolver.Asked);
        Assert.Single(_inside.Default.Requests);
    }

    [Fact]
    public async Task Send_NameThatDoesNotExist_FailsLikeOneThatIsInside()
    {
        var missing = await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync("http://missing.example.com/"));
        _resolver.Answers.Enqueue([IPAddress.Parse("10.0.0.1")]);
        var inside = await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync("http://inside.example.com/"));

        Assert.DoesNotContain("10.0.0.1", inside.ToString(), StringComparison.Ordinal);
        Assert.NotNull(missing);
    }

    private static bool IsInside(string host) =>
        IPAddress.TryParse(host.TrimEnd('.'), out var address) ? !PublicAddresses.Contains(address) : host.TrimEnd('.').EndsWith("localhost", StringComparison.OrdinalIgnoreCase);

    private static GuardedEgress Egress(IHostResolver resolver, bool allowsPrivate = false) =>
        new(resolver, new GatewayOptions { Upstream = { AllowPrivateNetworks = allowsPrivate } }, NullLogger<GuardedEgress>.Instance);

    private async Task<HttpResponseMessage> SendAsync(string url, bool allowsPrivate = false)
    {
        using var client = new HttpMessageInvoker(Egress(_resolver, allowsPrivate).CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        return await client.SendAsync(request, _cancelled);
    }

    private sealed class FakeResolver : IHostResolver
    {
        public ConcurrentQueue<IPAddress[]> Answers { get; } = [];

        public ConcurrentQueue<string> Asked { get; } = [];

        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
        {
            Asked.Enqueue(host);
            return Answers.TryDequeue(out var answer)
                ? Task.FromResult(answer)
                : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
        }
    }
}
