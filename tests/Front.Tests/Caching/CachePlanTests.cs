using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Caching;
using GatewayActors.Front.Gateways;
using GatewayActors.Front.Pipeline;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace GatewayActors.Front.Tests.Caching;

/// <summary>What is cached, and for how long.</summary>
public sealed class CachePlanTests
{
    // Seconds; null: nothing is cached.
    [Theory]
    [InlineData(null, null, null, null, null)]
    [InlineData(0L, null, null, null, null)]
    [InlineData(3600L, null, null, null, 3600)]
    [InlineData(1L, null, null, null, 60)]
    [InlineData(2_678_400L, null, null, null, 2_592_000)]
    [InlineData(3600L, "0", null, null, null)]
    [InlineData(3600L, "120", null, null, 120)]
    [InlineData(3600L, "59", null, null, 60)]
    [InlineData(3600L, "2592001", null, null, 2_592_000)]
    [InlineData(3600L, "99999999999999999999", null, null, 2_592_000)]
    [InlineData(3600L, "-1", null, null, null)]
    [InlineData(3600L, "soon", null, null, 3600)]
    [InlineData(null, "120", null, null, 120)]
    [InlineData(0L, "120", null, null, 120)]
    [InlineData(null, null, "mine", null, 300)]
    [InlineData(0L, null, "mine", null, 300)]
    [InlineData(3600L, null, "mine", null, 3600)]
    [InlineData(3600L, "120", "mine", null, 120)]
    [InlineData(3600L, "0", "mine", null, null)]
    [InlineData(null, null, "", null, null)]
    [InlineData(3600L, null, null, "true", null)]
    [InlineData(3600L, "120", "mine", "1", null)]
    [InlineData(3600L, null, null, "false", 3600)]
    [InlineData(3600L, null, null, "maybe", 3600)]
    public void For_GatewayAndHeaders_IsCachedFor(long? gateway, string? ttl, string? key, string? skip, int? seconds)
    {
        var plan = CachePlan.For("POST", Settings(gateway), Headers(("cf-aig-cache-ttl", ttl), ("cf-aig-cache-key", key), ("cf-aig-skip-cache", skip)));

        Assert.Equal(seconds, plan?.Ttl.TotalSeconds);
        Assert.Equal(string.IsNullOrEmpty(key) ? null : key, plan is null ? key is "" ? null : key : plan.Value.Key);
    }

    [Theory]
    [InlineData("cf-cache-ttl", "120", null, null, 120)]
    [InlineData("cf-cache-ttl", "120", "cf-aig-cache-ttl", "240", 240)]
    [InlineData("cf-aig-cache-ttl", "240", "cf-cache-ttl", "120", 240)]
    [InlineData("cf-cache-ttl", "0", null, null, null)]
    [InlineData("cf-skip-cache", "true", null, null, null)]
    [InlineData("cf-skip-cache", "true", "cf-aig-skip-cache", "false", 3600)]
    [InlineData("cf-aig-skip-cache", "true", "cf-skip-cache", "false", null)]
    public void For_OlderHeaderNames_AreReadAndBeatenByTheNewer(string first, string firstValue, string? second, string? secondValue, int? seconds) =>
        Assert.Equal(seconds, CachePlan.For("POST", Settings(3600), Headers((first, firstValue), (second ?? "x", secondValue)))?.Ttl.TotalSeconds);

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("HEAD")]
    public void For_OtherMethods_IsNothing(string method) =>
        Assert.Null(CachePlan.For(method, Settings(3600), Headers(("cf-aig-cache-key", "mine"))));

    [Theory]
    [InlineData(null, null, 0)]
    [InlineData(600L, null, 600)]
    [InlineData(600L, "60", 60)]
    [InlineData(600L, "0", 0)]
    [InlineData(null, "60", 60)]
    public void For_StaleIfError_IsTheHeadersOrTheGateways(long? gateway, string? header, int seconds) =>
        Assert.Equal(seconds, CachePlan.For("POST", Settings(3600, gateway), Headers(("cf-aig-cache-stale-if-error", header)))!.Value.StaleFor.TotalSeconds);

    private static CacheSettings Settings(long? ttl, long? staleIfError = null) => new(new()
    {
        AccountId = "a",
        Id = "g",
        InternalId = Guid.Empty,
        Version = 1,
        Configuration = CachingHost.Configuration(ttl, staleIfError: staleIfError),
        CreatedAt = default,
        ModifiedAt = default,
        IsDefault = false,
    });

    private static ExchangeHeaders Headers(params (string Name, string? Value)[] headers)
    {
        var dictionary = new HeaderDictionary();
        foreach (var (name, value) in headers.Where(header => header.Value is not null))
        {
            dictionary[name] = value;
        }

        var read = new ExchangeHeaders();
        read.Read(dictionary);
        return read;
    }
}
