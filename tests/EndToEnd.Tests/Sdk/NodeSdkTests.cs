using System.Diagnostics;

namespace GatewayActors.EndToEnd.Tests.Sdk;

/// <summary>The official npm packages against the gateway, one script each.</summary>
[Trait("Needs", "node")]
public sealed class NodeSdkTests(AimockFixture fixture) : IClassFixture<AimockFixture>
{
    [Theory]
    [InlineData("openai.mjs", "openai-chat-abort")]
    [InlineData("anthropic.mjs", "anthropic-abort")]
    [InlineData("google-genai.mjs", "google-abort")]
    [InlineData("compat.mjs", "compat-abort")]
    [InlineData("compat-messages.mjs", "compat-messages-abort")]
    [InlineData("compat-responses.mjs", "compat-responses-abort")]
    [InlineData("ai-gateway-provider.mjs", null)]
    [InlineData("cloudflare-admin.mjs", null)]
    public async Task Script_OfAnOfficialSdk_Passes(string script, string? abortedCase)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo("node", [script])
        {
            WorkingDirectory = AimockFixture.Scripts,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GATEWAY_URL"] = fixture.Gateway.BaseUrl;
        start.Environment["ACCOUNT_ID"] = fixture.Gateway.AccountId;
        start.Environment["TOKEN"] = fixture.Gateway.Token;
        using var node = Process.Start(start)!;
        var output = node.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = await node.StandardError.ReadToEndAsync(cancellationToken);
        await node.WaitForExitAsync(cancellationToken);

        Assert.True(node.ExitCode == 0, $"{script}:\n{await output}\n{errors}");
        if (abortedCase is not null)
        {
            await fixture.AbortedAsync(abortedCase).WaitAsync(cancellationToken);
        }
    }
}
