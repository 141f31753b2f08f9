using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Analytics;
using GatewayActors.Abstractions.Audit;
using GatewayActors.Abstractions.Evaluations;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Binding;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.CustomDomains;
using GatewayActors.Front.Export.Tail;
using GatewayActors.Front.Logging;
using GatewayActors.Front.Management;
using GatewayActors.Front.Replays;
using GatewayActors.Front.Secrets;
using GatewayActors.Front.Tests.CustomDomains;
using GatewayActors.Front.Tests.SingleSignOn;
using GatewayActors.Front.Tests.Telemetry;
using GatewayActors.Grains.Caching;
using GatewayActors.Providers;
using GatewayActors.Providers.Pricing;
using GatewayActors.Storage;
using GatewayActors.Testing.Grains;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

[CollectionDefinition]
public sealed class AdminTests : ICollectionFixture<AdminHost>;

/// <summary>The admin API on a loopback port, with real grains and a log store in memory. Every test makes accounts of its own.</summary>
public sealed class AdminHost : IAsyncLifetime
{
    public const string OperatorToken = "operator-of-the-tests";

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, Expect100ContinueTimeout = Timeout.InfiniteTimeSpan });
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-tests-");
    private ServiceProvider? _storage;
    private InProcessTestCluster? _cluster;
    private WebApplication? _app;

    internal MemoryLogStore Logs { get; } = new();

    /// <summary>What the grains have stored; fails when a test wants it to.</summary>
    internal SharedGrainStorage Storage { get; } = new();

    internal RecordedEvents Events { get; } = new();

    /// <summary>Where the sums of analytics come from: what is written here.</summary>
    internal ILogStore Sums => _storage!.GetRequiredService<ILogStore>();

    /// <summary>What replays were begun and broken off: there is no data plane here.</summary>
    internal RecordedReplays Runner { get; } = new();

    /// <summary>The audit log; fails when a test wants it to.</summary>
    internal BreakableAuditStore Audit => field ??= new(_storage!.GetRequiredService<IAuditStore>());

    /// <summary>What the domain name system says.</summary>
    internal FakeDomainRecords Records { get; } = new();

    /// <summary>The identity provider of the tests.</summary>
    internal FakeIssuer Issuer { get; } = new();

    internal IServiceProvider Services => _app!.Services;

    internal EvaluationSignal Computed { get; } = new();

    internal SecretSealer Sealer => _app!.Services.GetRequiredService<SecretSealer>();

    internal LogTails Tails => _app!.Services.GetRequiredService<LogTails>();

    internal IGrainFactory Grains => _cluster!.Client;

    internal IReadOnlyList<RouteEndpoint> Endpoints => [.. _app!.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    public Uri Address { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var cluster = new InProcessTestClusterBuilder(1);
        cluster.ConfigureSilo((_, silo) =>
        {
            Storage.AddTo(silo.Services);
            silo.Services.AddCacheShards();
            silo.Services.AddSingleton<ILogStore>(Logs);
            silo.AddIncomingGrainCallFilter(Computed);
        });
        _cluster = cluster.Build();
        await _cluster.DeployAsync();

        _storage = new ServiceCollection().AddSqliteLogStore(options => options.Path = Path.Combine(_directory.FullName, "logs.db"))
            .AddSqliteAuditStore(options => options.Path = Path.Combine(_directory.FullName, "audit.db"))
            .BuildServiceProvider();
        await Sums.InitializeAsync();
        await _storage.GetRequiredService<IAuditStore>().InitializeAsync();

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(Events);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IGrainFactory>(_cluster.Client);
        builder.Services.AddSingleton(new OperatorToken(OperatorToken));
        await Issuer.StartAsync();
        var options = new GatewayOptions();
        SignOnSettings.AddTo(options, Issuer.Address);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        builder.Services.AddSingleton(new ProviderCatalog(BuiltInProviders.All));
        builder.Services.AddSingleton<IPriceTable>(PriceTable.BuiltIn);
        builder.Services.AddSingleton<ILogStore>(Logs);
        builder.Services.AddSingleton<ILogFlush>(Logs);
        builder.Services.AddSingleton(_storage.GetRequiredService<IAnalyticsStore>());
        builder.Services.AddSingleton(_storage.GetRequiredService<ILogOutbox>());
        builder.Services.AddSingleton(new SecretSealer(new EphemeralDataProtectionProvider()));
        builder.Services.AddSingleton<IReplayRunner>(Runner);
        builder.Services.AddSingleton<IAuditStore>(Audit);
        builder.Services.AddSingleton<IDomainRecords>(Records);
        builder.Services.AddTokenAuthentication();
        builder.Services.AddManagement();
        _app = builder.Build();
        _app.UseWorkersBinding();
        _app.UseRouting();
        _app.UseManagement();
        _app.MapManagement();
        _app.MapGet("/client/v4/failing", string () => throw new InvalidOperationException("The secret of the test.")).AllowAnonymous();
        _app.MapFallback(() => "dashboard").AllowAnonymous();
        await _app.StartAsync();
        Address = new(_app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }

        if (_storage is not null)
        {
            await _storage.DisposeAsync();
        }

        await Issuer.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    /// <summary>Creates an account and a token with these groups; all of them without any.</summary>
    internal async Task<Tenant> CreateTenantAsync(params string[] groups)
    {
        var account = await SendAsync(HttpMethod.Post, "accounts", OperatorToken, """{"name":"tenant"}""");
        var id = account.Body.GetProperty("result").GetProperty("id").GetString()!;
        var token = await CreateTokenAsync(id, OperatorToken, groups);
        return new(this, id, token.GetProperty("value").GetString()!, token.GetProperty("id").GetString()!);
    }

    internal async Task<JsonElement> CreateTokenAsync(string accountId, string creator, params string[] groups)
    {
        var ids = PermissionGroups.All.Where(group => groups.Length == 0 || groups.Contains(group.Name)).Select(group => $$"""{"id":"{{group.Id}}"}""");
        var answer = await SendAsync(
            HttpMethod.Post,
            $"accounts/{accountId}/tokens",
            creator,
            $$$"""{"name":"token","policies":[{"effect":"allow","permission_groups":[{{{string.Join(',', ids)}}}],"resources":{"{{{PermissionGroups.AccountResource(accountId)}}}":"*"}}]}""");
        Assert.Equal(200, answer.Status);
        return answer.Body.GetProperty("result");
    }

    internal Task<Answer> SendAsync(HttpMethod method, string path, string? token, string? body = null) =>
        SendAsync(method, path, token is null ? null : new AuthenticationHeaderValue("Bearer", token), body is null ? null : Encoding.UTF8.GetBytes(body));

    internal async Task<Answer> SendAsync(
        HttpMethod method, string path, AuthenticationHeaderValue? authorization, byte[]? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(Address, $"client/v4/{path}"));
        request.Headers.Authorization = authorization;
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);

            // Asks before it sends what may be refused: a server that refuses closes the connection under a client that still writes.
            request.Headers.ExpectContinue = body.Length > 512 * 1024;
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return new(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.ToString(),
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            response.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase),
            string.Join(", ", response.Content.Headers.Allow));
    }

    internal async Task<string> GetTextAsync(string path) => await _client.GetStringAsync(new Uri(Address, path), TestContext.Current.CancellationToken);

    internal IAccountGrain Account(string id) => Grains.GetGrain<IAccountGrain>(GrainKeys.Account(id));
}

/// <summary>Remembers what it was told.</summary>
internal sealed class RecordedReplays : IReplayRunner
{
    public ConcurrentQueue<string> Begun { get; } = [];

    public ConcurrentQueue<string> Aborted { get; } = [];

    public void Begin(string key) => Begun.Enqueue(key);

    public void Abort(string key) => Aborted.Enqueue(key);
}

/// <summary>Says when evaluations are computed, which happens behind the call that makes them.</summary>
internal sealed class EvaluationSignal : IIncomingGrainCallFilter
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _computed = [];

    /// <summary>Completes when an evaluation of a gateway is computed.</summary>
    public Task WaitAsync(string accountId, string gatewayId) =>
        Of(GrainKeys.Gateway(accountId, gatewayId)).Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        await context.Invoke();
        if (context.InterfaceMethod.Name == nameof(IEvaluationsGrain.RecordAsync))
        {
            Of(context.TargetId.Key.ToString()!).TrySetResult();
        }
    }

    private TaskCompletionSource Of(string key) => _computed.GetOrAdd(key, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

/// <summary>What came back.</summary>
internal sealed record Answer(int Status, string? ContentType, string Text, IReadOnlyDictionary<string, string> Headers, string Allowed)
{
    public JsonElement Body => JsonElement.Parse(Text);

    public JsonElement Result => Body.GetProperty("result");

    public int ErrorCode => Body.GetProperty("errors")[0].GetProperty("code").GetInt32();

    /// <summary>The mistakes as <c>path: message</c>.</summary>
    public string[] Errors =>
    [
        .. Body.GetProperty("errors").EnumerateArray().Select(error =>
            $"{string.Join('.', error.GetProperty("path").EnumerateArray().Select(part => part.GetString()))}: {error.GetProperty("message").GetString()}"),
    ];

    /// <summary>Checks that this is a failure as every client can read it.</summary>
    public void AssertFailure(int status, int code)
    {
        Assert.True(status == Status, $"{Status}: {Text}");
        Assert.Equal("application/json; charset=utf-8", ContentType);
        Assert.False(Body.GetProperty("success").GetBoolean());
        Assert.Equal(code, ErrorCode);
        Assert.NotEqual("", Body.GetProperty("errors")[0].GetProperty("message").GetString());
        Assert.Equal(JsonValueKind.Array, Body.GetProperty("messages").ValueKind);
        Assert.Equal(JsonValueKind.Null, Result.ValueKind);
        Assert.Equal(16, Headers["cf-ray"].Length);
    }

    public Answer AssertSuccess()
    {
        Assert.True(Status == 200, $"{Status}: {Text}");
        Assert.True(Body.GetProperty("success").GetBoolean());
        return this;
    }
}

/// <summary>An account with a token.</summary>
internal sealed record Tenant(AdminHost Host, string AccountId, string Token, string TokenId)
{
    public Task<Answer> SendAsync(HttpMethod method, string path, string? body = null) =>
        Host.SendAsync(method, $"accounts/{AccountId}/{path}", Token, body);

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public async Task CreateGatewayAsync(string id) =>
        (await SendAsync(HttpMethod.Post, "ai-gateway/gateways", Bodies.Gateway(id))).AssertSuccess();
}

internal static class Bodies
{
    public static string Gateway(string id, string more = "") => $$"""
        {"id":"{{id}}","cache_invalidate_on_update":false,"cache_ttl":0,"collect_logs":true,"rate_limiting_interval":null,"rate_limiting_limit":0{{more}}}
        """;
}
