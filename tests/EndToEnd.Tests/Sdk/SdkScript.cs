using System.Diagnostics;

namespace GatewayActors.EndToEnd.Tests.Sdk;

/// <summary>A script that drives the gateway with an npm package and says by its exit code whether all went well.</summary>
internal static class SdkScript
{
    /// <summary>Runs it.</summary>
    /// <param name="fixture">The gateway.</param>
    /// <param name="script">Its file.</param>
    /// <param name="abortedCase">The case that it leaves in the middle of an answer, which the provider must see; null for none.</param>
    public static async Task PassesAsync(AimockFixture fixture, string script, string? abortedCase)
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
