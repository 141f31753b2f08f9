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
    [InlineData("datasets.mjs", null)]
    [InlineData("dlp.mjs", null)]
    [InlineData("billing.mjs", null)]
    [InlineData("dynamic-routing.mjs", null)]
    [InlineData("secrets.mjs", null)]
    [InlineData("wrangler.mjs", null)]
    [InlineData("realtime.mjs", null)]
    public Task Script_OfAnOfficialSdk_Passes(string script, string? abortedCase) => SdkScript.PassesAsync(fixture, script, abortedCase);
}
