using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Logpush;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Egress;
using GatewayActors.Front.Export.Logpush;
using GatewayActors.Front.Secrets;
using GatewayActors.Front.Telemetry;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Management;
using GatewayActors.Providers;
using GatewayActors.Storage;
using GatewayActors.Testing.Upstreams;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using AdminBodies = GatewayActors.Front.Tests.Management.Bodies;

namespace GatewayActors.Front.Tests.Export;

[Collection(typeof(AdminTests))]
public sealed class LogpushRunnerTests(AdminHost host) : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-tests-");
    private readonly GatewayOptions _options = new() { Upstream = { AllowPrivateNetworks = true } };
    private readonly TestClock _clock = new();
    private ServiceProvider _services = null!;
    private FakeUpstream _receiver = null!;
    private Tenant _tenant = null!;

    private ILogStore Store => _services.GetRequiredService<ILogStore>();

    private ILogpushGrain Jobs => host.Grains.GetGrain<ILogpushGrain>(GrainKeys.Logpush(_tenant.AccountId));

    public async ValueTask InitializeAsync()
    {
        _services = new ServiceCollection().AddMetrics().AddSingleton(new ProviderCatalog(BuiltInProviders.All)).AddSingleton<TelemetryLabels>().AddSingleton<GatewayMetrics>()
            .AddSqliteLogStore(options => options.Path = Path.Combine(_directory.FullName, "logs.db"))
            .BuildServiceProvider();
        await Store.InitializeAsync(_cancelled);
        _receiver = await FakeUpstream.StartAsync(_cancelled);
        _tenant = await host.CreateTenantAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync();
        await _services.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Round_WithNewEntries_PushesEachOnceInOneFile()
    {
        await _tenant.CreateGatewayAsync("g");
        await CreateJobAsync("?header_Authorization=Basic%20YTpi&team=red");
        var (first, second) = (Entry("g"), Entry("g"));
        await Store.WriteAsync([first, second, Entry("g", isPushed: false)], _cancelled);
        _receiver.Default.Then(UpstreamReply.Json("{}"));

        await RunAsync();
        await RunAsync();

        var request = Assert.Single(_receiver.Default.Requests);
        Assert.Equal(("POST", "/logs?team=red", "Basic YTpi", "gzip"), (request.Method, request.Target, request.Header("authorization"), request.Header("content-encoding")));
        Assert.Equal([first.Id, second.Id], Lines(request).Select(line => line.GetProperty("LogId").GetGuid()));
        Assert.Equal("""{"q":1}""", Lines(request)[0].GetProperty("RequestBody").GetString());
        var job = Assert.Single(await Jobs.ListAsync(_cancelled));
        Assert.NotNull(job.LastComplete);
        Assert.Null(job.ErrorMessage);
        Assert.Empty(await _services.GetRequiredService<ILogOutbox>().ListAccountsAsync(_cancelled)); // Nothing is kept of what all have.
    }

    [Fact]
    public async Task Round_OfAGatewayWithAKey_PushesWhatItsHolderCanRead()
    {
        using var rsa = RSA.Create(2048);
        (await _tenant.SendAsync(HttpMethod.Post, "ai-gateway/gateways", AdminBodies.Gateway("g", $",\"logpush\":true,\"logpush_public_key\":{JsonSerializer.Serialize(rsa.ExportSubjectPublicKeyInfoPem())}"))).AssertSuccess();
        await CreateJobAsync();
        await Store.WriteAsync([Entry("g")], _cancelled);
        _receiver.Default.Then(UpstreamReply.Json("{}"));

        await RunAsync();

        var line = Assert.Single(Lines(Assert.Single(_receiver.Default.Requests)));
        Assert.Equal("""{"q":1}""", LogpushLineTests.Decrypt(rsa, line.GetProperty("RequestBody")));
    }

    [Fact]
    public async Task Round_WithAKeyThatIsNone_LeavesContentsOutAndSaysSo()
    {
        (await _tenant.SendAsync(HttpMethod.Post, "ai-gateway/gateways", AdminBodies.Gateway("g", ",\"logpush_public_key\":\"0123456789abcdef\""))).AssertSuccess();
        await CreateJobAsync();
        await Store.WriteAsync([Entry("g")], _cancelled);
        _receiver.Default.Then(UpstreamReply.Json("{}"));

        await RunAsync();

        Assert.Equal(JsonValueKind.Null, Assert.Single(Lines(Assert.Single(_receiver.Default.Requests))).GetProperty("RequestBody").ValueKind);
        Assert.StartsWith("logpush_public_key of g ", Assert.Single(await Jobs.ListAsync(_cancelled)).ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Round_ThatFails_KeepsTheEntriesOverARestart()
    {
        await _tenant.CreateGatewayAsync("g");
        await CreateJobAsync();
        var entry = Entry("g");
        await Store.WriteAsync([entry], _cancelled);
        _receiver.Default.Then(new UpstreamReply().Status(503).Header("Retry-After", "90").Content("{}"u8.ToArray())).Then(UpstreamReply.Json("{}"));
        using var sender = Sender();
        var before = Runner(sender);

        await before.RunOnceAsync(_cancelled);
        await before.RunOnceAsync(_cancelled); // It is left alone for as long as it asked.
        var failed = Assert.Single(await Jobs.ListAsync(_cancelled));
        await Runner(sender).RunOnceAsync(_cancelled); // Another process knows where the job is.

        Assert.Equal(("the destination answered 503", true), (failed.ErrorMessage, failed.LastError is not null));
        Assert.Equal(2, _receiver.Default.Requests.Count);
        Assert.Equal(entry.Id, Assert.Single(Lines(_receiver.Default.Requests[1])).GetProperty("LogId").GetGuid());
        Assert.Null(Assert.Single(await Jobs.ListAsync(_cancelled)).ErrorMessage);
    }

    [Fact]
    public async Task Round_WithALongExchange_PushesWhatWasWrittenLaterButBeganEarlier()
    {
        await _tenant.CreateGatewayAsync("g");
        await CreateJobAsync();
        var (quick, slow) = (Entry("g", at: 100), Entry("g", at: 0));
        _receiver.Default.Otherwise(_ => UpstreamReply.Json("{}"));

        await Store.WriteAsync([quick], _cancelled);
        await RunAsync();
        await Store.WriteAsync([slow], _cancelled);
        await RunAsync();

        Assert.Equal([quick.Id, slow.Id], _receiver.Default.Requests.SelectMany(Lines).Select(line => line.GetProperty("LogId").GetGuid()));
    }

    [Fact]
    public async Task Round_OfAnAccountWithoutJobs_KeepsNothingForLater()
    {
        await _tenant.CreateGatewayAsync("g");
        await Store.WriteAsync([Entry("g")], _cancelled);
        await RunAsync();
        await CreateJobAsync();
        var later = Entry("g");
        await Store.WriteAsync([later], _cancelled);
        _receiver.Default.Then(UpstreamReply.Json("{}"));

        await RunAsync();

        Assert.Equal(later.Id, Assert.Single(Lines(Assert.Single(_receiver.Default.Requests))).GetProperty("LogId").GetGuid());
    }

    [Fact]
    public async Task Round_WithASealedDestination_OpensItForTheDelivery()
    {
        await _tenant.CreateGatewayAsync("g");
        await CreateJobAsync("?header_Authorization=Basic%20YTpi", text => host.Sealer.SealText(_tenant.AccountId, text));
        await Store.WriteAsync([Entry("g")], _cancelled);
        _receiver.Default.Then(UpstreamReply.Json("{}"));

        await RunAsync();

        Assert.Equal("Basic YTpi", Assert.Single(_receiver.Default.Requests).Header("authorization"));
        Assert.NotNull(Assert.Single(await Jobs.ListAsync(_cancelled)).LastComplete);
    }

    [Fact]
    public async Task Round_WithADestinationThatDoesNotOpen_SaysSoAndKeepsTheEntries()
    {
        await _tenant.CreateGatewayAsync("g");
        await CreateJobAsync(seal: text => host.Sealer.SealText("another-account", text));
        await Store.WriteAsync([Entry("g")], _cancelled);

        await RunAsync();

        Assert.Empty(_receiver.Default.Requests);
        Assert.StartsWith("the destination cannot be opened", Assert.Single(await Jobs.ListAsync(_cancelled)).ErrorMessage, StringComparison.Ordinal);
        Assert.Single(await _services.GetRequiredService<ILogOutbox>().ListAccountsAsync(_cancelled));
    }

    [Fact]
    public async Task Round_WithFilterAndOptions_PushesWhatMatchesInThatForm()
    {
        await _tenant.CreateGatewayAsync("g");
        await _tenant.CreateGatewayAsync("h");
        var outbox = _services.GetRequiredService<ILogOutbox>();
        var definition = new LogpushDefinition
        {
            Destination = $"{_receiver.BaseUrl}/logs",
            Enabled = true,
            Filter = """{"where":{"key":"Gateway","operator":"eq","value":"g"}}""",
            Output = new() { FieldNames = ["Gateway"], Type = LogpushOutputType.Csv, BatchPrefix = "[", BatchSuffix = "]", RecordDelimiter = "|", RecordSuffix = "" },
        };
        await Jobs.CreateAsync(definition, await outbox.ReadLastNumberAsync(_cancelled), _cancelled);
        await Store.WriteAsync([Entry("g"), Entry("h"), Entry("g")], _cancelled);
        _receiver.Default.Then(UpstreamReply.Json("{}"));

        await RunAsync();
        await Store.WriteAsync([Entry("h")], _cancelled);
        await RunAsync(); // Nothing matches: nothing is sent, and the job goes on behind it.

        var request = Assert.Single(_receiver.Default.Requests);
        Assert.Equal("text/csv", request.Header("content-type"));
        using var reader = new StreamReader(new GZipStream(new MemoryStream(request.Body), CompressionMode.Decompress));
        Assert.Equal("[\"g\"|\"g\"]", await reader.ReadToEndAsync(_cancelled));
        Assert.Equal(await outbox.ReadLastNumberAsync(_cancelled), Assert.Single(await Jobs.ListAsync(_cancelled)).Cursor);
    }

    [Fact]
    public async Task Round_ToAPrivateAddress_ConnectsNowhere()
    {
        await _tenant.CreateGatewayAsync("g");
        await CreateJobAsync();
        await Store.WriteAsync([Entry("g")], _cancelled);
        _options.Upstream.AllowPrivateNetworks = false;

        await RunAsync();

        Assert.Empty(_receiver.Default.Requests);
        Assert.NotNull(Assert.Single(await Jobs.ListAsync(_cancelled)).ErrorMessage);
    }

    [Fact]
    public async Task Round_OfTwoAccounts_MixesNothing()
    {
        var other = await host.CreateTenantAsync();
        await _tenant.CreateGatewayAsync("g");
        await other.CreateGatewayAsync("g");
        await CreateJobAsync();
        var mine = Entry("g");
        await Store.WriteAsync([Entries.Pushed(other.AccountId, "g", Entries.CreatedAt), mine], _cancelled);
        _receiver.Default.Then(UpstreamReply.Json("{}"));

        await RunAsync();

        Assert.Equal(mine.Id, Assert.Single(Lines(Assert.Single(_receiver.Default.Requests))).GetProperty("LogId").GetGuid());
    }

    private static JsonElement[] Lines(RecordedRequest request)
    {
        using var reader = new StreamReader(new GZipStream(new MemoryStream(request.Body), CompressionMode.Decompress));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    private LogEntry Entry(string gateway, bool isPushed = true, double at = 0) => Entries.Pushed(_tenant.AccountId, gateway, Entries.CreatedAt.AddSeconds(at), isPushed);

    private async Task CreateJobAsync(string query = "", Func<string, string>? seal = null)
    {
        var cursor = await _services.GetRequiredService<ILogOutbox>().ReadLastNumberAsync(_cancelled);
        var destination = $"{_receiver.BaseUrl}/logs{query}"; // In the clear, as it was stored before there was sealing.
        var change = await Jobs.CreateAsync(new() { Destination = seal is null ? destination : seal(destination), Enabled = true }, cursor, _cancelled);
        Assert.Equal(LogpushOutcome.Done, change.Outcome);
    }

    private async Task RunAsync()
    {
        using var sender = Sender();
        await Runner(sender).RunOnceAsync(_cancelled);
    }

    private LogpushSender Sender() => new(new GuardedEgress(new SystemHostResolver(), _options, NullLogger<GuardedEgress>.Instance), _clock);

    private LogpushRunner Runner(LogpushSender sender)
    {
        var outbox = _services.GetRequiredService<ILogOutbox>();
        return new(outbox, new(outbox, Store, host.Grains), sender, host.Sealer, host.Grains, _options, _services.GetRequiredService<GatewayMetrics>(), _clock, NullLogger<LogpushRunner>.Instance);
    }
}
