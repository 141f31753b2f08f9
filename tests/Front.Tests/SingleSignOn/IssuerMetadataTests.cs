using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using GatewayActors.Front.SingleSignOn;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GatewayActors.Front.Tests.SingleSignOn;

/// <summary>When the metadata and the keys of an issuer are read, and for how long they count.</summary>
public sealed class IssuerMetadataTests : IDisposable
{
    private const string Issuer = "https://issuer.test";

    private readonly FakeTimeProvider _time = new();
    private readonly Answers _answers = new();
    private readonly HttpClient _http;
    private readonly IssuerMetadata _metadata;

    public IssuerMetadataTests()
    {
        _http = new(_answers);
        _metadata = new(Issuer, _http, _time, NullLogger.Instance);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _answers.Dispose();
    }

    [Fact]
    public async Task GetAsync_IsReadOnceInAnHour()
    {
        var first = await _metadata.GetAsync(Cancelled);
        _time.Advance(IssuerMetadata.RenewAfter - TimeSpan.FromTicks(1));

        Assert.Same(first, await _metadata.GetAsync(Cancelled));
        Assert.Equal(1, _answers.Reads);

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.NotSame(first, await _metadata.GetAsync(Cancelled));
        Assert.Equal(2, _answers.Reads);
    }

    [Fact]
    public async Task GetAsync_AskedByMany_IsReadOnce()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _metadata.GetAsync(Cancelled).AsTask()));

        Assert.Equal(1, _answers.Reads);
    }

    [Fact]
    public async Task GetAsync_Down_IsNullAndAskedAgainAfterThePause()
    {
        _answers.IsDown = true;
        Assert.Null(await _metadata.GetAsync(Cancelled));
        Assert.Null(await _metadata.GetAsync(Cancelled));
        Assert.Equal(1, _answers.Reads);

        _answers.IsDown = false;
        _time.Advance(IssuerMetadata.RetryPause);
        Assert.NotNull(await _metadata.GetAsync(Cancelled));
    }

    [Fact]
    public async Task GetAsync_DownLater_WhatIsKnownCountsForADay()
    {
        var known = await _metadata.GetAsync(Cancelled);
        _answers.IsDown = true;

        _time.Advance(IssuerMetadata.MaxAge - TimeSpan.FromSeconds(1));
        Assert.Same(known, await _metadata.GetAsync(Cancelled));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await _metadata.GetAsync(Cancelled));
    }

    [Fact]
    public async Task GetNewerAsync_UnknownKey_IsReadAtMostOncePerPause()
    {
        var known = (await _metadata.GetAsync(Cancelled))!;
        Assert.Same(known, await _metadata.GetNewerAsync(known, Cancelled)); // Just read.

        _answers.KeyId = "key-2";
        _time.Advance(IssuerMetadata.UnknownKeyPause);
        var newer = await _metadata.GetNewerAsync(known, Cancelled);
        for (var i = 0; i < 100; i++)
        {
            Assert.Same(newer, await _metadata.GetNewerAsync(newer, Cancelled));
        }

        Assert.Single(newer.KeysFor("key-2"));
        Assert.Empty(newer.KeysFor("key-1"));
        Assert.Equal(2, _answers.Reads);
        Assert.Same(newer, await _metadata.GetNewerAsync(known, Cancelled)); // Somebody else's reading serves.
    }

    [Theory]
    [InlineData("""{"issuer":"https://another.test","jwks_uri":"https://issuer.test/jwks"}""")]
    [InlineData("""{"issuer":"https://issuer.test"}""")]
    [InlineData("""{"issuer":"https://issuer.test","jwks_uri":"http://issuer.test/jwks"}""")]
    [InlineData("""[]""")]
    [InlineData("""<html>""")]
    public async Task GetAsync_MetadataThatCannotBeUsed_IsNull(string metadata)
    {
        _answers.Metadata = metadata;

        Assert.Null(await _metadata.GetAsync(Cancelled));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("""{"keys":"none"}""")]
    public async Task GetAsync_KeysThatCannotBeRead_IsNull(string keys)
    {
        _answers.Keys = keys;

        Assert.Null(await _metadata.GetAsync(Cancelled));
    }

    [Fact]
    public void ReadKeys_SharedSecretsAndKeysForEncryption_AreLeftOut()
    {
        using var key = RSA.Create(2048);
        var encrypting = FakeIssuer.JsonKey("enc", key);
        encrypting["use"] = "enc";
        var set = new JsonObject
        {
            ["keys"] = new JsonArray(FakeIssuer.JsonKey("sig", key), encrypting, new JsonObject { ["kty"] = "oct", ["kid"] = "shared", ["k"] = "AAAA" }),
        };

        Assert.Equal("sig", Assert.Single(IssuerDocument.ReadKeys(set.ToJsonString())).KeyId);
    }

    private sealed class Answers : HttpMessageHandler
    {
        private readonly RSA _key = RSA.Create(2048);

        public int Reads;

        public bool IsDown { get; set; }

        public string KeyId { get; set; } = "key-1";

        public string Metadata { get; set; } = """{"issuer":"https://issuer.test","jwks_uri":"https://issuer.test/jwks"}""";

        public string? Keys { get; set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath == "/jwks")
            {
                return Task.FromResult(Text(Keys ?? new JsonObject { ["keys"] = new JsonArray(FakeIssuer.JsonKey(KeyId, _key)) }.ToJsonString()));
            }

            Interlocked.Increment(ref Reads);
            return Task.FromResult(IsDown ? new(HttpStatusCode.ServiceUnavailable) : Text(Metadata));
        }

        protected override void Dispose(bool disposing)
        {
            _key.Dispose();
            base.Dispose(disposing);
        }

        private static HttpResponseMessage Text(string text) => new(HttpStatusCode.OK) { Content = new StringContent(text) };
    }
}
