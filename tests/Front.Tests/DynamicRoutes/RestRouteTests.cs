using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Front.Tests.Rest;
using GatewayActors.Testing.Upstreams;
using Xunit;
using static GatewayActors.Front.Tests.DynamicRoutes.RouteHost;

namespace GatewayActors.Front.Tests.DynamicRoutes;

/// <summary>Dynamic routes called by the REST endpoints.</summary>
public sealed class RestRouteTests
{
    [Theory]
    [InlineData("v1/chat/completions")]
    [InlineData("v1/responses")]
    [InlineData("v1/embeddings")]
    public async Task Post_DynamicModel_RunsTheRouteOfTheGateway(string path)
    {
        await using var host = await RestHost.StartAsync();
        await host.Default.SetRoutesAsync(
            default, 1, [new() { Id = RouteId, Name = "r", VersionId = "v", Elements = Valid($"[{Start("a")},{Model("a", fallback: "b")},{Model("b")},{End}]") }], TestContext.Current.CancellationToken);
        host.Script.Then(UpstreamReply.Json("{}", 500)).Then(UpstreamReply.Json(DataPlane.Bodies.Completion));

        var answer = await host.RestAsync(path, """{"model":"dynamic/r","messages":[{"role":"user","content":"Hello"}],"input":"x"}""");

        Assert.Equal((200, "b", "openai", "1"), (answer.Status, answer.Header("cf-aig-model"), answer.Header("cf-aig-provider"), answer.Header("cf-aig-step")));
        Assert.All(host.Script.Requests, request => Assert.Equal("Bearer " + RestHost.OperatorKey, request.Header("authorization")));
    }
}
