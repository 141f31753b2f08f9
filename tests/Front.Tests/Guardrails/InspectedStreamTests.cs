using System.Text;
using System.Threading.Channels;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Inspection;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers;
using GatewayActors.Providers.Usage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GatewayActors.Front.Tests.Guardrails;

/// <summary>Streams that are inspected while they run, cut at every byte, with inspections of every speed.</summary>
public sealed class InspectedStreamTests : IAsyncLifetime
{
    private const string Before = "I like the ";
    private const string After = " a lot";

    private readonly FakeTimeProvider _time = new();
    private DataPlaneHost _host = null!;

    public static TheoryData<string> Dialects => StreamDialect.Names;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory, MemberData(nameof(Dialects))]
    public async Task Bytes_CutAtEveryPlace_NeverLetThePhrasePass(string dialect)
    {
        var bytes = Bytes(dialect, [Before, "pur", "ple eleph", "ant", After]);
        for (var at = 1; at < bytes.Length; at++)
        {
            var inspector = new PhraseInspector();
            await using var run = await RunAsync(dialect, inspector, [bytes[..at], bytes[at..]]);

            Assert.NotNull(run.Stream.Error);
            Assert.DoesNotContain(GuardedHost.Forbidden, StreamDialect.TextOf(run.Received), StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Dialects))]
    public async Task Bytes_OneByOne_GoOnUpToThePhrase(string dialect)
    {
        var bytes = Bytes(dialect, [Before, "pur", "ple eleph", "ant", After]);
        await using var run = await RunAsync(dialect, new PhraseInspector(), [.. bytes.Select(one => new[] { one })]);

        Assert.NotNull(run.Stream.Error);
        Assert.Equal(Before + "purple eleph", StreamDialect.TextOf(run.Received));
    }

    [Theory, MemberData(nameof(Dialects))]
    public async Task Bytes_OfAHarmlessStream_AreTheSame(string dialect)
    {
        var bytes = Bytes(dialect, [Before, "gray eleph", "ant", After]);
        foreach (var size in (int[])[1, 2, 3, 7, 64, 1000])
        {
            await using var run = await RunAsync(dialect, new PhraseInspector(), [.. bytes.Chunk(size)]);

            Assert.Null(run.Stream.Error);
            Assert.Equal(Encoding.Latin1.GetString(bytes), Encoding.Latin1.GetString(run.Received));
        }
    }

    [Fact]
    public async Task FirstBytes_WaitForOneInspectionAlone()
    {
        var inspector = new GatedInspector();
        var events = StreamDialect.All["chat completions"].Write(["one", "two", "three"]);
        var pieces = new PieceAnswer("text/event-stream", hold: true);
        pieces.Add(events[0]);

        var creating = CreateAsync("chat completions", inspector, pieces).AsTask();
        await inspector.BegunAsync(1);
        pieces.Add(events[1]);
        Assert.False(creating.IsCompleted);
        inspector.Release();
        using var stream = await creating;

        // The second event came while the first one was inspected: it waits for an inspection of its own, the first does not wait for it.
        Assert.Equal(Encoding.UTF8.GetString(events[0]), Encoding.UTF8.GetString(stream.First.Span));
        Assert.Equal(1, inspector.Begun);
    }

    [Fact]
    public async Task LaterText_WaitsForMoreOrForTime()
    {
        var inspector = new GatedInspector { Window = new(Characters: 100, Overlap: 10) };
        var events = StreamDialect.All["chat completions"].Write(["one", "two", "three"]);
        var pieces = new PieceAnswer("text/event-stream", hold: true);
        pieces.Add(events[0]);
        inspector.Release();
        using var stream = await CreateAsync("chat completions", inspector, pieces);
        pieces.Add(events[1]);

        var reading = stream.ReadNextAsync().AsTask();
        Assert.Equal(1, inspector.Begun);
        inspector.Release();
        _time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Equal(Encoding.UTF8.GetString(events[1]), Encoding.UTF8.GetString((await reading).Span));
        Assert.Equal(2, inspector.Begun);
    }

    private static byte[] Bytes(string dialect, string[] pieces) => [.. StreamDialect.All[dialect].Write(pieces).SelectMany(bytes => bytes)];

    private async Task<Run> RunAsync(string dialect, IInspector inspector, byte[][] pieces)
    {
        var answer = new PieceAnswer(StreamDialect.All[dialect].ContentType, hold: false);
        foreach (var piece in pieces)
        {
            answer.Add(piece);
        }

        var stream = await CreateAsync(dialect, inspector, answer);
        List<byte> received = [.. stream.First.Span];
        while (await stream.ReadNextAsync() is { IsEmpty: false } piece)
        {
            received.AddRange(piece.Span);
        }

        return new(stream, [.. received]);
    }

    private ValueTask<InspectedStream> CreateAsync(string dialect, IInspector inspector, Answer answer)
    {
        var step = CreateStep(dialect);
        var stage = new InspectionStage([inspector], null!, new GatewayOptions());
        return InspectedStream.CreateAsync(stage, step, answer, new CancellationTokenSource(), _time);
    }

    private Step CreateStep(string dialect)
    {
        var http = new DefaultHttpContext();
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = "/";
        var exchange = new Exchange(http, Guid.CreateVersion7(), DateTimeOffset.UnixEpoch, 0)
        {
            Snapshot = new(new GatewayRecord
            {
                AccountId = DataPlaneHost.Account,
                Id = "main",
                InternalId = Guid.CreateVersion7(),
                Version = 1,
                Configuration = DataPlaneHost.Configuration(),
                CreatedAt = default,
                ModifiedAt = default,
                IsDefault = false,
            }),
        };
        var path = StreamDialect.All[dialect].Path;
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return new(exchange, http.Request.Headers)
        {
            Route = new(_host.Services.GetRequiredService<UpstreamTransports>().Find(path.AsSpan(0, slash))!, new UpstreamAddress("https://example.com/", path[(slash + 1)..])),
        };
    }

    private sealed record Run(InspectedStream Stream, byte[] Received) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            Stream.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Finds the phrase in what it is shown.</summary>
    private sealed class PhraseInspector : IInspector
    {
        public InspectionLevel LevelOf(Step step, InspectedSide side) => InspectionLevel.Enforce;

        public ValueTask<GatewayError?> InspectAsync(Step step, InspectedSide side, IReadOnlyList<InspectedText> texts, CancellationToken cancellationToken) =>
            ValueTask.FromResult(texts.Any(text => text.Text.Contains(GuardedHost.Forbidden, StringComparison.Ordinal)) ? Blocked : null);

        public StreamWindow WindowOf(Step step) => new(1, 100);

        public GatewayError? Miss(Step step, InspectedSide side) => Blocked;

        private static GatewayError Blocked { get; } = new(GatewayErrorKind.ResponseBlocked, GatewayError.ResponseBlockedMessage);
    }

    /// <summary>Takes as long as the test wants, and finds nothing.</summary>
    private sealed class GatedInspector : IInspector
    {
        private readonly Channel<bool> _begun = Channel.CreateUnbounded<bool>();
        private readonly Channel<bool> _released = Channel.CreateUnbounded<bool>();

        public int Begun { get; private set; }

        public StreamWindow Window { get; init; } = new(1, 0);

        public InspectionLevel LevelOf(Step step, InspectedSide side) => InspectionLevel.Enforce;

        public async ValueTask<GatewayError?> InspectAsync(Step step, InspectedSide side, IReadOnlyList<InspectedText> texts, CancellationToken cancellationToken)
        {
            Begun++;
            _begun.Writer.TryWrite(true);
            await _released.Reader.ReadAsync(cancellationToken);
            return null;
        }

        public StreamWindow WindowOf(Step step) => Window;

        public GatewayError? Miss(Step step, InspectedSide side) => null;

        public void Release() => _released.Writer.TryWrite(true);

        public async Task BegunAsync(int count)
        {
            for (var seen = 0; seen < count; seen++)
            {
                await _begun.Reader.ReadAsync(TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>An answer in pieces; without <paramref name="hold"/> it ends after the last.</summary>
    private sealed class PieceAnswer(string contentType, bool hold) : Answer
    {
        private readonly Channel<byte[]> _pieces = Channel.CreateUnbounded<byte[]>();

        public override int StatusCode => 200;

        public override string ContentType => contentType;

        public override ReadOnlyMemory<byte> First => default;

        public override bool IsWhole => false;

        public void Add(byte[] piece) => _pieces.Writer.TryWrite(piece);

        public override void CopyHeaders(IHeaderDictionary headers)
        {
        }

        public override async ValueTask<ReadOnlyMemory<byte>> ReadNextAsync() =>
            _pieces.Reader.TryRead(out var piece) ? piece : hold ? await _pieces.Reader.ReadAsync(TestContext.Current.CancellationToken) : default;

        public override UsageReport? Report() => null;
    }
}
