using GatewayActors.Front.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace GatewayActors.Front.Tests.Configuration;

public sealed class GatewayOptionsReaderTests
{
    private static readonly HashSet<string> Slugs = ["openai", "anthropic", "google-vertex-ai", "simulator"];

    [Fact]
    public void Validate_NothingSet_FindsNoMistake() => Assert.Empty(Validate());

    [Fact]
    public void Validate_StopGraceLongerThanTheDrain_IsAMistakeOnlyWhereItIsSet()
    {
        Assert.Empty(Validate(("Gateway:DrainTimeout", "200ms")));
        Assert.Contains("Gateway:WebSockets:StopGrace", Assert.Single(Validate(("Gateway:DrainTimeout", "200ms"), ("Gateway:WebSockets:StopGrace", "1s"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EveryKindOfValue_Binds()
    {
        var options = new GatewayOptions();
        var mistakes = GatewayOptionsReader.Read(
            Configuration(
                ("Gateway:Mode", "cluster"),
                ("ConnectionStrings:redis", "r"), ("ConnectionStrings:storage", "s"), ("ConnectionStrings:logs", "l"),
                ("Gateway:CoHostSilo", "False"),
                ("Gateway:MaxGatewaysPerAccount", "20"),
                ("Gateway:Bootstrap:AccountId", "0123456789abcdef0123456789abcdef"),
                ("Gateway:Providers:OpenAI:BaseUrl", "https://proxy.corp/openai/v1"),
                ("Gateway:Providers:simulator:Enabled", "true"),
                ("Gateway:Upstream:ConnectTimeout", "1500ms"),
                ("Gateway:Upstream:IdleTimeout", "00:01:30"),
                ("Gateway:Upstream:TotalTimeout", "2h"),
                ("Gateway:Logs:QueueBytes", "8589934592")),
            Slugs,
            options);

        Assert.Empty(mistakes);
        Assert.Equal(GatewayMode.Cluster, options.Mode);
        Assert.False(options.CoHostSilo);
        Assert.Equal(20, options.MaxGatewaysPerAccount);
        Assert.Equal("0123456789abcdef0123456789abcdef", options.Bootstrap.AccountId);
        Assert.Equal("https://proxy.corp/openai/v1", options.Providers["openai"].BaseUrl);
        Assert.True(options.IsProviderEnabled("simulator"));
        Assert.Equal(TimeSpan.FromSeconds(1.5), options.Upstream.ConnectTimeout);
        Assert.Equal(TimeSpan.FromSeconds(90), options.Upstream.IdleTimeout);
        Assert.Equal(TimeSpan.FromHours(2), options.Upstream.TotalTimeout);
        Assert.Equal(8L * 1024 * 1024 * 1024, options.Logs.QueueBytes);
    }

    [Theory]
    [InlineData("Gateway:Foo", "1", "Gateway:Foo = '1' is not known; accepted: Audit, AutoRouter, Billing, Bootstrap, Cache, Cluster, CoHostSilo, ")]
    [InlineData("Gateway:Upstream:Conect", "1", "Gateway:Upstream:Conect = '1' is not known; accepted: AllowPrivateNetworks, BufferBytes, ")]
    [InlineData("Gateway:Foo:Bar:0", "x", "Gateway:Foo:Bar:0 = 'x' is not known; accepted: Audit, AutoRouter, ")]
    [InlineData("Gateway:Mode:Deep", "x", "Gateway:Mode:Deep = 'x' is not known; accepted: nothing below Gateway:Mode.")]
    [InlineData("Gateway:Upstream", "fast", "Gateway:Upstream = 'fast' is not known; accepted: a section with AllowPrivateNetworks, ")]
    [InlineData("Gateway:Mode", "Single", "Gateway:Mode = 'Single' is not valid; accepted: Embedded or Cluster.")]
    [InlineData("Gateway:Mode", "1", "Gateway:Mode = '1' is not valid; accepted: Embedded or Cluster.")]
    [InlineData("Gateway:CoHostSilo", "yes", "Gateway:CoHostSilo = 'yes' is not valid; accepted: true or false.")]
    [InlineData("Gateway:CoHostSilo", "false", "Gateway:CoHostSilo = 'false' is not valid; accepted: true, because Gateway:Mode is Embedded.")]
    [InlineData("Gateway:MaxGatewaysPerAccount", "0", "Gateway:MaxGatewaysPerAccount = '0' is not valid; accepted: a whole number from 1 to 1000000.")]
    [InlineData("Gateway:MaxGatewaysPerAccount", "ten", "Gateway:MaxGatewaysPerAccount = 'ten' is not valid; accepted: a whole number from 1 to 1000000.")]
    [InlineData("Gateway:Upstream:ConnectTimeout", "10", "Gateway:Upstream:ConnectTimeout = '10' is not valid; accepted: a time from 00:00:00.100 to 00:05:00, such as 00:00:05, 5s or 500ms.")]
    [InlineData("Gateway:Upstream:ConnectTimeout", "1h", "Gateway:Upstream:ConnectTimeout = '1h' is not valid; accepted: a time from 00:00:00.100 to 00:05:00, ")]
    [InlineData("Gateway:Upstream:MaxRetryAfter", "61s", "Gateway:Upstream:MaxRetryAfter = '61s' is not valid; accepted: a time from 00:00:00 to 00:01:00, ")]
    [InlineData("Gateway:Upstream:FirstByteTimeout", "31m", "Gateway:Upstream:FirstByteTimeout = '00:31:00' is not valid; accepted: at most Gateway:Upstream:TotalTimeout, which is 00:30:00.")]
    [InlineData("Gateway:Upstream:MaxRequestBodyBytes", "100MB", "Gateway:Upstream:MaxRequestBodyBytes = '100MB' is not valid; accepted: a whole number from 1024 to 1073741824.")]
    [InlineData("Gateway:Logs:MaxMetadataEntries", "51", "Gateway:Logs:MaxMetadataEntries = '51' is not valid; accepted: a whole number from 0 to 50.")]
    [InlineData("Gateway:Bootstrap:AccountId", "0123456789ABCDEF0123456789abcdef", "Gateway:Bootstrap:AccountId = '0123456789ABCDEF0123456789abcdef' is not valid; accepted: 32 lower-case hex digits.")]
    [InlineData("Gateway:Providers:opnai:BaseUrl", "https://a", "Gateway:Providers:opnai:BaseUrl (value not shown) is not known; accepted: as provider slug anthropic, google-vertex-ai, openai, simulator.")]
    [InlineData("Gateway:Providers:openai:Url", "https://a", "Gateway:Providers:openai:Url (value not shown) is not known; accepted: ApiKey, BaseUrl, Enabled, TokenUrl, WebSocketUrl.")]
    [InlineData("Gateway:Providers:openai:BaseUrl", "/v1", "Gateway:Providers:openai:BaseUrl = '/v1' is not valid; accepted: an absolute http:// or https:// URL without user information, query or fragment.")]
    [InlineData("Gateway:Providers:openai:BaseUrl", "ftp://a/v1", "Gateway:Providers:openai:BaseUrl = 'ftp://a/v1' is not valid; ")]
    [InlineData("Gateway:Providers:openai:BaseUrl", "https://a/v1#x", "Gateway:Providers:openai:BaseUrl = 'https://a/v1#x' is not valid; ")]
    [InlineData("Gateway:MetricsUrl", "9464", "Gateway:MetricsUrl = '9464' is not valid; accepted: http://{host}:{port} without a path, where host may be *.")]
    [InlineData("Gateway:MetricsUrl", "http://127.0.0.1:9464/x", "Gateway:MetricsUrl = 'http://127.0.0.1:9464/x' is not valid; ")]
    [InlineData("Gateway:MetricsUrl", "http://127.0.0.1:8080", "Gateway:MetricsUrl = 'http://127.0.0.1:8080' is not valid; accepted: a port that urls does not use.")]
    public void Validate_OneMistake_IsOneLineThatNamesKeyValueAndWhatIsAccepted(string key, string value, string line)
    {
        var mistake = Assert.Single(Validate((key, value)));

        Assert.StartsWith(line, mistake, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake);
    }

    [Theory]
    [InlineData("Gateway:Bootstrap:Token", "hunter2")]
    [InlineData("Gateway:Bootstrap:Token", "hunter2 hunter2")]
    [InlineData("Gateway:Bootstrap:Tkn", "hunter2hunter2")]
    [InlineData("Gateway:BootstrapToken", "hunter2hunter2")]
    [InlineData("Gateway:Secrets:MasterKey", "hunter2")]
    [InlineData("Gateway:Secrets:Master", "hunter2")]
    [InlineData("Gateway:Secrets", "hunter2")]
    [InlineData("Gateway:Providers:openai:ApiKey", "hunter2 hunter2")]
    [InlineData("Gateway:Providers:openai:ApiKeys", "hunter2")]
    [InlineData("Gateway:Providers:openai:BaseUrl", "https://user:hunter2@proxy.corp/v1")]
    [InlineData("Gateway:Providers:openai:BaseUrl", "https://proxy.corp/v1?key=hunter2")]
    public void Validate_MistakeInOrNearASecret_DoesNotShowIt(string key, string value)
    {
        var mistake = Assert.Single(Validate((key, value)));

        Assert.StartsWith(key, mistake, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_ManyMistakes_ListsAllOfThem()
    {
        var mistakes = Validate(("Gateway:Mode", "x"), ("Gateway:Foo", "y"), ("Gateway:Logs:BatchEntries", "0"));

        Assert.Equal(3, mistakes.Count);
    }

    [Fact]
    public void Validate_ClusterWithoutConnectionStrings_NamesEachMissingOne()
    {
        var mistakes = Validate(("Gateway:Mode", "Cluster"), ("ConnectionStrings:storage", "UseDevelopmentStorage=true"));

        Assert.Equal(
            [
                "ConnectionStrings:redis is not set; accepted: a connection string, because Gateway:Mode is Cluster.",
                "ConnectionStrings:logs is not set; accepted: a connection string, because Gateway:Mode is Cluster.",
            ],
            mistakes);
    }

    [Fact]
    public void Validate_EmptyValues_CountAsNotSet() =>
        Assert.Empty(Validate(("Gateway:Mode", ""), ("Gateway:Bootstrap:Token", ""), ("Gateway:Logs", ""), ("Gateway:Upstream:ConnectTimeout", "")));

    [Fact]
    public void Validate_ValueWithLineBreak_StaysOneLine() =>
        Assert.DoesNotContain('\n', Assert.Single(Validate(("Gateway:Mode", "a\nb"))));

    [Fact]
    public void Validate_EnvironmentVariableNobodyKnows_IsAMistake()
    {
        const string Prefix = "OPTIONSTEST_";
        Environment.SetEnvironmentVariable(Prefix + "Gateway__Upstream__Foo", "1");
        try
        {
            var configuration = new ConfigurationBuilder().AddEnvironmentVariables(Prefix).Build();

            Assert.StartsWith("Gateway:Upstream:Foo = '1' is not known", Assert.Single(GatewayOptionsReader.Validate(configuration, Slugs)), StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(Prefix + "Gateway__Upstream__Foo", null);
        }
    }

    [Fact]
    public void Validate_MetricsUrlBesideKestrelEndpoints_IsAMistake() =>
        Assert.Contains("Kestrel:Endpoints", Assert.Single(Validate(("Gateway:MetricsUrl", "http://*:9464"), ("Kestrel:Endpoints:Http:Url", "http://*:80"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("Embedded", true)]
    [InlineData("Cluster", false)]
    public void IsProviderEnabled_SimulatorNotSet_FollowsTheMode(string mode, bool expected)
    {
        var options = new GatewayOptions { Mode = Enum.Parse<GatewayMode>(mode) };

        Assert.Equal(expected, options.IsProviderEnabled("simulator"));
        Assert.True(options.IsProviderEnabled("openai"));
    }

    private static IReadOnlyList<string> Validate(params (string Key, string Value)[] settings) =>
        GatewayOptionsReader.Validate(Configuration(settings), Slugs);

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)).Build();
}
