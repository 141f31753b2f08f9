using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using GatewayActors.Abstractions.Caching;
using GatewayActors.Storage.Redis;
using GatewayActors.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using StackExchange.Redis;

namespace GatewayActors.Storage.Tests.Redis;

[Trait("Needs", "servers")]
public sealed class RedisCacheStoreTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private readonly string _gateway = $"{Guid.CreateVersion7():N}/main";
    private readonly CacheKey _key = new(SHA256.HashData("key"u8));
    private RedisCacheStore _store = null!;

    public ValueTask InitializeAsync()
    {
        _store = Store(TestServers.Redis + ",defaultDatabase=1");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2_000)]
    [InlineData(5_000_000)]
    public async Task WhatIsWritten_IsReadAsItWas(int bytes)
    {
        var answer = Answer() with { Body = RandomNumberGenerator.GetBytes(bytes) };

        await _store.WriteAsync(_gateway, 1, _key, answer, _cancelled);

        var read = (await _store.ReadAsync(_gateway, 1, _key, _cancelled))!;
        Assert.Equal(answer.Body.ToArray(), read.Body.ToArray());
        Assert.Equal(answer.Headers, read.Headers);
        Assert.Equal(answer with { Body = default, Headers = [] }, read with { Body = default, Headers = [] });
    }

    [Fact]
    public async Task OtherGatewayGenerationOrKey_FindsNothing()
    {
        await _store.WriteAsync(_gateway, 1, _key, Answer(), _cancelled);

        Assert.Null(await _store.ReadAsync(_gateway, 2, _key, _cancelled));
        Assert.Null(await _store.ReadAsync(_gateway + "2", 1, _key, _cancelled));
        Assert.Null(await _store.ReadAsync($"{Guid.CreateVersion7():N}/main", 1, _key, _cancelled));
        Assert.Null(await _store.ReadAsync(_gateway, 1, new(SHA256.HashData("other"u8)), _cancelled));
    }

    [Fact]
    public async Task Answer_RunsOutWithItsTime()
    {
        await _store.WriteAsync(_gateway, 7, _key, Answer() with { Ttl = TimeSpan.FromSeconds(100), StaleFor = TimeSpan.FromSeconds(50) }, _cancelled);
        await _store.WriteAsync(_gateway, 8, _key, Answer() with { StoredAt = TimeProvider.System.GetUtcNow().AddDays(-2) }, _cancelled);

        await using var redis = await ConnectionMultiplexer.ConnectAsync(TestServers.Redis);
        var left = await redis.GetDatabase(1).KeyTimeToLiveAsync($"cache:{_gateway}:7:{_key}");
        Assert.InRange(left!.Value, TimeSpan.FromSeconds(140), TimeSpan.FromSeconds(150));
        Assert.False(await redis.GetDatabase(1).KeyExistsAsync($"cache:{_gateway}:8:{_key}"));
        Assert.False(await redis.GetDatabase(0).KeyExistsAsync($"cache:{_gateway}:7:{_key}")); // The database of the connection string.
    }

    [Fact]
    public async Task WhatIsNoAnswer_IsAFailureOfOneRead()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(TestServers.Redis);
        await redis.GetDatabase(1).StringSetAsync($"cache:{_gateway}:1:{_key}", "of somebody else"u8.ToArray());

        Assert.NotNull(await Record.ExceptionAsync(async () => await _store.ReadAsync(_gateway, 1, _key, _cancelled)));

        await _store.WriteAsync(_gateway, 1, _key, Answer(), _cancelled);
        Assert.NotNull(await _store.ReadAsync(_gateway, 1, _key, _cancelled));
    }

    [Fact]
    public async Task NoServer_FailsSoonAndIsLeftAlone()
    {
        // A port on which nobody listens: it is the discard port, and no server is allowed below 1024 here.
        await using var store = Store("127.0.0.1:9,connectTimeout=30000");
        var clock = Stopwatch.StartNew();

        Assert.NotNull(await Record.ExceptionAsync(async () => await store.ReadAsync(_gateway, 1, _key, _cancelled)));
        Assert.Null(await store.ReadAsync(_gateway, 1, _key, _cancelled));
        await store.WriteAsync(_gateway, 1, _key, Answer(), _cancelled);

        Assert.True(clock.Elapsed < 4 * RedisCacheStore.Patience, $"It took {clock.Elapsed}.");
    }

    [Theory]
    [InlineData("localhost:6379", null)]
    [InlineData("localhost:6379,defaultDatabase=1,password=secret", null)]
    [InlineData("", "it names no server")]
    [InlineData("password=secret", "it names no server")]
    public void IsRedisConnection_SaysWhatIsWrong(string connection, string? expected)
    {
        Assert.Equal(expected is null, RedisCacheStoreServiceCollectionExtensions.IsRedisConnection(connection, out var problem));
        Assert.Equal(expected, problem);
    }

    [Theory]
    [InlineData("localhost:6379,secret=1")]
    [InlineData("localhost:6379,defaultDatabase=secret")]
    public void IsRedisConnection_ShowsNoValue(string connection)
    {
        Assert.False(RedisCacheStoreServiceCollectionExtensions.IsRedisConnection(connection, out var problem));
        Assert.DoesNotContain("secret'", problem.Replace("'secret'", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private RedisCacheStore Store(string connection) => new(
        Options.Create(new RedisCacheStoreOptions { ConnectionString = connection }), _services.GetRequiredService<Serializer<CachedAnswer>>(), TimeProvider.System);

    private static CachedAnswer Answer() => new()
    {
        StatusCode = 200,
        ContentType = "application/json",
        Headers = [KeyValuePair.Create("x-answer", "here"), KeyValuePair.Create("x-answer", "twice")],
        Body = Encoding.UTF8.GetBytes("""{"a":1}"""),
        Model = "m",
        Ttl = TimeSpan.FromHours(1),
        StaleFor = TimeSpan.FromMinutes(1),
        FollowsGateway = true,
        StoredAt = TimeProvider.System.GetUtcNow(),
    };
}
