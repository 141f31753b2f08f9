using System.Text.Json;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing;
using GatewayActors.Testing.Upstreams;
using Xunit;

namespace GatewayActors.Front.Tests.DynamicRoutes;

/// <summary>The sample of the documentation, run.</summary>
public sealed class SampleTests
{
    private const string Answer = """{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":1}}""";

    [Theory]
    [InlineData(null, false, "gpt-4o-mini")]
    [InlineData("""{"plan":"free","user_id":"u1"}""", false, "gpt-4o-mini")]
    [InlineData("""{"plan":"paid","user_id":"u1"}""", false, "claude-sonnet-4-5")]
    [InlineData("""{"plan":"paid","user_id":"u1"}""", true, "gpt-4o-mini")]
    public async Task Sample_OfThePage_DoesWhatThePageSays(string? metadata, bool isUsedUp, string model)
    {
        var page = await File.ReadAllTextAsync(RepositoryFiles.PathOf("docs", "dynamic-routes.md"), TestContext.Current.CancellationToken);
        var start = page.IndexOf("```json\n", StringComparison.Ordinal) + "```json\n".Length;
        var sample = JsonElement.Parse(page[start..page.IndexOf("```", start, StringComparison.Ordinal)]);
        await using var host = await DataPlaneHost.StartAsync();
        await host.DeployAsync((sample.GetProperty("name").GetString()!, sample.GetProperty("elements").GetRawText()));
        host.Gateways.OnQuota = quota => quota.RefusesFor = isUsedUp ? TimeSpan.FromSeconds(1) : null;
        host.Script.Then(UpstreamReply.Json(model.StartsWith("claude", StringComparison.Ordinal) ? Answer : DataPlane.Bodies.Completion));

        var answer = await host.CallRouteAsync("support", metadata);

        Assert.Equal((200, model), (answer.Status, answer.Header("cf-aig-model")));
    }
}
