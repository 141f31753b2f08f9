using System.Net;
using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Binding;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Egress;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Secrets;
using GatewayActors.Front.Telemetry;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers;
using GatewayActors.Providers.Pricing;
using GatewayActors.Testing.Upstreams;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GatewayActors.Front.Tests.DataPlane;

/// <summary>
/// The data plane as <see cref="DataPlaneExtensions"/> wires it, on a loopback port: grains, tokens, log store and clock are the test's,
/// every provider's upstream is <see cref="Upstream"/>.
/// </summary>
internal sealed class DataPlaneHost : IAsyncDisposable
{
    public const string Account = "0123456789abcdef0123456789abcdef";

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    });

    private readonly WebApplication _app;

    private DataPlaneHost(WebApplication app, FakeUpstream upstream, FakeGateways gateways, FakeTokens tokens, RecordedLogs logs, TestClock clock)
    {
        (_app, Upstream, Gateways, Tokens, Logs, Clock) = (app, upstream, gateways, tokens, logs, clock);
        Token = tokens.Add(Account);
        Script = upstream.Default;
    }

    public FakeUpstream Upstream { get; }

    /// <summary>What the upstream answers, and what it got.</summary>
    public UpstreamScript Script { get; }

    public FakeGateways Gateways { get; }

    /// <summary>The grain of the gateway that requests go to unless they say otherwise.</summary>
    public FakeGateways.Grain Gateway => Gateways[GrainKeys.Gateway(Account, "main")];

    public FakeTokens Tokens { get; }

    /// <summary>A token that may run on <see cref="Account"/>.</summary>
    public string Token { get; }

    public RecordedLogs Logs { get; }

    public TestClock Clock { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Address { get; private set; } = null!;

    /// <summary>Starts the front and its upstream. The gateway <c>main</c> asks for no token.</summary>
    /// <param name="configure">Changes the operator's options; the upstream's address is in them already.</param>
    /// <param name="upstreamUrl">Another upstream than <see cref="Upstream"/>.</param>
    /// <param name="beside">Another front: this one shares its grains, its clock and its upstream.</param>
    /// <param name="random">Decides what is left to chance.</param>
    /// <param name="cluster">Real grains instead of <see cref="Gateways"/>.</param>
    /// <param name="verifier">Instead of <see cref="Tokens"/>.</param>
    /// <param name="logging">Gets what is logged.</param>
    /// <param name="protocols">What is spoken; without TLS, HTTP/2 only where HTTP/1.1 is not.</param>
    /// <param name="openAI">Changes how OpenAI's own address is reached; then no other one is set for it.</param>
    public static async Task<DataPlaneHost> StartAsync(
        Action<GatewayOptions>? configure = null,
        string? upstreamUrl = null,
        DataPlaneHost? beside = null,
        Random? random = null,
        IGrainFactory? cluster = null,
        ITokenVerifier? verifier = null,
        ILoggerProvider? logging = null,
        Action<SocketsHttpHandler>? openAI = null,
        HttpProtocols protocols = HttpProtocols.Http1AndHttp2)
    {
        var upstream = await FakeUpstream.StartAsync(TestContext.Current.CancellationToken);
        var catalog = new ProviderCatalog(BuiltInProviders.All);
        var options = new GatewayOptions();
        options.Logs.BatchInterval = TimeSpan.FromMilliseconds(10);
        foreach (var provider in catalog.All.Where(provider => provider.Slug != GatewayOptions.SimulatorSlug))
        {
            options.Providers[provider.Slug] = new() { BaseUrl = (upstreamUrl ?? beside?.Upstream.BaseUrl ?? upstream.BaseUrl) + "/v1" };
        }

        configure?.Invoke(options);

        var (grains, gateways) = beside is null ? FakeGateways.Make() : (beside.Services.GetRequiredService<IGrainFactory>(), beside.Gateways);
        var tokens = new FakeTokens();
        var logs = new RecordedLogs();
        var clock = beside?.Clock ?? new TestClock();
        gateways.Clock = clock;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols);
            kestrel.Limits.MaxRequestBodySize = options.Upstream.MaxRequestBodyBytes;
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        });
        if (logging is not null)
        {
            builder.Logging.AddProvider(logging);
        }

        builder.Services.AddSingleton(cluster ?? grains);
        builder.Services.AddSingleton(verifier ?? tokens);
        builder.Services.AddSingleton<ILogStore>(logs);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(catalog);
        builder.Services.AddSingleton(beside?.Services.GetRequiredService<SecretSealer>() ?? new SecretSealer(new EphemeralDataProtectionProvider()));
        builder.Services.AddSingleton<TelemetryLabels>();
        builder.Services.AddSingleton<GatewayMetrics>();
        builder.Services.AddSingleton<IPriceTable>(PriceTable.BuiltIn);
        builder.Services.AddSingleton(random ?? Random.Shared);
        builder.Services.AddRoutingCore();
        builder.Services.AddMetrics();
        builder.Services.AddDataPlane();
        if (openAI is not null)
        {
            options.Providers.Remove("openai");
            builder.Services.AddSingleton(services => new UpstreamTransports(catalog, options, services.GetRequiredService<GuardedEgress>(), new Dictionary<string, Func<HttpMessageHandler>>(StringComparer.Ordinal)
            {
                ["openai"] = () =>
                {
                    var handler = UpstreamHandlers.Create(options.Upstream);
                    openAI(handler);
                    return handler;
                },
            }));
        }

        var app = builder.Build();
        app.UseWorkersBinding();
        app.UseDataPlane();
        app.MapUnknownPaths();
        await app.StartAsync(TestContext.Current.CancellationToken);
        var host = new DataPlaneHost(app, upstream, gateways, tokens, logs, clock) { Address = new(app.Urls.Single()) };
        if (beside is null)
        {
            host.Gateway.Set(Configuration());
        }

        return host;
    }

    public static GatewayConfiguration Configuration(
        bool? authentication = false,
        int? attempts = null,
        int? delay = null,
        RetryBackoff? backoff = null,
        bool collectLogs = true,
        bool? collectPayload = null,
        CompatibilityLevel? compatibility = null,
        CircuitBreakerConfiguration? breaker = null,
        int? hedgeDelay = null) => new()
        {
            CacheInvalidateOnUpdate = false,
            CacheTtl = 0,
            CollectLogs = collectLogs,
            RateLimitingInterval = null,
            RateLimitingLimit = null,
            Authentication = authentication,
            RetryMaxAttempts = attempts,
            RetryDelay = delay,
            RetryBackoff = backoff,
            CollectLogPayload = collectPayload,
            Compatibility = compatibility,
            CircuitBreaker = breaker,
            HedgeDelay = hedgeDelay,
        };

    /// <summary>Posts a chat completion to the gateway <c>main</c> by OpenAI's path, with a key of the client's.</summary>
    public Task<FrontAnswer> ChatAsync(params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, "openai/chat/completions", Bodies.Chat, [("authorization", "Bearer sk-client-key"), ("content-type", "application/json"), .. headers]);

    /// <summary>Sends a request below <c>/v1/{account}/main/</c>.</summary>
    public Task<FrontAnswer> SendAsync(HttpMethod method, string path, byte[]? body, params (string Name, string Value)[] headers) =>
        SendToAsync(method, $"/v1/{Account}/main/{path}", body is null ? null : new ByteArrayContent(body), headers);

    /// <summary>Sends a request to a target exactly as it stands.</summary>
    public async Task<FrontAnswer> SendToAsync(HttpMethod method, string target, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var response = await StartAsync(method, target, content, TestContext.Current.CancellationToken, headers);
        return new(
            (int)response.StatusCode,
            [.. response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).SelectMany(header => header.Value, (header, value) => (header.Key, value))],
            await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Sends a request and answers as soon as the head of the response is here.</summary>
    public async Task<HttpResponseMessage> StartAsync(
        HttpMethod method, string target, HttpContent? content, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        var uri = new Uri(Address.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, uri) { Content = content };
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content ??= new ByteArrayContent([]);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await _client.SendAsync(request, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        await Upstream.DisposeAsync();
    }
}

/// <summary>What the front answered.</summary>
internal sealed record FrontAnswer(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonElement.Parse(Body);

    /// <summary>The code of an error. Every error has it under both names: clients of either host read one.</summary>
    public int ErrorCode
    {
        get
        {
            var error = Json.GetProperty("error");
            Assert.Equal(error.GetRawText(), Json.GetProperty("errors").GetRawText());
            return error[0].GetProperty("code").GetInt32();
        }
    }

    public string Description => Json.GetProperty("description").GetString()!;

    public string? Header(string name) => Headers.FirstOrDefault(header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Checks that this is an error as published clients read it.</summary>
    public void AssertError(int status, int code)
    {
        Assert.True(Status == status, $"{Status}: {Text}");
        Assert.Equal(code, ErrorCode);
        Assert.Equal("application/json", Header("content-type"));
        Assert.Equal((status, code, "AiGatewayError"), (Json.GetProperty("httpCode").GetInt32(), Json.GetProperty("internalCode").GetInt32(), Json.GetProperty("name").GetString()));
        Assert.False(Json.GetProperty("success").GetBoolean());
        Assert.NotNull(Header("cf-aig-request-id"));
    }
}

internal static class Bodies
{
    public static byte[] Chat { get; } = Encoding.UTF8.GetBytes("""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}""");

    public const string Completion = """
        {"id":"chatcmpl-1","object":"chat.completion","model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":100,"total_tokens":1100}}
        """;
}
