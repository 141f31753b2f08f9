using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Limits;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Universal;
using GatewayActors.Testing;
using GatewayActors.Testing.Upstreams;
using Xunit;
using static GatewayActors.Front.Tests.DynamicRoutes.RouteHost;

namespace GatewayActors.Front.Tests.DynamicRoutes;

/// <summary>Exchanges whose model is a dynamic route.</summary>
public sealed class RouteTests : IAsyncLifetime
{
    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private DataPlaneHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await DataPlaneHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("""{"plan":"paid"}""", "large", "s:next c:true large:success e:end")]
    [InlineData("""{"plan":"free"}""", "small", "s:next c:false small:success e:end")]
    [InlineData(null, "small", "s:next c:false small:success e:end")]
    public async Task Conditional_ByMetadata_ChoosesTheModel(string? metadata, string model, string path)
    {
        await _host.DeployAsync(("support", $$$$$"""
            [{{{{{Start("c")}}}}},{"id":"c","type":"conditional","properties":{"conditions":{"metadata.plan":"paid"}},"outputs":{"true":{"elementId":"large"},"false":{"elementId":"small"}}},
             {{{{{Model("large")}}}}},{{{{{Model("small")}}}}},{{{{{End}}}}}]
            """));
        _host.Script.Then(UpstreamReply.Json(DataPlane.Bodies.Completion));

        var answer = await _host.CallRouteAsync("support", metadata);

        Assert.Equal((200, model, "openai", "0"), (answer.Status, answer.Header("cf-aig-model"), answer.Header("cf-aig-provider"), answer.Header("cf-aig-step")));
        Assert.Equal(model, JsonElement.Parse(Assert.Single(_host.Script.Requests).Body).GetProperty("model").GetString());
        var entry = await _host.Logs.NextAsync(_cancelled);
        Assert.Equal((model, "openai", true, answer.Header("cf-aig-log-id")), (entry.Entry.Model, entry.Entry.Provider, entry.Entry.Success, entry.Entry.Id.ToString("D")));
        Assert.Equal(path, Way(entry));
        Assert.Equal("support", JsonElement.Parse(entry.Entry.DetailsJson!).GetProperty("route").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Model_Fails_FallsBackAndLogsBoth()
    {
        await _host.DeployAsync(("r", $"[{Start("a")},{Model("a", fallback: "b")},{Model("b", provider: "groq")},{End}]"));
        _host.Script.Then(UpstreamReply.Json("""{"error":{"message":"down"}}""", 500)).Then(UpstreamReply.Json(DataPlane.Bodies.Completion));

        var answer = await _host.CallRouteAsync("r");

        Assert.Equal((200, "b", "groq", "1"), (answer.Status, answer.Header("cf-aig-model"), answer.Header("cf-aig-provider"), answer.Header("cf-aig-step")));
        var (first, second) = (await _host.Logs.NextAsync(_cancelled), await _host.Logs.NextAsync(_cancelled));
        Assert.Equal(("a", 500, false, 0), (first.Entry.Model, first.Entry.StatusCode, first.Entry.Success, first.Entry.Step));
        Assert.Equal(("b", 200, true, 1), (second.Entry.Model, second.Entry.StatusCode, second.Entry.Success, second.Entry.Step));
        Assert.Equal(first.Entry.EventId, second.Entry.EventId);
        Assert.NotEqual(first.Entry.Id, second.Entry.Id);
        Assert.Equal("s:next a:failed b:success e:end", Way(second));
    }

    [Fact]
    public async Task Model_NoFallback_EndsWithTheProvidersErrorAndAnEntryOfTheRoute()
    {
        await _host.DeployAsync(("r", $"[{Start("a")},{Model("a", fallback: "b")},{Model("b")},{End}]"));
        _host.Script.Then(UpstreamReply.Json("""{"error":"one"}""", 500)).Then(UpstreamReply.Json("""{"error":"two"}""", 429));

        var answer = await _host.CallRouteAsync("r");

        Assert.Equal((429, """{"error":"two"}"""), (answer.Status, answer.Text));
        var entries = new[] { await _host.Logs.NextAsync(_cancelled), await _host.Logs.NextAsync(_cancelled), await _host.Logs.NextAsync(_cancelled) };
        Assert.Equal([("a", "openai", 500, 0), ("b", "openai", 429, 1), ("dynamic/r", "unknown", 429, 2)],
            entries.Select(entry => (entry.Entry.Model, entry.Entry.Provider, entry.Entry.StatusCode, entry.Entry.Step)));
        Assert.Equal((0m, false), (entries[2].Entry.CostUsd, entries[2].Entry.Success));
        Assert.Single(entries.Select(entry => entry.Entry.EventId).Distinct());
        Assert.Equal("s:next a:failed b:failed", Way(entries[2]));
    }

    [Fact]
    public async Task Model_FallbackLeadsToTheEnd_AnswersWithTheLastFailure()
    {
        await _host.DeployAsync(("r", $"[{Start("a")},{Model("a", fallback: "e")},{End}]"));
        _host.Script.Then(UpstreamReply.Json("""{"error":"one"}""", 503));

        var answer = await _host.CallRouteAsync("r");

        Assert.Equal((503, """{"error":"one"}"""), (answer.Status, answer.Text));
        Assert.Equal("s:next a:failed e:end", Way(await _host.Logs.NextAsync(_cancelled)));
    }

    [Fact]
    public async Task Model_SuccessLeadsToAnotherModel_AnswersWithTheLastThatSucceeded()
    {
        await _host.DeployAsync(("r", $"[{Start("a")},{Model("a", success: "b")},{Model("b", success: "c", fallback: "c")},{Model("c", fallback: "e")},{End}]"));
        _host.Script
            .Then(UpstreamReply.EventStream().Send("data: {\"first\":1}\n\n").Send("data: [DONE]\n\n"))
            .Then(UpstreamReply.Json(DataPlane.Bodies.Completion))
            .Then(UpstreamReply.Json("""{"error":"three"}""", 500));

        var answer = await _host.CallRouteAsync("r");

        Assert.Equal((200, DataPlane.Bodies.Completion, "b"), (answer.Status, answer.Text, answer.Header("cf-aig-model")));
        var entries = new[] { await _host.Logs.NextAsync(_cancelled), await _host.Logs.NextAsync(_cancelled), await _host.Logs.NextAsync(_cancelled) };
        Assert.Equal([("a", true), ("b", true), ("c", false)],
            entries.Select(entry => (entry.Entry.Model, entry.Entry.Success)).Order());
        Assert.Equal("s:next a:success b:success c:failed e:end", Way(entries.Single(entry => entry.Entry.Model == "b")));
    }

    [Fact]
    public async Task Model_RetriesAndTimeout_AreThoseOfTheElement()
    {
        await _host.DeployAsync(("r", $$$$$"""[{{{{{Start("a")}}}}},{"id":"a","type":"model","properties":{"provider":"openai","model":"a","retries":1},"outputs":{}}]"""));
        _host.Gateway.Set(DataPlaneHost.Configuration(attempts: 5, delay: 0));
        _host.Script.Otherwise(_ => UpstreamReply.Json("{}", 500));

        var answer = await _host.CallRouteAsync("r", headers: ("cf-aig-max-attempts", "4"));

        Assert.Equal((500, 2), (answer.Status, _host.Script.Requests.Count));
    }

    [Fact]
    public async Task Model_TakesLongerThanItsTimeout_FallsBack()
    {
        await _host.DeployAsync(("r", $$$$$"""[{{{{{Start("a")}}}}},{"id":"a","type":"model","properties":{"provider":"openai","model":"a","timeout":500,"retries":0},"outputs":{"success":{"elementId":"e"},"fallback":{"elementId":"b"}}},{{{{{Model("b")}}}}},{{{{{End}}}}}]"""));
        var gate = new Gate();
        _host.Script.Then(new UpstreamReply().Wait(gate)).Then(UpstreamReply.Json(DataPlane.Bodies.Completion));

        var call = _host.CallRouteAsync("r");
        await _host.Script.NextAsync(_cancelled);
        _host.Clock.Advance(TimeSpan.FromMilliseconds(500));
        var answer = await call;

        gate.Open();
        Assert.Equal((200, "b"), (answer.Status, answer.Header("cf-aig-model")));
        Assert.Equal(504, (await _host.Logs.NextAsync(_cancelled)).Entry.StatusCode);
    }

    [Fact]
    public async Task Model_StreamThatFallsBack_ComesAsItIsMade()
    {
        await _host.DeployAsync(("r", $"[{Start("a")},{Model("a", fallback: "b")},{Model("b")},{End}]"));
        var gate = new Gate();
        _host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.EventStream().Send("data: 1\n\n").Wait(gate).Send("data: 2\n\n"));

        using var response = await _host.StartAsync(
            HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/compat/chat/completions", UniversalHost.Json(Body("r", stream: true)), _cancelled, ("authorization", "Bearer sk"));
        await using var stream = await response.Content.ReadAsStreamAsync(_cancelled);
        var buffer = new byte[64];
        var first = await stream.ReadAsync(buffer, _cancelled);
        Assert.Equal("data: 1\n\n", Encoding.UTF8.GetString(buffer, 0, first));
        gate.Open();
        var second = await stream.ReadAsync(buffer, _cancelled);

        Assert.Equal("data: 2\n\n", Encoding.UTF8.GetString(buffer, 0, second));
    }

    [Theory]
    [InlineData("count", 429, 2003)]
    [InlineData("cost", 429, 2045)]
    public async Task Rate_UsedUpWithoutFallback_EndsWithItsError(string type, int status, int code)
    {
        await _host.DeployAsync(("r", $$$$$"""[{{{{{Start("l")}}}}},{"id":"l","type":"rate","properties":{"limitType":"{{{{{type}}}}}","key":"metadata.user_id","limit":5,"window":60},"outputs":{"success":{"elementId":"m"}}},{{{{{Model("m")}}}}},{{{{{End}}}}}]"""));
        _host.Gateways.OnQuota = quota => quota.RefusesFor = TimeSpan.FromSeconds(7.2);

        var answer = await _host.CallRouteAsync("r", """{"user_id":"u"}""");

        answer.AssertError(status, code);
        Assert.Equal("8", answer.Header("retry-after"));
        Assert.Empty(_host.Script.Requests);
        var entry = await _host.Logs.NextAsync(_cancelled);
        Assert.Equal(("dynamic/r", "unknown", status, 0m), (entry.Entry.Model, entry.Entry.Provider, entry.Entry.StatusCode, entry.Entry.CostUsd));
        Assert.Equal("s:next l:refused", Way(entry));
        Assert.Equal(answer.Header("cf-aig-log-id"), entry.Entry.Id.ToString("D"));
    }

    [Fact]
    public async Task Rate_Count_CountsApartByKeyAndFallsBack()
    {
        await _host.DeployAsync(("r", $$$$$"""[{{{{{Start("l")}}}}},{"id":"l","type":"rate","properties":{"limitType":"count","key":"user_id","limit":5,"window":60},"outputs":{"success":{"elementId":"m"},"fallback":{"elementId":"n"}}},{{{{{Model("m")}}}}},{{{{{Model("n")}}}}},{{{{{End}}}}}]"""));
        _host.Script.Otherwise(_ => UpstreamReply.Json(DataPlane.Bodies.Completion));

        Assert.Equal("m", (await _host.CallRouteAsync("r", """{"user_id":"u1"}""")).Header("cf-aig-model"));
        Assert.Equal("m", (await _host.CallRouteAsync("r", """{"user_id":"u2"}""")).Header("cf-aig-model"));
        Assert.Equal("m", (await _host.CallRouteAsync("r")).Header("cf-aig-model"));
        Assert.Equal("m", (await _host.CallRouteAsync("r", """{"user_id":""}""")).Header("cf-aig-model"));

        Assert.Equal(3, _host.Gateways.Quotas.Count); // Without a key all share the one of the empty value.
        Assert.All(_host.Gateways.Quotas.Values, quota =>
        {
            Assert.StartsWith($"{DataPlaneHost.Account}/main/route-count/{RouteId}/l/", quota.Key, StringComparison.Ordinal);
            Assert.All(quota.Taken, taken => Assert.Equal((5m, TimeSpan.FromMinutes(1), LimitTechnique.Fixed, 1m), (taken.Rule.Limit, taken.Rule.Window, taken.Rule.Technique, taken.Amount)));
        });
        foreach (var quota in _host.Gateways.Quotas.Values)
        {
            quota.RefusesFor = TimeSpan.FromSeconds(1);
        }

        Assert.Equal("n", (await _host.CallRouteAsync("r", """{"user_id":"u1"}""")).Header("cf-aig-model"));
    }

    [Fact]
    public async Task Rate_Cost_IsBookedOnceWithAllThatTheExchangeCost()
    {
        await _host.DeployAsync(("r", $$$$$"""[{{{{{Start("l")}}}}},{"id":"l","type":"rate","properties":{"limitType":"cost","key":"metadata.user_id","limit":5,"window":60},"outputs":{"success":{"elementId":"m"}}},{{{{{Model("m", success: "n", model: "gpt-4o-mini")}}}}},{{{{{Model("n", model: "gpt-4o-mini")}}}}},{{{{{End}}}}}]"""));
        _host.Script.Otherwise(_ => UpstreamReply.Json(DataPlane.Bodies.Completion));

        var answer = await _host.CallRouteAsync("r", """{"user_id":"u"}""");

        Assert.Equal(200, answer.Status);
        var quota = Assert.Single(_host.Gateways.Quotas.Values);
        var settled = await quota.NextSettledAsync(_cancelled);
        Assert.Equal((1, 0.00042m), (settled.Number, settled.Actual)); // Twice 1,000 tokens in at 0.15 and 100 out at 0.60 a million.
        Assert.False(quota.HasSettled);
        Assert.Equal(RouteExecutionAdmission, Assert.Single(quota.Asked).Amount);
    }

    [Fact]
    public async Task Rate_TheAnswerIsLost_AsksAgainUnderTheSameName()
    {
        await _host.DeployAsync(("r", $$$$$"""[{{{{{Start("l")}}}}},{"id":"l","type":"rate","properties":{"limitType":"count","key":"","limit":5,"window":60},"outputs":{"success":{"elementId":"m"},"fallback":{"elementId":"m"}}},{{{{{Model("m")}}}}},{{{{{End}}}}}]"""));
        _host.Gateways.OnQuota = quota => quota.Failures.Enqueue(new TimeoutException());
        _host.Script.Otherwise(_ => UpstreamReply.Json(DataPlane.Bodies.Completion));

        Assert.Equal(200, (await _host.CallRouteAsync("r")).Status);
        Assert.Equal(200, (await _host.CallRouteAsync("r")).Status);

        QuotaUse[] uses = [.. Assert.Single(_host.Gateways.Quotas.Values).Uses];
        Assert.Equal([false, true, false], uses.Select(use => use.IsRepeated));
        Assert.Equal(uses[0].Id, uses[1].Id);
        Assert.NotEqual(uses[0].Id, uses[2].Id);
    }

    [Fact]
    public async Task Rate_NoGrainAnswers_Is503()
    {
        await _host.DeployAsync(("r", $$$$$"""[{{{{{Start("l")}}}}},{"id":"l","type":"rate","properties":{"limitType":"count","key":"","limit":5,"window":60},"outputs":{"success":{"elementId":"m"},"fallback":{"elementId":"m"}}},{{{{{Model("m")}}}}},{{{{{End}}}}}]"""));
        _host.Gateways.OnQuota = quota =>
        {
            quota.Failures.Enqueue(new TimeoutException());
            quota.Failures.Enqueue(new TimeoutException());
        };

        (await _host.CallRouteAsync("r")).AssertError(503, 2000);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Nested_Routes_RunInEachOtherAndFallBackAcross()
    {
        await _host.DeployAsync(
            ("outer", $"[{Start("i")},{Model("i", provider: "dynamic", model: "inner", fallback: "m")},{Model("m")},{End}]"),
            ("inner", $"[{Start("x")},{Model("x")},{End}]"));
        _host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json(DataPlane.Bodies.Completion)).Then(UpstreamReply.Json(DataPlane.Bodies.Completion));

        Assert.Equal("m", (await _host.CallRouteAsync("outer")).Header("cf-aig-model"));
        await _host.Logs.NextAsync(_cancelled);
        Assert.Equal("s:next inner.s:next inner.x:failed i:failed m:success e:end", Way(await _host.Logs.NextAsync(_cancelled)));
        Assert.Equal("x", (await _host.CallRouteAsync("outer")).Header("cf-aig-model"));
        Assert.Equal("s:next inner.s:next inner.x:success inner.e:end i:success e:end", Way(await _host.Logs.NextAsync(_cancelled)));
    }

    [Fact]
    public async Task Nested_DeeperThanFive_IsRefused()
    {
        await _host.DeployAsync(("loop", $"[{Start("i")},{Model("i", provider: "dynamic", model: "loop")},{End}]"));

        var answer = await _host.CallRouteAsync("loop");

        answer.AssertError(400, 2019);
        Assert.Contains("more than 5 deep", answer.Description, StringComparison.Ordinal);
        Assert.Empty(_host.Script.Requests);
    }

    [Fact]
    public async Task Nested_UnknownRoute_FallsBack()
    {
        await _host.DeployAsync(("outer", $"[{Start("i")},{Model("i", provider: "dynamic", model: "gone", fallback: "m")},{Model("m")},{End}]"));
        _host.Script.Then(UpstreamReply.Json(DataPlane.Bodies.Completion));

        Assert.Equal((200, "m"), await _host.CallRouteAsync("outer") is var answer ? (answer.Status, answer.Header("cf-aig-model")) : default);
    }

    [Fact]
    public async Task Call_UnknownRoute_Is2019()
    {
        var answer = await _host.CallRouteAsync("nobody");

        answer.AssertError(400, 2019);
        Assert.Equal("Dynamic route 'nobody' not found", answer.Description);
    }

    [Fact]
    public async Task Call_RouteThatCannotRunHere_Is2019()
    {
        await _host.Gateway.SetRoutesAsync(default, 1, [new() { Id = RouteId, Name = "r", VersionId = "v", Elements = "[]" }], _cancelled);

        var answer = await _host.CallRouteAsync("r");

        answer.AssertError(400, 2019);
        Assert.Equal("Dynamic route has no deployed version", answer.Description);
    }

    [Fact]
    public async Task Call_RouteWithoutAModel_Is2019()
    {
        await _host.DeployAsync(("r", $"[{Start("e")},{End}]"));

        var answer = await _host.CallRouteAsync("r");

        answer.AssertError(400, 2019);
        Assert.Equal("'dynamic/r' ended without calling a model", answer.Description);
    }

    [Fact]
    public async Task Call_UnknownProvider_FallsBack()
    {
        await _host.DeployAsync(("r", $"[{Start("a")},{Model("a", provider: "nobody", fallback: "b")},{Model("b")},{End}]"));
        _host.Script.Then(UpstreamReply.Json(DataPlane.Bodies.Completion));

        Assert.Equal("b", (await _host.CallRouteAsync("r")).Header("cf-aig-model"));
        var entry = (await _host.Logs.NextAsync(_cancelled)).Entry;
        Assert.Equal(("a", "unknown", 400), (entry.Model, entry.Provider, entry.StatusCode));
    }

    [Fact]
    public async Task Call_TranslatedModel_AnswersInOpenAIsFormat()
    {
        await _host.DeployAsync(("r", $"[{Start("a")},{Model("a", provider: "anthropic", model: "claude-haiku-4-5")},{End}]"));
        _host.Script.Then(UpstreamReply.Json("""{"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":1}}"""));

        var answer = await _host.CallRouteAsync("r");

        Assert.Equal(("anthropic", "claude-haiku-4-5", "Hi"),
            (answer.Header("cf-aig-provider"), answer.Header("cf-aig-model"), answer.Json.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()));
    }

    [Fact]
    public async Task Call_SpendLimitedModel_FallsBack()
    {
        await _host.DeployAsync(("r", $"[{Start("a")},{Model("a", fallback: "b")},{Model("b")},{End}]"));
        _host.Gateway.Set(DataPlaneHost.Configuration() with
        {
            SpendLimits = new()
            {
                Enabled = true,
                Rules = [new() { Id = "l", Limit = 1, Window = 60, Enabled = true, Technique = LimitTechnique.Fixed, Model = new() { FilterValues = ["a"] } }],
            },
        });
        _host.Gateways.OnQuota = quota => quota.RefusesFor = TimeSpan.FromSeconds(1);
        _host.Script.Then(UpstreamReply.Json(DataPlane.Bodies.Completion));

        var answer = await _host.CallRouteAsync("r");

        Assert.Equal((200, "b"), (answer.Status, answer.Header("cf-aig-model")));
        Assert.Equal(429, (await _host.Logs.NextAsync(_cancelled)).Entry.StatusCode);
    }

    [Fact]
    public async Task Call_Cached_IsKeptUnderTheModelThatAnswered()
    {
        await _host.DeployAsync(("r", $"[{Start("a")},{Model("a")},{End}]"));
        _host.Script.Then(UpstreamReply.Json(DataPlane.Bodies.Completion));
        await _host.CallRouteAsync("r", headers: ("cf-aig-cache-ttl", "60"));

        var hit = await _host.CallRouteAsync("r", headers: ("cf-aig-cache-ttl", "60"));
        Assert.Equal((200, "HIT", "a"), (hit.Status, hit.Header("cf-aig-cache-status"), hit.Header("cf-aig-model")));

        await _host.DeployAsync(("r", $"[{Start("b")},{Model("b")},{End}]"));
        _host.Script.Then(UpstreamReply.Json(DataPlane.Bodies.Completion));
        var miss = await _host.CallRouteAsync("r", headers: ("cf-aig-cache-ttl", "60"));

        Assert.Equal((200, "MISS", "b"), (miss.Status, miss.Header("cf-aig-cache-status"), miss.Header("cf-aig-model")));
    }

    [Theory]
    [InlineData("compat/embeddings", "/embeddings")]
    [InlineData("compat/v1/responses", "/responses")]
    public async Task Call_OtherEndpoints_GoTheSameWay(string path, string target)
    {
        await _host.DeployAsync(("r", $"[{Start("a")},{Model("a")},{End}]"));
        _host.Script.Then(UpstreamReply.Json("{}"));

        var answer = await _host.SendAsync(HttpMethod.Post, path, """{"model":"dynamic/r","input":"x"}"""u8.ToArray(), ("authorization", "Bearer sk"), ("content-type", "application/json"));

        Assert.Equal((200, "a"), (answer.Status, answer.Header("cf-aig-model")));
        var sent = Assert.Single(_host.Script.Requests);
        Assert.EndsWith(target, sent.Target, StringComparison.Ordinal);
        Assert.Equal("""{"model":"a","input":"x"}""", sent.BodyText);
    }

    [Fact]
    public async Task Models_OfAGatewayWithRoutes_NameThem()
    {
        var without = await _host.SendAsync(HttpMethod.Get, "compat/models", null);
        await _host.DeployAsync(("b", $"[{Start("a")},{Model("a")},{End}]"), ("a", $"[{Start("a")},{Model("a")},{End}]"));

        var with = await _host.SendAsync(HttpMethod.Get, "compat/models", null);

        var models = with.Json.GetProperty("data").EnumerateArray().ToArray();
        Assert.Equal(["dynamic/a", "dynamic/b"], models[^2..].Select(model => model.GetProperty("id").GetString()));
        Assert.Equal((models.Length - 2, "dynamic"), (without.Json.GetProperty("data").GetArrayLength(), models[^1].GetProperty("owned_by").GetString()));
    }

    [Fact]
    public async Task Call_AsAUniversalStep_FallsBackOutOfTheRoute()
    {
        await _host.DeployAsync(("r", $"[{Start("a")},{Model("a", fallback: "b")},{Model("b")},{End}]"));
        _host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json("{}", 502)).Then(UpstreamReply.Json(DataPlane.Bodies.Completion));

        var answer = await _host.UniversalAsync(new[] { UniversalHost.Chat("compat", model: "dynamic/r"), UniversalHost.Chat(model: "gpt-4o-mini") });

        Assert.Equal((200, "1", null), (answer.Status, answer.Header("cf-aig-step"), answer.Header("cf-aig-model")));
        var entries = new List<Recorded>();
        for (var i = 0; i < 4; i++)
        {
            entries.Add(await _host.Logs.NextAsync(_cancelled));
        }

        Assert.Equal(["a", "b", "dynamic/r", "gpt-4o-mini"], entries.Select(entry => entry.Entry.Model));
        Assert.Equal(4, entries.Select(entry => entry.Entry.Id).Distinct().Count());
    }

    [Fact]
    public async Task Call_AsAUniversalStep_AnswersWithItsPlace()
    {
        await _host.DeployAsync(("r", $"[{Start("a")},{Model("a", fallback: "b")},{Model("b")},{End}]"));
        _host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json(DataPlane.Bodies.Completion));

        var answer = await _host.UniversalAsync(new[] { UniversalHost.Chat(model: "gpt-4o-mini"), UniversalHost.Chat("compat", model: "dynamic/r") });

        Assert.Equal((200, "1", "b"), (answer.Status, answer.Header("cf-aig-step"), answer.Header("cf-aig-model")));
    }

    [Fact]
    public async Task Deploy_BetweenTwoCalls_HoldsForTheNextOnEveryFront()
    {
        await using var other = await DataPlaneHost.StartAsync(beside: _host);
        await _host.DeployAsync(("r", $"[{Start("a")},{Model("a")},{End}]"));
        _host.Script.Otherwise(_ => UpstreamReply.Json(DataPlane.Bodies.Completion));
        Assert.Equal(["a", "a"], new[] { await _host.CallRouteAsync("r"), await other.CallRouteAsync("r") }.Select(answer => answer.Header("cf-aig-model")));

        await _host.DeployAsync(("r", $"[{Start("b")},{Model("b")},{End}]"));

        Assert.Equal(["b", "b"], new[] { await _host.CallRouteAsync("r"), await other.CallRouteAsync("r") }.Select(answer => answer.Header("cf-aig-model")));
    }

    [Fact]
    public async Task Call_ByAClientThatGoesAway_CancelsTheUpstreamAndStops()
    {
        await _host.DeployAsync(("r", $"[{Start("a")},{Model("a", fallback: "b")},{Model("b")},{End}]"));
        _host.Script.Then(new UpstreamReply().Wait(new Gate()));
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(_cancelled);
        var call = _host.StartAsync(HttpMethod.Post, $"/v1/{DataPlaneHost.Account}/main/compat/chat/completions", UniversalHost.Json(Body("r")), leaving.Token, ("authorization", "Bearer sk"));
        await _host.Script.NextAsync(_cancelled);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);

        Assert.Equal(499, (await _host.Logs.NextAsync(_cancelled)).Entry.StatusCode);
        Assert.Single(_host.Script.Requests);
    }

    private static decimal RouteExecutionAdmission => Front.DynamicRoutes.Running.RouteExecution.Admission;
}
