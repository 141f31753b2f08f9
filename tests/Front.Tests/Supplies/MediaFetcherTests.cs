using System.Net;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Egress;
using GatewayActors.Front.Supplies;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Telemetry;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Supplies;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GatewayActors.Front.Tests.Supplies;

/// <summary>Fetching what tenants name by URL: what is taken, where it stops, and what it says.</summary>
public sealed class MediaFetcherTests : IDisposable
{
    private const string Url = "https://pictures.example.com/a.png?sig=SECRET";

    private static readonly byte[] Png = [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10, 1];

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly GatewayOptions _options = new();
    private readonly TestClock _clock = new();
    private readonly RecordedEvents _events = new();
    private readonly List<string> _asked = [];

    public void Dispose() => _events.Dispose();

    [Fact]
    public async Task Fetch_AnImage_IsItsBytesAndWhatTheyAre()
    {
        var fetched = await FetchAsync(_ => Answer(Png, "application/octet-stream"));

        Assert.Null(fetched.Problem);
        Assert.Equal(("image/png", Convert.ToBase64String(Png)), (fetched.Media[Url].MediaType, fetched.Media[Url].Data));
    }

    [Theory]
    [InlineData("https://pictures.example.com/b.png")]
    [InlineData("/b.png")]
    [InlineData("https://other.example.com/b.png")]
    public async Task Fetch_Redirected_FollowsAndChecksEveryStep(string location)
    {
        var fetched = await FetchAsync(url => url.AbsolutePath == "/b.png" ? Answer(Png, "image/png") : Redirect(location));

        Assert.Equal("image/png", fetched.Media[Url].MediaType);
        Assert.Equal(2, _asked.Count);
    }

    [Theory]
    [InlineData("http://pictures.example.com/b.png")]
    [InlineData("https://10.0.0.1/b.png")]
    [InlineData("https://[::1]/b.png")]
    [InlineData("https://2130706433/b.png")]
    [InlineData("https://localhost/b.png")]
    [InlineData("https://metadata.internal/b.png")]
    [InlineData("https://u:p@pictures.example.com/b.png")]
    [InlineData("file:///etc/passwd")]
    public async Task Fetch_RedirectedInside_GoesNoFurther(string location)
    {
        var fetched = await FetchAsync(_ => Redirect(location));

        Assert.NotNull(fetched.Problem);
        Assert.Single(_asked);
    }

    [Fact]
    public async Task Fetch_RedirectedInCircles_EndsAfterThree()
    {
        var fetched = await FetchAsync(_ => Redirect(Url));

        Assert.Equal("The URL could not be fetched: it redirects more than 3 times.", fetched.Problem!.Reason);
        Assert.Equal(4, _asked.Count);
    }

    [Theory]
    [InlineData("http://pictures.example.com/a.png", "the URL must begin with https://")]
    [InlineData("https://127.0.0.1/a.png", "the host must be on the public internet")]
    [InlineData("https://169.254.169.254/latest/meta-data/", "the host must be on the public internet")]
    public async Task Fetch_UrlThatTenantsMayNotSet_IsNotAskedFor(string url, string problem)
    {
        var fetched = await FetchAsync(_ => Answer(Png, "image/png"), url);

        Assert.Equal($"The URL could not be fetched: {problem}.", fetched.Problem!.Reason);
        Assert.Empty(_asked);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("8.8.8.8,10.0.0.1")]
    [InlineData("169.254.169.254")]
    public async Task Fetch_NameAtAnAddressInside_IsRefusedWithoutSayingWhy(string addresses)
    {
        var resolver = new FixedResolver([.. addresses.Split(',').Select(IPAddress.Parse)]);
        using var fetcher = Fetcher(new GuardedEgress(resolver, _options, NullLogger<GuardedEgress>.Instance).CreateHandler());

        var fetched = await fetcher.FetchAsync([new(Url, ChatPartKind.Image, "here")], _cancelled);

        Assert.Equal(("here", "The URL could not be fetched: its host cannot be reached, or broke off."), (fetched.Problem!.Media.Place, fetched.Problem.Reason));
        Assert.Equal("pictures.example.com", resolver.Asked);
    }

    [Fact]
    public async Task Fetch_ThatFails_NamesTheHostInTheLogAndNeverTheRest()
    {
        await FetchAsync(_ => new(HttpStatusCode.Forbidden));

        var entry = Assert.Single(_events.About("could not be fetched"));
        Assert.Equal((1208, LogLevel.Information, null), (entry.Id, entry.Level, entry.Exception));
        Assert.Contains("pictures.example.com", entry.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", entry.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("a.png", entry.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, "it answered with status 403")]
    [InlineData(500, "it answered with status 500")]
    [InlineData(304, "it answered with status 304")]
    public async Task Fetch_Status_IsTold(int status, string problem) =>
        Assert.Equal($"The URL could not be fetched: {problem}.", (await FetchAsync(_ => new((HttpStatusCode)status))).Problem!.Reason);

    [Theory]
    [InlineData("text/html", "<html>")]
    [InlineData("audio/mpeg", "ID3xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("", "")]
    public async Task Fetch_OtherTypes_AreRefused(string type, string body) =>
        Assert.Equal("The URL could not be fetched: it is neither an image nor a PDF.", (await FetchAsync(_ => Answer(System.Text.Encoding.UTF8.GetBytes(body), type))).Problem!.Reason);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fetch_TooLarge_IsRefusedWhetherItSaysSoOrNot(bool statesLength)
    {
        _options.Translation.MaxMediaBytes = 2_000;

        var fetched = await FetchAsync(_ => statesLength ? Answer(new byte[2_001], "image/png") : Streamed(new byte[2_001]));

        Assert.Equal("The URL could not be fetched: what the request names by URL is larger than 2000 bytes.", fetched.Problem!.Reason);
    }

    [Fact]
    public async Task Fetch_Several_ShareTheLimitOfTheRequest()
    {
        _options.Translation.MaxMediaBytes = 2_000;
        using var fetcher = Fetcher(new Answers(_asked, _ => Answer([.. Png, .. new byte[900]], "image/png")));

        var two = await fetcher.FetchAsync([Needed("https://a.example.com/"), Needed("https://b.example.com/")], _cancelled);
        var three = await fetcher.FetchAsync([Needed("https://a.example.com/"), Needed("https://b.example.com/"), Needed("https://c.example.com/")], _cancelled);

        Assert.Equal((2, null), (two.Media.Count, two.Problem));
        Assert.NotNull(three.Problem);
    }

    [Fact]
    public async Task Fetch_TooMany_FetchesNone()
    {
        _options.Translation.MaxMediaUrls = 1;
        using var fetcher = Fetcher(new Answers(_asked, _ => Answer(Png, "image/png")));

        var fetched = await fetcher.FetchAsync([Needed("https://a.example.com/"), Needed("https://b.example.com/")], _cancelled);

        Assert.Equal(("https://b.example.com/", "At most 1 URLs of one request are fetched; send the bytes."), (fetched.Problem!.Media.Url, fetched.Problem.Reason));
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task Fetch_TooSlow_EndsAtItsLimit()
    {
        using var fetcher = Fetcher(new Answers(_asked, never: true));
        var fetching = fetcher.FetchAsync([Needed(Url)], _cancelled);
        await _clock.SetAsync(_options.Translation.MediaTimeout, _cancelled);
        _clock.Advance(_options.Translation.MediaTimeout);

        Assert.Equal("The URL could not be fetched: it did not come within 10 s.", (await fetching).Problem!.Reason);
    }

    [Fact]
    public async Task Fetch_ClientLeaves_EndsAtOnce()
    {
        using var leaves = new CancellationTokenSource();
        using var fetcher = Fetcher(new Answers(_asked, never: true));
        var fetching = fetcher.FetchAsync([Needed(Url)], leaves.Token);

        await leaves.CancelAsync();

        var fetched = await fetching;
        Assert.Equal((0, null), (fetched.Media.Count, fetched.Problem));
    }

    private static NeededMedia Needed(string url) => new(url, ChatPartKind.Image, "messages[0].content[0].source.url");

    private static HttpResponseMessage Answer(byte[] body, string type)
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("content-type", type);
        return new() { Content = content };
    }

    private static HttpResponseMessage Streamed(byte[] body) => new() { Content = new StreamContent(new UnknownLength(body)) };

    private static HttpResponseMessage Redirect(string location)
    {
        var response = new HttpResponseMessage(HttpStatusCode.Found);
        response.Headers.TryAddWithoutValidation("location", location);
        return response;
    }

    private async Task<FetchedMedia> FetchAsync(Func<Uri, HttpResponseMessage> answer, string url = Url)
    {
        using var fetcher = Fetcher(new Answers(_asked, answer));
        return await fetcher.FetchAsync([Needed(url)], _cancelled);
    }

    private MediaFetcher Fetcher(HttpMessageHandler handler)
    {
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(_events).SetMinimumLevel(LogLevel.Trace));
        return new(handler, _options, _clock, factory.CreateLogger<MediaFetcher>());
    }

    private sealed class Answers(List<string> asked, Func<Uri, HttpResponseMessage>? answer = null, bool never = false) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            lock (asked)
            {
                asked.Add(request.RequestUri!.AbsoluteUri);
            }

            if (never)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            }

            return answer!(request.RequestUri!);
        }
    }

    private sealed class FixedResolver(IPAddress[] addresses) : IHostResolver
    {
        public string? Asked { get; private set; }

        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
        {
            Asked = host;
            return Task.FromResult(addresses);
        }
    }

    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
