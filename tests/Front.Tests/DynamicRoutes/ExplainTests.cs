using System.Text;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.DynamicRoutes;
using GatewayActors.Front.DynamicRoutes.Conditions;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Providers;
using GatewayActors.Testing.Upstreams;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace GatewayActors.Front.Tests.DynamicRoutes;

public sealed class ExplainTests
{
    private const int Pairs = 1_000;

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;

    /// <summary>Random routes and requests: what an explanation says is what an exchange then does.</summary>
    [Fact]
    public async Task Explain_AThousandRandomRoutesAndRequests_EqualsExecution()
    {
        var draws = new FixedDraw();
        await using var host = await DataPlaneHost.StartAsync(random: draws);
        var services = host.Services;
        var explainer = new RouteExplainer(
            services.GetRequiredService<IGrainFactory>(), services.GetRequiredService<ProviderCatalog>(), services.GetRequiredService<GatewayOptions>(), draws);
        var seed = new Random(4_711);
        var (answered, failed) = (0, 0);
        for (var pair = 0; pair < Pairs; pair++)
        {
            var make = new RandomRoutes(seed);
            await host.DeployAsync([.. make.Routes]);
            draws.Draw = seed.NextDouble();
            host.Gateways.OnQuota = quota => quota.RefusesFor = make.RefusedElements.Any(id => quota.Key.Contains($"/{id}/", StringComparison.Ordinal)) ? TimeSpan.FromSeconds(1) : null;
            host.Gateways.ForgetQuotas();
            host.Script.Otherwise(request => request.Target.EndsWith("/messages", StringComparison.Ordinal) ? UpstreamReply.Json("{}", 500) : UpstreamReply.Json(DataPlane.Bodies.Completion));

            var record = host.Gateway.Record!;
            var routes = LiveRoutes.Of(record);
            using var request = new RouteRequest
            {
                Body = Encoding.UTF8.GetBytes(RouteHost.Body("r0")),
                Metadata = make.Metadata,
                Header = name => name == "x-tier" ? make.Tier : null,
                ModelType = "text-generation",
                AccountId = DataPlaneHost.Account,
                Time = host.Clock.GetUtcNow(),
            };
            var before = host.Script.Requests.Count;
            var explanation = await explainer.ExplainAsync(routes, routes.Find("r0")!, request, "chat/completions", make.FailingElements);
            Assert.Equal(before, host.Script.Requests.Count);
            Assert.All(host.Gateways.Quotas.Values, quota => Assert.Empty(quota.Asked));

            var answer = await host.CallRouteAsync("r0", make.Metadata, ("x-tier", make.Tier));

            var expected = string.Join(' ', explanation.Trace.Nodes.Select(node => $"{(node.Route is null ? "" : node.Route + ".")}{node.ElementId}:{node.Result}"));
            Recorded entry;
            do
            {
                entry = await host.Logs.NextAsync(_cancelled); // Those before it are of models that failed on the way.
            }
            while (entry.Entry.Id.ToString("D") != answer.Header("cf-aig-log-id"));

            Assert.True(expected == RouteHost.Way(entry), $"Pair {pair}: explained {expected}, done {RouteHost.Way(entry)}\n{make.Routes[0].Elements}\n{make.Metadata}");
            if (explanation.Answering is { } answering)
            {
                answered++;
                Assert.Equal((200, answering.Model), (answer.Status, answer.Header("cf-aig-model")));
            }
            else
            {
                failed++;
                Assert.True(answer.Status >= 400, $"Pair {pair}: {answer.Status}");
            }

        }

        Assert.True(answered > Pairs / 5 && failed > Pairs / 20, $"The pairs are too much alike: {answered} answered, {failed} failed.");
    }

    private sealed class FixedDraw : Random
    {
        public double Draw { get; set; }

        public override double NextDouble() => Draw;
    }
}

/// <summary>Makes graphs without circles: an element leads only to those behind it.</summary>
internal sealed class RandomRoutes
{
    private readonly Random _random;

    public RandomRoutes(Random random)
    {
        _random = random;
        Routes = [.. Enumerable.Range(0, 3).Select(route => ($"r{route}", Graph(route)))];
        var users = random.Next(4);
        Metadata = random.Next(5) == 0 ? null : $$$$$"""{"plan":"{{{{{(random.Next(2) == 0 ? "paid" : "free")}}}}}","age":{{{{{random.Next(60)}}}}}{{{{{(users == 0 ? "" : $",\"user_id\":\"u{random.Next(20)}\"")}}}}}}""";
        Tier = $"{random.Next(4)}";
    }

    public IReadOnlyList<(string Name, string Elements)> Routes { get; }

    public HashSet<string> FailingElements { get; } = [];

    public HashSet<string> RefusedElements { get; } = [];

    public string? Metadata { get; }

    public string Tier { get; }

    private string Graph(int route)
    {
        var count = _random.Next(2, 12);
        var elements = new List<string> { RouteHost.Start(Behind(route, 0, count)) };
        for (var index = 1; index < count; index++)
        {
            elements.Add(Element(route, index, count));
        }

        elements.Add(RouteHost.End);
        return $"[{string.Join(',', elements)}]";
    }

    private string Element(int route, int index, int count)
    {
        var id = $"r{route}n{index}";
        var (one, other) = (Behind(route, index, count), Behind(route, index, count));
        switch (_random.Next(7))
        {
            case 0:
                return $$$$$"""{"id":"{{{{{id}}}}}","type":"conditional","properties":{"conditions":{{{{{Condition()}}}}}},"outputs":{"true":{"elementId":"{{{{{one}}}}}"},"false":{"elementId":"{{{{{other}}}}}"} } }""";
            case 1:
                var share = _random.Next(101);
                return $$$$$"""{"id":"{{{{{id}}}}}","type":"percentage","outputs":{"{{{{{share}}}}}%":{"elementId":"{{{{{one}}}}}"},"else":{"elementId":"{{{{{other}}}}}"} } }""";
            case 2:
                if (_random.Next(2) == 0)
                {
                    RefusedElements.Add(id);
                }

                var fallback = _random.Next(4) == 0 ? "" : $$$$$""","fallback":{"elementId":"{{{{{other}}}}}"}""";
                return $$$$$"""{"id":"{{{{{id}}}}}","type":"rate","properties":{"limitType":"{{{{{(_random.Next(2) == 0 ? "count" : "cost")}}}}}","key":"metadata.user_id","limit":5,"window":60},"outputs":{"success":{"elementId":"{{{{{one}}}}}"}{{{{{fallback}}}}}}}""";
            case 3 when route < 2:
                return RouteHost.Model(id, Maybe(other), Maybe(one), provider: "dynamic", model: $"r{_random.Next(route + 1, 4)}"); // r3 does not exist.
            default:
                var fails = _random.Next(3) == 0;
                if (fails)
                {
                    FailingElements.Add(id);
                }

                // The upstream sees by its path which one is to fail: another provider's.
                return RouteHost.Model(id, Maybe(other), Maybe(one), provider: _random.Next(8) == 0 ? "nobody" : fails ? "anthropic" : "openai", model: id);
        }
    }

    private string? Maybe(string target) => _random.Next(4) == 0 ? null : target;

    private string Behind(int route, int index, int count) => _random.Next(index + 1, count + 1) is var next && next == count ? "e" : $"r{route}n{next}";

    private string Condition() => _random.Next(5) switch
    {
        0 => """{"metadata.plan":"paid"}""",
        1 => $$$$$"""{"metadata.age":{"$gt":{{{{{_random.Next(60)}}}}}}}""",
        2 => $$$$$"""{"headers.x-tier":{"$lte":{{{{{_random.Next(4)}}}}}}}""",
        3 => """{"$or":[{"metadata.user_id":{"$exists":false}},{"body.messages.0.role":{"$ne":"user"}}]}""",
        _ => """{"metadata.user_id":{"$regex":"^u[0-9]$"}}""",
    };
}
