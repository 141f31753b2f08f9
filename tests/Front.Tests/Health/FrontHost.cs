using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GatewayActors.Front.Tests.Health;

/// <summary>A web host on a free loopback port that runs only what a test adds.</summary>
internal sealed class FrontHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    public FrontHost(Action<IServiceCollection> addServices, Action<WebApplication> map, string urls = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(urls.Split(';'));
        builder.Services.AddRoutingCore();
        addServices(builder.Services);
        _app = builder.Build();
        map(_app);
    }

    public IServiceProvider Services => _app.Services;

    public Task StartAsync() => _app.StartAsync(TestContext.Current.CancellationToken);

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    /// <summary>Sends a request to one of the addresses.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? token = null, int listener = 0)
    {
        var addresses = _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        var request = new HttpRequestMessage(method, addresses.ElementAt(listener) + path);
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        }

        return _client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The status and body of a GET.</summary>
    public async Task<(int Status, string Body)> GetAsync(string path, string? token = null, int listener = 0)
    {
        using var response = await SendAsync(HttpMethod.Get, path, token, listener);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }
}
