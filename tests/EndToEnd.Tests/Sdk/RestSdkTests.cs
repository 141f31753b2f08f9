namespace GatewayActors.EndToEnd.Tests.Sdk;

/// <summary>npm packages against the inference routes of the API host, with nothing but an API token.</summary>
[Trait("Needs", "node")]
public sealed class RestSdkTests(RestSdkTests.Fixture fixture) : IClassFixture<RestSdkTests.Fixture>
{
    [Theory]
    [InlineData("rest-openai.mjs", "rest-abort")]
    [InlineData("rest-anthropic.mjs", null)]
    [InlineData("rest-run.mjs", null)]
    [InlineData("workers-binding.mjs", null)]
    public Task Script_OfAnOfficialSdk_Passes(string script, string? abortedCase) => SdkScript.PassesAsync(fixture, script, abortedCase);

    /// <summary>A gateway whose operator has a credential for every provider that the mock stands for.</summary>
    public sealed class Fixture : AimockFixture
    {
        protected override Dictionary<string, string> Settings(string baseUrl, string hosted)
        {
            var settings = base.Settings(baseUrl, hosted);
            settings["Gateway:Providers:workers-ai:BaseUrl"] = hosted + "/ai/run";
            foreach (var provider in (string[])["openai", "anthropic", "google-ai-studio", "workers-ai"])
            {
                settings[$"Gateway:Providers:{provider}:ApiKey"] = "sk-operator-key";
            }

            return settings;
        }
    }
}
