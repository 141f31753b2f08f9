using System.Text;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Caching;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GatewayActors.Front.Tests.Caching;

/// <summary>Identical requests at the same time, and the one call they share.</summary>
public sealed class SingleFlightTests : IAsyncLifetime
{
    private const string StreamBody = """{"model":"gpt-4o-mini","stream":true}""";
    private const int Many = 50;

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await DataPlaneHost.StartAsync();
        _host.Gateway.Set(CachingHost.Configuration(streaming: true));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task FiftyRequests_OfAWholeAnswer_AreOneCall()
    {
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Header("content-type", "application/json").Wait(gate).Content(Encoding.UTF8.GetBytes(Bodies.Completion)));

        var leader = _host.ChatAsync();
        await _host.Script.NextAsync(_cancelled);
        var followers = Enumerable.Range(1, Many - 1).Select(_ => _host.ChatAsync()).ToArray();
        await WaitingAsync(Many);
        gate.Open();
        FrontAnswer[] answers = [await leader, .. await Task.WhenAll(followers)];

        Assert.All(answers, answer => Assert.Equal((200, Bodies.Completion), (answer.Status, answer.Text)));
        Assert.Equal(["0.00021"], answers.Where(answer => answer.Status() == "MISS").Select(answer => answer.Header("cf-aig-cost")));
        Assert.Equal(Many - 1, answers.Count(answer => answer.Status() == "HIT"));
        Assert.Single(_host.Script.Requests);
        var entries = await EntriesAsync(Many);
        Assert.Equal((1, 0.00021m), (entries.Count(entry => !entry.Cached), entries.Sum(entry => entry.CostUsd)));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task FiftyRequests_OfAStream_AreOneCallAndGetEveryEventAtOnce()
    {
        var (first, second) = (new Gate(), new Gate());
        _host.Script.Then(UpstreamReply.EventStream().Wait(first).Event("one").Wait(second).Event("[DONE]"));

        using var leader = new StreamClient(_host);
        await _host.Script.NextAsync(_cancelled);
        var followers = Enumerable.Range(1, Many - 1).Select(_ => new StreamClient(_host)).ToArray();
        await WaitingAsync(Many);
        first.Open();
        StreamClient[] all = [leader, .. followers];

        // The first event has come to everyone before the second is sent.
        await Task.WhenAll(all.Select(reader => reader.ReadAsync("data: one\n\n")));
        second.Open();
        await Task.WhenAll(all.Select(reader => reader.ReadAsync("data: [DONE]\n\n")));
        await Task.WhenAll(all.Select(reader => reader.EndAsync()));

        Assert.Single(_host.Script.Requests);
        Assert.Equal("HIT", (await _host.PostAsync(StreamBody)).Status());
        Array.ForEach(followers, follower => follower.Dispose());
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Latecomer_InTheMiddleOfAStream_GetsItFromTheBeginning()
    {
        var gate = new Gate();
        _host.Script.Then(UpstreamReply.EventStream().Event("one").Wait(gate).Event("[DONE]"));
        using var leader = new StreamClient(_host);
        await leader.ReadAsync("data: one\n\n");

        using var latecomer = new StreamClient(_host);
        await latecomer.ReadAsync("data: one\n\n");
        gate.Open();

        await latecomer.ReadAsync("data: [DONE]\n\n");
        await latecomer.EndAsync();
        await leader.ReadAsync("data: [DONE]\n\n");
        Assert.Equal("HIT", await latecomer.CacheStatusAsync());
        Assert.Single(_host.Script.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LeadersClient_GoesAway_FollowersGetEverything(bool afterTheFirstEvent)
    {
        var (first, second) = (new Gate(), new Gate());
        _host.Script.Then(UpstreamReply.EventStream().Wait(first).Event("one").Wait(second).Event("""{"model":"gpt-4o-mini","usage":{"prompt_tokens":1000,"completion_tokens":100}}""").Event("[DONE]"));
        using var leader = new StreamClient(_host);
        var upstream = await _host.Script.NextAsync(_cancelled);
        using var follower = new StreamClient(_host);
        await WaitingAsync(2);
        if (afterTheFirstEvent)
        {
            first.Open();
            await leader.ReadAsync("data: one\n\n");
        }

        await leader.AbortAsync();
        await WaitingAsync(1);
        first.Open();
        second.Open();

        await follower.ReadAsync("data: one\n\n");
        await follower.ReadAsync("data: {\"model\":\"gpt-4o-mini\",\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":100}}\n\ndata: [DONE]\n\n");
        await follower.EndAsync();
        await upstream.Finished;
        Assert.False(upstream.Aborted.IsCompleted);
        Assert.Equal("HIT", (await _host.PostAsync(StreamBody)).Status());
        var entries = await EntriesAsync(3);
        var left = entries.Single(entry => entry.StatusCode == 499);
        Assert.Equal((false, 1_000, 0.00021m), (left.Cached, left.TokensIn, left.CostUsd)); // It was fetched for it, and is paid for.
        Assert.Equal(0m, entries.Where(entry => entry.StatusCode == 200).Sum(entry => entry.CostUsd));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LastClient_GoesAway_EndsTheCall(bool afterTheFirstEvent)
    {
        var gate = new Gate();
        _host.Script.Then(UpstreamReply.EventStream().Wait(gate).Event("one").Stall());
        using var leader = new StreamClient(_host);
        var upstream = await _host.Script.NextAsync(_cancelled);
        using var follower = new StreamClient(_host);
        await WaitingAsync(2);
        if (afterTheFirstEvent)
        {
            gate.Open();
            await Task.WhenAll(leader.ReadAsync("data: one\n\n"), follower.ReadAsync("data: one\n\n"));
        }

        await leader.AbortAsync();
        await WaitingAsync(1);
        Assert.False(upstream.Aborted.IsCompleted);
        await follower.AbortAsync();

        await upstream.Aborted;
        Assert.All(await EntriesAsync(2), entry => Assert.Equal((499, false), (entry.StatusCode, entry.Success)));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task SlowLeader_DoesNotHoldFollowersUp()
    {
        // More than the sockets between leader and front take, and than is kept.
        var bytes = new byte[CachePlan.MaxBytes - 1];
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Header("content-type", "image/png").Wait(gate).Send(bytes));
        using var leader = new StreamClient(_host);
        await _host.Script.NextAsync(_cancelled);
        var follower = _host.PostAsync(StreamBody);
        await WaitingAsync(2);
        gate.Open();

        Assert.Equal(bytes.Length, (await follower).Body.Length); // The leader has not read a byte.
    }

    [Fact]
    public async Task Error_OfTheProvider_IsSharedByThoseWhoWait()
    {
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Status(500).Header("content-type", "application/json").Wait(gate).Content("{\"error\":1}"u8.ToArray()));
        var leader = _host.ChatAsync();
        await _host.Script.NextAsync(_cancelled);
        var follower = _host.ChatAsync();
        await WaitingAsync(2);
        gate.Open();

        foreach (var answer in await Task.WhenAll(leader, follower))
        {
            Assert.Equal((500, "{\"error\":1}", "MISS"), (answer.Status, answer.Text, answer.Status()));
        }

        Assert.Single(_host.Script.Requests);
        Assert.All(await EntriesAsync(2), entry => Assert.Equal((500, false, false, null), (entry.StatusCode, entry.Success, entry.Cached, entry.CostUsd)));
    }

    [Theory]
    [InlineData(401, false)]
    [InlineData(400, false)]
    [InlineData(503, false)]
    [InlineData(401, true)]
    public async Task ClientsKey_AFailureOfAnotherRequest_IsNotShared(int status, bool isSameRequest)
    {
        // Behind a gateway that knows its callers the key alone says what may be shared.
        _host.Gateway.Set(CachingHost.Configuration(authentication: true));
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Status(status).Header("content-type", "application/json").Wait(gate).Content("{\"error\":1}"u8.ToArray()));
        _host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));
        (string, string)[] own = [("cf-aig-authorization", _host.Token), ("cf-aig-cache-key", "greeting")];
        var leader = _host.ChatAsync(own);
        await _host.Script.NextAsync(_cancelled);
        var follower = isSameRequest ? _host.ChatAsync(own) : _host.PostAsync("""{"model":"gpt-4o-mini","messages":[],"user":"other"}""", own);
        await WaitingAsync(2);
        gate.Open();

        Assert.Equal(status, (await leader).Status);
        Assert.Equal(isSameRequest ? status : 200, (await follower).Status);
        Assert.Equal(isSameRequest ? 1 : 2, _host.Script.Requests.Count);
    }

    [Fact]
    public async Task ClientsKey_AFailureWithAnotherCredential_IsNotShared()
    {
        _host.Gateway.Set(CachingHost.Configuration(authentication: true));
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Wait(gate).Reset());
        _host.Script.Otherwise(_ => UpstreamReply.Json(Bodies.Completion));
        (string, string)[] own = [("cf-aig-authorization", _host.Token), ("cf-aig-cache-key", "greeting"), ("content-type", "application/json")];
        var leader = _host.SendAsync(HttpMethod.Post, "openai/chat/completions", Bodies.Chat, [.. own, ("authorization", "Bearer sk-one")]);
        await _host.Script.NextAsync(_cancelled);
        var follower = _host.SendAsync(HttpMethod.Post, "openai/chat/completions", Bodies.Chat, [.. own, ("authorization", "Bearer sk-two")]);
        await WaitingAsync(2);
        gate.Open();

        (await leader).AssertError(502, 2005);
        Assert.Equal(200, (await follower).Status);
    }

    [Fact]
    public async Task Provider_ClosesTheConnection_FailsThoseWhoWait()
    {
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Wait(gate).Reset());
        var leader = _host.ChatAsync();
        await _host.Script.NextAsync(_cancelled);
        var follower = _host.ChatAsync();
        await WaitingAsync(2);
        gate.Open();

        foreach (var answer in await Task.WhenAll(leader, follower))
        {
            answer.AssertError(502, 2005);
        }

        Assert.Single(_host.Script.Requests);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Stream_IsCut_IsCutForEveryone()
    {
        var (first, gate) = (new Gate(), new Gate());
        _host.Script.Then(UpstreamReply.EventStream().Wait(first).Event("one").Wait(gate).Cut());
        using var leader = new StreamClient(_host);
        await _host.Script.NextAsync(_cancelled);
        using var follower = new StreamClient(_host);
        await WaitingAsync(2);
        first.Open();
        await Task.WhenAll(leader.ReadAsync("data: one\n\n"), follower.ReadAsync("data: one\n\n"));
        gate.Open();

        await Assert.ThrowsAnyAsync<IOException>(leader.EndAsync);
        await Assert.ThrowsAnyAsync<IOException>(follower.EndAsync);
        Assert.All(await EntriesAsync(2), entry => Assert.Contains("upstream_cut", entry.DetailsJson, StringComparison.Ordinal));
        Assert.All(_host.Shards, shard => Assert.Empty(shard.Stored));
    }

    [Fact]
    public async Task AnswerThatIsNotCached_IsFetchedByEach()
    {
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Header("content-type", "audio/mpeg").Wait(gate).Content(new byte[10]));
        _host.Script.Otherwise(_ => new UpstreamReply().Header("content-type", "audio/mpeg").Content(new byte[11]));
        var leader = _host.ChatAsync();
        await _host.Script.NextAsync(_cancelled);
        var followers = Enumerable.Range(1, 5).Select(_ => _host.ChatAsync()).ToArray();
        await WaitingAsync(6);
        gate.Open();

        Assert.Equal(10, (await leader).Body.Length);
        Assert.All(await Task.WhenAll(followers), follower => Assert.Equal((11, "MISS"), (follower.Body.Length, follower.Status())));
        Assert.Equal(6, _host.Script.Requests.Count);
        await NothingIsLeftAsync();
    }

    [Theory]
    [InlineData(false, "", "")]
    [InlineData(true, "", "cf-aig-max-attempts: 2")] // Another patience.
    [InlineData(true, "", "cf-aig-skip-cache: true")]
    [InlineData(true, "cf-aig-cache-ttl: 0", "")]
    public async Task Requests_ThatMayNotShare_AreCallsOfTheirOwn(bool singleFlight, string first, string second)
    {
        _host.Gateway.Set(CachingHost.Configuration(singleFlight: singleFlight, streaming: true));
        var gate = new Gate();
        _host.Script.Otherwise(_ => UpstreamReply.EventStream().Wait(gate).Event("[DONE]"));
        var one = _host.PostAsync(StreamBody, Header(first));
        await _host.Script.NextAsync(_cancelled);
        var two = _host.PostAsync(StreamBody, Header(second));
        await _host.Script.NextAsync(_cancelled); // Arrives although the first is not answered.
        gate.Open();

        Assert.Equal(("MISS", "MISS"), ((await one).Status(), (await two).Status()));
    }

    [Fact]
    public async Task ReservedInTheShard_ByAnother_IsWaitedFor()
    {
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Header("content-type", "application/json").Wait(gate).Content("{\"own\":1}"u8.ToArray()));
        var own = _host.ChatAsync(("cf-aig-max-attempts", "2"));
        await _host.Script.NextAsync(_cancelled);

        // Another patience is another flight: it meets the reservation in the shard, as another front's would.
        var other = _host.ChatAsync();
        await UntilAsync(_ => _host.Shards.Sum(shard => shard.Queries.Count) == 2);
        gate.Open();

        Assert.Equal(("{\"own\":1}", "{\"own\":1}"), ((await own).Text, (await other).Text));
        Assert.Equal(("MISS", "HIT"), ((await own).Status(), (await other).Status()));
        Assert.Single(_host.Script.Requests);
    }

    /// <summary>Waits until so many exchanges wait for the one answer that is fetched.</summary>
    private Task WaitingAsync(int count) => UntilAsync(running => running.Count == 1 && running.Single().Waiting == count);

    private async Task NothingIsLeftAsync()
    {
        await UntilAsync(running => running.Count == 0);
        Assert.All(_host.Shards, shard => Assert.Equal(0, shard.Reservations));
    }

    private async Task UntilAsync(Func<ICollection<Flight>, bool> isReached)
    {
        var flights = _host.Services.GetRequiredService<Flights>();
        while (!isReached(flights.Running))
        {
            await Task.Delay(1, _cancelled); // Nothing outside a front is told who waits.
        }
    }

    private async Task<List<LogEntry>> EntriesAsync(int count)
    {
        List<LogEntry> entries = [];
        while (entries.Count < count)
        {
            entries.Add((await _host.Logs.NextAsync(_cancelled)).Entry);
        }

        return entries;
    }

    private static (string, string)[] Header(string line) => line.Length == 0 ? [] : [(line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..])];

    /// <summary>A client that asks for a stream and reads it bit by bit.</summary>
    private sealed class StreamClient : IDisposable
    {
        private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
        private readonly CancellationTokenSource _client = new();
        private readonly Task<HttpResponseMessage> _answering;

        public StreamClient(DataPlaneHost host) => _answering = host.StartAsync(
            HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/openai/chat/completions", new ByteArrayContent(Encoding.UTF8.GetBytes(StreamBody)), _client.Token,
            ("authorization", "Bearer sk-client-key"), ("content-type", "application/json"));

        public async Task<string> CacheStatusAsync() => (await _answering).Headers.GetValues("cf-aig-cache-status").Single();

        /// <summary>Reads as much as this text has, and expects it.</summary>
        public async Task ReadAsync(string expected)
        {
            var bytes = new byte[Encoding.UTF8.GetByteCount(expected)];
            await (await BodyAsync()).ReadExactlyAsync(bytes, _cancelled);
            Assert.Equal(expected, Encoding.UTF8.GetString(bytes));
        }

        /// <summary>Expects the end.</summary>
        public async Task EndAsync() => Assert.Equal(0, await (await BodyAsync()).ReadAsync(new byte[1], _cancelled));

        /// <summary>Goes away.</summary>
        public async Task AbortAsync()
        {
            await _client.CancelAsync();
            if (_answering.IsCompletedSuccessfully)
            {
                (await _answering).Dispose();
            }
            else
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _answering);
            }
        }

        public void Dispose()
        {
            _client.Cancel();
            _client.Dispose();
        }

        private async Task<Stream> BodyAsync() => await (await _answering).Content.ReadAsStreamAsync(_cancelled);
    }
}
