using System.Text;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Secrets;
using GatewayActors.Front.Secrets;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.DynamicRoutes;
using GatewayActors.Testing.Upstreams;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GatewayActors.Front.Tests.StoredKeys;

/// <summary>Exchanges that use stored keys, on every way to call a provider.</summary>
public sealed class StoredKeyTests : IAsyncLifetime
{
    private const string Key = "sk-stored-key-of-the-tests";
    private const string CompatChat = """{"model":"openai/gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}""";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    private FakeSecrets Secrets => _host.Gateways.Secrets(DataPlaneHost.Account);

    private (string, string) Token => ("cf-aig-authorization", "Bearer " + _host.Token);

    private RecordedRequest Last => _host.Script.Requests[^1];

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: true));
        Secrets.Set(Secret("OPENAI_MAIN", Key), Secret("OPENAI_SPARE", "sk-spare-key-of-the-tests"));
        _host.Gateway.SetConfigs(Config("openai", "default", "OPENAI_MAIN"), Config("openai", "spare", "OPENAI_SPARE"));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Native_WithoutAKey_UsesTheDefaultOne()
    {
        var answer = await PostAsync("openai/chat/completions", Token);

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal("Bearer " + Key, Last.Header("authorization"));
        Assert.Null(Last.Header("cf-aig-authorization"));
        Assert.True((await _host.Logs.NextAsync(_cancelled)).Entry.Byok);
    }

    [Fact]
    public async Task Native_ManyRequests_AskForTheSecretsOnce()
    {
        for (var trial = 0; trial < 5; trial++)
        {
            await PostAsync("openai/chat/completions", Token);
        }

        Assert.Equal([0L], Secrets.SeenVersions);
    }

    [Fact]
    public async Task Native_ClientsOwnKey_GoesBeforeStoredOnesWhateverTheAlias()
    {
        await PostAsync("openai/chat/completions", Token, ("authorization", "Bearer sk-own-key-of-the-client"), ("cf-aig-byok-alias", "spare"));

        Assert.Equal("Bearer sk-own-key-of-the-client", Last.Header("authorization"));
        Assert.False((await _host.Logs.NextAsync(_cancelled)).Entry.Byok);
    }

    [Theory]
    [InlineData("placeholder")]
    [InlineData("x")]
    public async Task Native_Placeholder_CountsAsNoKey(string placeholder)
    {
        await PostAsync("openai/chat/completions", Token, ("authorization", "Bearer " + placeholder));

        Assert.Equal("Bearer " + Key, Last.Header("authorization"));
    }

    [Fact]
    public async Task Alias_OfAKey_ChoosesIt()
    {
        await PostAsync("openai/chat/completions", Token, ("cf-aig-byok-alias", "spare"));

        Assert.Equal("Bearer sk-spare-key-of-the-tests", Last.Header("authorization"));
        Assert.Null(Last.Header("cf-aig-byok-alias"));
    }

    [Fact]
    public async Task Alias_Unknown_IsRefusedWithThoseThereAre()
    {
        var answer = await PostAsync("openai/chat/completions", Token, ("cf-aig-byok-alias", "nope"));

        answer.AssertError(400, 2040);
        Assert.Equal("Provider 'openai' has no BYOK credential named 'nope'. Configured aliases: 'default', 'spare'", answer.Json.GetProperty("message").GetString());
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Alias_OfASecretByItsNameAlone_NeedsNoConfig()
    {
        Secrets.Set(Secret("main_openai_team", "sk-key-of-the-team-of-tests"));

        await PostAsync("openai/chat/completions", Token, ("cf-aig-byok-alias", "team"));

        Assert.Equal("Bearer sk-key-of-the-team-of-tests", Last.Header("authorization"));
    }

    [Fact]
    public async Task Default_MarkedConfig_GoesBeforeTheAliasDefault()
    {
        _host.Gateway.SetConfigs(Config("openai", "default", "OPENAI_MAIN"), Config("openai", "spare", "OPENAI_SPARE", isDefault: true));

        await PostAsync("openai/chat/completions", Token);

        Assert.Equal("Bearer sk-spare-key-of-the-tests", Last.Header("authorization"));
    }

    [Fact]
    public async Task Default_NoneForTheProvider_IsRefused() =>
        (await PostAsync("anthropic/v1/messages", Token)).AssertError(400, 2040);

    [Theory]
    [InlineData("OPENAI_SPARE")]
    [InlineData("Bearer OPENAI_SPARE")]
    [InlineData("spare")]
    public async Task Reference_InTheProvidersHeader_IsReplacedAndBeatsTheAlias(string value)
    {
        await PostAsync("openai/chat/completions", Token, ("authorization", value), ("cf-aig-byok-alias", "default"));

        Assert.Equal("Bearer sk-spare-key-of-the-tests", Last.Header("authorization"));
    }

    [Fact]
    public async Task Reference_InTheProvidersHeader_ThatNobodyKnows_IsAnOrdinaryKey()
    {
        await PostAsync("openai/chat/completions", Token, ("authorization", "Bearer SOMETHING_ELSE"));

        Assert.Equal("Bearer SOMETHING_ELSE", Last.Header("authorization"));
    }

    [Fact]
    public async Task Reference_InTheProvidersOwnHeader_IsInjectedAsTheProviderTakesIt()
    {
        Secrets.Set(Secret("ANTHROPIC_KEY_1", "sk-ant-of-the-tests"));

        await PostAsync("anthropic/v1/messages", Token, ("x-api-key", "ANTHROPIC_KEY_1"));

        Assert.Equal(("sk-ant-of-the-tests", null), (Last.Header("x-api-key"), Last.Header("authorization")));
    }

    [Fact]
    public async Task Reference_WithoutAToken_IsNoAuthenticator()
    {
        (await PostAsync("openai/chat/completions", ("authorization", "Bearer OPENAI_MAIN"))).AssertError(401, 2009);
        (await PostAsync("openai/chat/completions", ("cf-aig-authorization", "OPENAI_MAIN"))).AssertError(401, 2009);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task OpenGateway_OnlyWhoNamesAKey_UsesOne()
    {
        _host.Gateway.Set(DataPlaneHost.Configuration(authentication: false));

        await PostAsync("openai/chat/completions");
        Assert.Null(Last.Header("authorization"));
        await PostAsync("openai/chat/completions", Token);
        Assert.Null(Last.Header("authorization"));
        await PostAsync("openai/chat/completions", ("cf-aig-authorization", "OPENAI_MAIN"));
        Assert.Equal("Bearer " + Key, Last.Header("authorization"));
        await PostAsync("openai/chat/completions", ("authorization", "Bearer OPENAI_MAIN"));
        Assert.Equal("Bearer " + Key, Last.Header("authorization"));
        await PostAsync("openai/chat/completions", ("cf-aig-byok-alias", "spare"));
        Assert.Equal("Bearer sk-spare-key-of-the-tests", Last.Header("authorization"));
        (await PostAsync("openai/chat/completions", ("cf-aig-authorization", "NOBODY_KNOWS"))).AssertError(401, 2009);
    }

    [Fact]
    public async Task Secret_OfAnotherAccount_IsNobodysReference()
    {
        _host.Gateways.Secrets("ffffffffffffffffffffffffffffffff").Set(Secret("FOREIGN_KEY", "sk-foreign-key-of-the-tests", account: "ffffffffffffffffffffffffffffffff"));

        await PostAsync("openai/chat/completions", Token, ("authorization", "Bearer FOREIGN_KEY"));

        Assert.Equal("Bearer FOREIGN_KEY", Last.Header("authorization"));
    }

    [Fact]
    public async Task Secret_SealedForAnotherAccount_StaysShut()
    {
        Secrets.Set(Secret("OPENAI_MAIN", Key, account: "ffffffffffffffffffffffffffffffff"));

        (await PostAsync("openai/chat/completions", Token)).AssertError(500, 2000);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Secret_ChangedOrDeleted_TakesEffectForTheNextRequest()
    {
        for (var trial = 1; trial <= 20; trial++)
        {
            Secrets.Set(Secret("OPENAI_MAIN", $"sk-key-of-the-trial-{trial}"));
            await PostAsync("openai/chat/completions", Token);
            Assert.Equal($"Bearer sk-key-of-the-trial-{trial}", Last.Header("authorization"));
        }

        Secrets.Set();
        var answer = await PostAsync("openai/chat/completions", Token);
        answer.AssertError(400, 2040);
        Assert.Equal("The secret of the stored key 'default' of 'openai' was not found", answer.Json.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Secret_ThatCannotBeSent_IsRefused()
    {
        Secrets.Set(Secret("OPENAI_MAIN", "sk-first-line\nsk-second-line"));

        (await PostAsync("openai/chat/completions", Token)).AssertError(400, 2040);
    }

    [Fact]
    public async Task Grain_DoesNotAnswer_IsToldAndTheSecondTryCounts()
    {
        Secrets.Failures.Enqueue(new TimeoutException());
        Assert.Equal(200, (await PostAsync("openai/chat/completions", Token)).Status);

        Secrets.Set(Secret("OPENAI_MAIN", Key));
        Secrets.Failures.Enqueue(new TimeoutException());
        Secrets.Failures.Enqueue(new TimeoutException());
        (await PostAsync("openai/chat/completions", Token)).AssertError(503, 2000);
    }

    [Fact]
    public async Task Compat_WithoutAKey_UsesTheDefaultOneAndAReferenceAsApiKey()
    {
        await PostAsync("compat/chat/completions", CompatChat, Token);
        Assert.Equal("Bearer " + Key, Last.Header("authorization"));

        await PostAsync("compat/chat/completions", CompatChat, Token, ("authorization", "Bearer OPENAI_SPARE"));
        Assert.Equal("Bearer sk-spare-key-of-the-tests", Last.Header("authorization"));

        await PostAsync("compat/chat/completions", CompatChat, Token, ("cf-aig-byok-alias", "spare"));
        Assert.Equal("Bearer sk-spare-key-of-the-tests", Last.Header("authorization"));
    }

    [Fact]
    public async Task Compat_TranslatedProvider_GetsItsKeyInItsOwnHeader()
    {
        Secrets.Set(Secret("A", "sk-ant-of-the-tests"));
        _host.Gateway.SetConfigs(Config("anthropic", "default", "A"));

        await PostAsync("compat/chat/completions", """{"model":"anthropic/claude-3-5-haiku","messages":[{"role":"user","content":"Hello"}]}""", Token);

        Assert.Equal(("sk-ant-of-the-tests", null), (Last.Header("x-api-key"), Last.Header("authorization")));
    }

    [Fact]
    public async Task Universal_EachStep_HasItsOwnKey()
    {
        _host.Script.Then(UpstreamReply.Json("{}", 500));

        var answer = await PostAsync(
            "",
            """
            [{"provider":"openai","endpoint":"chat/completions","headers":{"cf-aig-byok-alias":"spare"},"query":{"model":"m","messages":[]}},
             {"provider":"openai","endpoint":"chat/completions","headers":{"authorization":"Bearer OPENAI_MAIN"},"query":{"model":"m","messages":[]}}]
            """,
            Token);

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(["Bearer sk-spare-key-of-the-tests", "Bearer " + Key], _host.Script.Requests.Select(request => request.Header("authorization")));
    }

    [Fact]
    public async Task DynamicRoute_AliasOfANode_ChoosesItsKey()
    {
        await _host.DeployAsync(("r", $"[{RouteHost.Start("a")},{RouteHost.Model("a", fallback: "b", more: ",\"alias\":\"spare\"")},{RouteHost.Model("b")},{RouteHost.End}]"));
        _host.Script.Then(UpstreamReply.Json("{}", 500));

        var answer = await PostAsync("compat/chat/completions", RouteHost.Body("r"), Token);

        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal(["Bearer sk-spare-key-of-the-tests", "Bearer " + Key], _host.Script.Requests.Select(request => request.Header("authorization")));
    }

    [Fact]
    public async Task RateLimit_OfAKey_RefusesWhatIsAboveIt()
    {
        _host.Gateway.SetConfigs(Config("openai", "default", "OPENAI_MAIN") with { RateLimit = 2, RatePeriod = 30 }, Config("openai", "spare", "OPENAI_SPARE"));
        Assert.Equal(200, (await PostAsync("openai/chat/completions", Token)).Status);
        var (name, quota) = Assert.Single(_host.Gateways.Quotas);
        Assert.StartsWith($"{DataPlaneHost.Account}/main/key/", name, StringComparison.Ordinal);
        var (rule, amount) = Assert.Single(quota.Taken);
        Assert.Equal((2m, TimeSpan.FromSeconds(30), LimitTechnique.Fixed, 1m), (rule.Limit, rule.Window, rule.Technique, amount));

        quota.RefusesFor = TimeSpan.FromSeconds(7);
        var refused = await PostAsync("openai/chat/completions", Token);

        refused.AssertError(429, 2003);
        Assert.Equal("7", refused.Header("retry-after"));
        Assert.Single(_host.Script.Requests);
        Assert.Equal(200, (await PostAsync("openai/chat/completions", Token, ("cf-aig-byok-alias", "spare"))).Status);
    }

    [Fact]
    public async Task Bedrock_AccessKeysInTheStore_SignForTheirRegion()
    {
        Secrets.Set(Secret("B", """{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","secretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY","region":"eu-west-3"}"""));
        _host.Gateway.SetConfigs(Config("aws-bedrock", "default", "B"));

        await PostAsync("aws-bedrock/bedrock-runtime/us-east-1/model/m/converse", Token);
        Assert.Contains("/us-east-1/bedrock/aws4_request", Last.Header("authorization"), StringComparison.Ordinal);

        await PostAsync("compat/chat/completions", """{"model":"aws-bedrock/anthropic.claude-3","messages":[{"role":"user","content":"Hello"}]}""", Token);
        Assert.Contains("Credential=AKIAIOSFODNN7EXAMPLE/", Last.Header("authorization"), StringComparison.Ordinal);
        Assert.Contains("/eu-west-3/bedrock/aws4_request", Last.Header("authorization"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Azure_JsonInTheStore_GivesKeyAndApiVersion()
    {
        Secrets.Set(Secret("Z", """{"apiKey":"azure-key-of-the-tests","apiVersion":"2030-01-01"}"""));
        _host.Gateway.SetConfigs(Config("azure-openai", "default", "Z"));

        await PostAsync("azure-openai/resource/deployment/chat/completions", Token);

        Assert.Equal("azure-key-of-the-tests", Last.Header("api-key"));
        Assert.Contains("api-version=2030-01-01", Last.Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Google_KeyInTheQuery_DoesNotTravelBesideTheStoredOne()
    {
        Secrets.Set(Secret("G", "google-key-of-the-tests"));
        _host.Gateway.SetConfigs(Config("google-ai-studio", "default", "G"));

        await PostAsync("google-ai-studio/v1beta/models/gemini:generateContent?key=of-the-client", Token, ("x-goog-api-key", "G"));

        Assert.Equal("google-key-of-the-tests", Last.Header("x-goog-api-key"));
        Assert.DoesNotContain("key=", Last.Target, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(401)]
    public async Task Answer_ThatRepeatsTheKey_ShowsStars(int status)
    {
        var forms = $"{Key} {Convert.ToBase64String(Encoding.UTF8.GetBytes(Key))}";
        _host.Script.Then(UpstreamReply.Json($$$"""{"error":{"message":"Bearer {{{forms}}}"}}""", status, ("x-echo", "Bearer " + Key)));

        var answer = await PostAsync("openai/chat/completions", Token);

        Assert.Equal(status, answer.Status);
        Assert.DoesNotContain(Key, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("c2stc3RvcmVk", answer.Text, StringComparison.Ordinal);
        Assert.Contains("Bearer " + new string('*', Key.Length), answer.Text, StringComparison.Ordinal);
        Assert.Equal("Bearer " + new string('*', Key.Length), answer.Header("x-echo"));
    }

    [Fact]
    public async Task Answer_StreamThatRepeatsTheKeyInPieces_ShowsStars()
    {
        foreach (var cut in Enumerable.Range(1, Key.Length - 1))
        {
            _host.Script.Then(UpstreamReply.EventStream().Send("data: {\"a\":\"" + Key[..cut]).Send(Key[cut..] + "\"}\n\nda").Send("ta: [DONE]\n\n"));

            var answer = await PostAsync("openai/chat/completions", Token);

            Assert.Equal("data: {\"a\":\"" + new string('*', Key.Length) + "\"}\n\ndata: [DONE]\n\n", answer.Text);
        }
    }

    [Fact]
    public async Task Log_OfAnExchange_ShowsNoKey()
    {
        _host.Script.Then(UpstreamReply.Json($$"""{"echo":"{{Key}}"}"""));
        await PostAsync("openai/chat/completions", Token);

        var recorded = await _host.Logs.NextAsync(_cancelled);

        Assert.Contains(new string('*', Key.Length), Encoding.UTF8.GetString(recorded.ResponseBody!), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, Encoding.UTF8.GetString(recorded.ResponseBody!), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, recorded.Entry.ToString(), StringComparison.Ordinal);
    }

    private Task<FrontAnswer> PostAsync(string path, params (string, string)[] headers) => PostAsync(path, Encoding.UTF8.GetString(Bodies.Chat), headers);

    private Task<FrontAnswer> PostAsync(string path, string body, params (string, string)[] headers) =>
        _host.SendAsync(HttpMethod.Post, path, Encoding.UTF8.GetBytes(body), [("content-type", "application/json"), .. headers]);

    private UsableSecret Secret(string name, string value, string account = DataPlaneHost.Account) =>
        new() { Id = "id-of-" + name, Name = name, Sealed = _host.Services.GetRequiredService<SecretSealer>().Seal(account, value) };

    private static ProviderConfig Config(string provider, string alias, string secret, bool isDefault = false) => new()
    {
        Id = Guid.CreateVersion7(),
        ProviderSlug = provider,
        Alias = alias,
        IsDefault = isDefault,
        SecretId = "id-of-" + secret,
        OwnsSecret = false,
        ModifiedAt = DateTimeOffset.UnixEpoch,
    };
}
