using System.Collections.Concurrent;
using System.Text;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Rest;
using GatewayActors.Testing.Upstreams;
using Xunit;
using static GatewayActors.Front.Tests.DynamicRoutes.RouteHost;

namespace GatewayActors.Front.Tests.DynamicRoutes;

/// <summary>Every element of a route, in both dialects, by every surface that takes a model's name.</summary>
public sealed class RouteSurfaceTests
{
    private const int Requests = 10_000;

    private const string Newer = """
        [{"id":"s","type":"start","outputs":{"next":{"elementId":"c"}}},
         {"id":"c","type":"conditional","properties":{"conditions":{"$and":[{"metadata.plan":{"$in":["paid","trial"]}},{"request.stream":false}]}},"outputs":{"true":{"elementId":"p"},"false":{"elementId":"small"}}},
         {"id":"p","type":"percentage","outputs":{"50%":{"elementId":"r"},"else":{"elementId":"r"}}},
         {"id":"r","type":"rate","properties":{"limitType":"count","key":"metadata.user_id","limit":1,"window":3600},"outputs":{"success":{"elementId":"b"},"fallback":{"elementId":"small"}}},
         {"id":"b","type":"rate","properties":{"limitType":"cost","key":"metadata.user_id","limit":1,"window":3600},"outputs":{"success":{"elementId":"down"},"fallback":{"elementId":"small"}}},
         {"id":"down","type":"model","properties":{"provider":"openrouter","model":"down","timeout":30000,"retries":1},"outputs":{"success":{"elementId":"e"},"fallback":{"elementId":"large"}}},
         {"id":"large","type":"model","properties":{"provider":"openai","model":"large","timeout":30000,"retries":0},"outputs":{"success":{"elementId":"e"}}},
         {"id":"small","type":"model","properties":{"provider":"openai","model":"small","timeout":30000,"retries":0},"outputs":{"success":{"elementId":"e"}}},
         {"id":"e","type":"end","outputs":{}}]
        """;

    private static readonly string Older = Newer
        .Replace("\"type\":\"rate\"", "\"type\":\"rate_limit\"", StringComparison.Ordinal)
        .Replace("\"window\":", "\"interval\":", StringComparison.Ordinal)
        .Replace("\"conditions\":", "\"condition\":", StringComparison.Ordinal)
        .Replace("\"key\":\"metadata.user_id\"", "\"key\":\"user_id\"", StringComparison.Ordinal)
        .Replace(""","outputs":{}}""", "}", StringComparison.Ordinal);

    private static readonly Dictionary<string, (string Path, string Body)> Surfaces = new()
    {
        ["compat"] = ("compat/chat/completions", """{"model":"dynamic/r","messages":[{"role":"user","content":"x"}]}"""),
        ["compat responses"] = ("compat/responses", """{"model":"dynamic/r","input":"x"}"""),
        ["compat messages"] = ("compat/messages", """{"model":"dynamic/r","max_tokens":5,"messages":[{"role":"user","content":"x"}]}"""),
        ["compat embeddings"] = ("compat/embeddings", """{"model":"dynamic/r","input":"x"}"""),
        ["universal"] = ("", """[{"provider":"compat","endpoint":"chat/completions","query":{"model":"dynamic/r","messages":[{"role":"user","content":"x"}]}}]"""),
        ["rest"] = ("rest:v1/chat/completions", """{"model":"dynamic/r","messages":[{"role":"user","content":"x"}]}"""),
        ["run"] = ("rest:run", """{"model":"dynamic/r","input":{"messages":[{"role":"user","content":"x"}]}}"""),
        ["run by path"] = ("rest:run/dynamic/r", """{"messages":[{"role":"user","content":"x"}]}"""),
    };

    public static TheoryData<string, bool> Cases => [.. from name in Surfaces.Keys from isOlder in new[] { false, true } select new TheoryDataRow<string, bool>(name, isOlder)];

    [Theory, MemberData(nameof(Cases))]
    public async Task Route_WithEveryElement_TakesItsWayOnEverySurface(string surface, bool isOlder)
    {
        await using var host = await StartAsync(isOlder ? Older : Newer);
        host.Default.Set(DataPlaneHost.Configuration(authentication: true, delay: 0)); // Else its own delay between two calls.
        host.Script.Otherwise(_ => UpstreamReply.ByBody(request => request.BodyText.Contains("\"down\"", StringComparison.Ordinal) ? UpstreamReply.Json("{}", 500) : UpstreamReply.Json(DataPlane.Bodies.Completion)));

        var paid = await AskAsync(host, surface, """{"plan":"paid","user_id":"u1"}""");
        var free = await AskAsync(host, surface, """{"plan":"free","user_id":"u1"}""");
        foreach (var quota in host.Gateways.Quotas.Values)
        {
            quota.RefusesFor = TimeSpan.FromSeconds(1);
        }

        var used = await AskAsync(host, surface, """{"plan":"trial","user_id":"u1"}""");

        Assert.Equal([(200, "large", "1"), (200, "small", "0"), (200, "small", "0")], new[] { paid, free, used }.Select(answer => (answer.Status, answer.Header("cf-aig-model"), Step(surface, answer))));
        Assert.Equal(2, host.Script.Requests.Count(request => request.BodyText.Contains("\"down\"", StringComparison.Ordinal)));
        List<string> ways = [];
        while (ways.Count < 3)
        {
            var entry = await host.Logs.NextAsync(TestContext.Current.CancellationToken);
            if (entry.Entry.StatusCode == 200)
            {
                ways.Add(Way(entry));
            }
        }

        Assert.StartsWith("s:next c:true p:", ways[0], StringComparison.Ordinal);
        Assert.EndsWith(" r:success b:success down:failed large:success e:end", ways[0], StringComparison.Ordinal);
        Assert.Equal("s:next c:false small:success e:end", ways[1]);
        Assert.EndsWith(" r:fallback small:success e:end", ways[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Split_TenThousandRequestsOverAllSurfaces_IsWithinOnePercentAndKeepsCallers()
    {
        string[] surfaces = ["compat", "universal", "rest", "run"];
        await using var host = await StartAsync(
            $$$$$"""[{{{{{Start("p")}}}}},{"id":"p","type":"percentage","outputs":{"10%":{"elementId":"a"},"25.5%":{"elementId":"b"},"else":{"elementId":"c"}} },{{{{{Model("a")}}}}},{{{{{Model("b")}}}}},{{{{{Model("c")}}}}},{{{{{End}}}}}]""",
            new LockedRandom());
        host.Default.Set(DataPlaneHost.Configuration(authentication: true, collectLogs: false));
        host.Script.Otherwise(_ => UpstreamReply.Json("{}"));
        ConcurrentDictionary<string, int> counts = new();
        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, async (request, _) =>
            counts.AddOrUpdate((await AskAsync(host, surfaces[request % surfaces.Length], null)).Header("cf-aig-model")!, 1, (_, count) => count + 1));

        Assert.InRange(counts["a"], Requests * 0.09, Requests * 0.11);
        Assert.InRange(counts["b"], Requests * 0.245, Requests * 0.265);
        Assert.InRange(counts["c"], Requests * 0.635, Requests * 0.655);
        for (var user = 0; user < 10; user++)
        {
            var models = new List<string?>();
            foreach (var surface in surfaces)
            {
                models.Add((await AskAsync(host, surface, $$"""{"user_id":"u{{user}}"}""")).Header("cf-aig-model"));
            }

            Assert.Single(models.Distinct());
        }
    }

    // The step of a universal request is its place there.
    private static string? Step(string surface, FrontAnswer answer) => surface == "universal" && answer.Header("cf-aig-model") == "large" ? "1" : answer.Header("cf-aig-step");

    private static async Task<DataPlaneHost> StartAsync(string elements, Random? random = null)
    {
        var host = await RestHost.StartAsync(random: random);
        await host.Default.SetRoutesAsync(default, 1, [new() { Id = RouteId, Name = "r", VersionId = "v", Elements = Valid(elements) }], TestContext.Current.CancellationToken);
        return host;
    }

    private static Task<FrontAnswer> AskAsync(DataPlaneHost host, string surface, string? metadata)
    {
        var (path, body) = Surfaces[surface];
        var target = path.StartsWith("rest:", StringComparison.Ordinal) ? RestHost.Target(path["rest:".Length..]) : $"/v1/{DataPlaneHost.Account}/default/{path}";
        return host.SendToAsync(
            HttpMethod.Post, target, new StringContent(body, Encoding.UTF8, "application/json"), [("cf-aig-authorization", "Bearer " + host.Token), .. metadata is null ? [] : new[] { ("cf-aig-metadata", metadata) }]);
    }

    /// <summary>The same draws in every run of the test, whoever draws first.</summary>
    private sealed class LockedRandom : Random
    {
        private readonly Lock _lock = new();
        private readonly Random _draws = new(20_261_128);

        public override double NextDouble()
        {
            lock (_lock)
            {
                return _draws.NextDouble();
            }
        }
    }
}
