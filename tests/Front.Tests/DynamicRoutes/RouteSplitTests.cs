using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.DynamicRoutes;
using GatewayActors.Front.DynamicRoutes.Conditions;
using GatewayActors.Front.DynamicRoutes.Model;
using GatewayActors.Front.DynamicRoutes.Running;
using GatewayActors.Front.Tests.DataPlane;
using Xunit;
using static GatewayActors.Front.Tests.DynamicRoutes.RouteHost;

namespace GatewayActors.Front.Tests.DynamicRoutes;

/// <summary>Shares, over many requests.</summary>
public sealed class RouteSplitTests
{
    private const int Requests = 10_000;

    [Theory]
    [InlineData("""{"10%":{"elementId":"a"},"25.5%":{"elementId":"b"},"else":{"elementId":"c"}}""", 10, 25.5, 64.5)]
    [InlineData("""{"0%":{"elementId":"a"},"1%":{"elementId":"b"},"99%":{"elementId":"c"}}""", 0, 1, 99)]
    [InlineData("""{"50%":{"elementId":"a"},"else":{"elementId":"b"}}""", 50, 50, 0)]
    public async Task Percentage_TenThousandRequests_AreWithinOnePercentOfTheirShares(string outputs, double a, double b, double c)
    {
        var random = await SplitAsync(outputs, _ => null, new Random(20_261_128));
        var sticky = await SplitAsync(outputs, request => $$$$$"""{"user_id":"user-{{{{{request}}}}}"}""", new NeverRandom());

        foreach (var counts in new[] { random, sticky })
        {
            Assert.Equal(Requests, counts.Values.Sum());
            Assert.InRange(counts.GetValueOrDefault("a"), Requests * (a - 1) / 100, Requests * (a + 1) / 100);
            Assert.InRange(counts.GetValueOrDefault("b"), Requests * (b - 1) / 100, Requests * (b + 1) / 100);
            Assert.InRange(counts.GetValueOrDefault("c"), Requests * (c - 1) / 100, Requests * (c + 1) / 100);
        }
    }

    [Theory]
    [InlineData("", """{"user_id":"u-%"}""")]
    [InlineData(""","properties":{"stickyKey":"metadata.team"}""", """{"user_id":"x","team":"%"}""")]
    [InlineData(""","properties":{"stickyKey":"team"}""", """{"team":%}""")]
    public async Task Percentage_WithAKey_KeepsEveryCallerOnABranch(string properties, string metadata)
    {
        var route = Route($$$$$"""{"50%":{"elementId":"a"},"else":{"elementId":"b"}}""", properties);
        HashSet<string> chosen = [];
        for (var caller = 0; caller < 50; caller++)
        {
            var tags = metadata.Replace("%", $"{caller}", StringComparison.Ordinal);
            var first = await RunAsync(route, tags, new NeverRandom());
            Assert.Equal(first, await RunAsync(route, tags, new NeverRandom()));
            chosen.Add(first);
        }

        Assert.Equal(2, chosen.Count);
    }

    [Fact]
    public async Task Percentage_TwoElements_SplitIndependently()
    {
        // Else everybody in the first half of one split would be in the first half of the other as well.
        var route = new LiveRoute(Record(), new()
        {
            Id = RouteId,
            Name = "r",
            VersionId = "v",
            Elements = Valid($$$$$"""
                [{{{{{Start("p")}}}}},{"id":"p","type":"percentage","outputs":{"50%":{"elementId":"q"},"else":{"elementId":"c"}} },
                 {"id":"q","type":"percentage","outputs":{"50%":{"elementId":"a"},"else":{"elementId":"b"}} },{{{{{Model("a")}}}}},{{{{{Model("b")}}}}},{{{{{Model("c")}}}}},{{{{{End}}}}}]
                """),
        });
        Dictionary<string, int> counts = [];
        for (var request = 0; request < Requests; request++)
        {
            var model = await RunAsync(route, $$$$$"""{"user_id":{{{{{request}}}}}}""", new NeverRandom());
            counts[model] = counts.GetValueOrDefault(model) + 1;
        }

        Assert.InRange(counts["a"], Requests * 0.24, Requests * 0.26);
        Assert.InRange(counts["b"], Requests * 0.24, Requests * 0.26);
    }

    private static async Task<Dictionary<string, int>> SplitAsync(string outputs, Func<int, string?> metadata, Random random)
    {
        var route = Route(outputs);
        Dictionary<string, int> counts = [];
        for (var request = 0; request < Requests; request++)
        {
            var model = await RunAsync(route, metadata(request), random);
            counts[model] = counts.GetValueOrDefault(model) + 1;
        }

        return counts;
    }

    private static LiveRoute Route(string outputs, string properties = "") => new(Record(), new()
    {
        Id = RouteId,
        Name = "r",
        VersionId = "v",
        Elements = Valid($$$$$"""[{{{{{Start("p")}}}}},{"id":"p","type":"percentage"{{{{{properties}}}}},"outputs":{{{{{outputs}}}}}},{{{{{Model("a")}}}}},{{{{{Model("b")}}}}},{{{{{Model("c")}}}}},{{{{{End}}}}}]"""),
    });

    private static GatewayRecord Record() => new()
    {
        AccountId = DataPlaneHost.Account,
        Id = "main",
        InternalId = Guid.Empty,
        Version = 1,
        Configuration = DataPlaneHost.Configuration(),
        CreatedAt = default,
        ModifiedAt = default,
        IsDefault = false,
    };

    private static async Task<string> RunAsync(LiveRoute route, string? metadata, Random random)
    {
        using var request = new RouteRequest
        {
            Body = "{}"u8.ToArray(),
            Metadata = metadata,
            Header = _ => null,
            ModelType = "text-generation",
            AccountId = DataPlaneHost.Account,
            Time = default,
        };
        var actor = new FirstModel(random);
        await new RouteWalk(LiveRoutes.None, request, actor, new("dynamic/r", route)).RunAsync(route);
        return actor.Model!;
    }

    private sealed class FirstModel(Random random) : IRouteActor
    {
        public string? Model { get; private set; }

        public double Draw() => random.NextDouble();

        public ValueTask<RateVerdict> TakeAsync(string quotaKey, RateElement element) => throw new NotSupportedException();

        public ValueTask<CallVerdict> CallAsync(ModelElement element, bool hasFallback)
        {
            Model ??= element.Model;
            return ValueTask.FromResult(CallVerdict.Answered);
        }
    }

    private sealed class NeverRandom : Random
    {
        public override double NextDouble() => throw new InvalidOperationException("A caller with a key is not left to chance.");
    }
}
