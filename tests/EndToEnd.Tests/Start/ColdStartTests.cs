using System.Diagnostics;
using GatewayActors.Testing.Gateways;

namespace GatewayActors.EndToEnd.Tests.Start;

/// <summary>What a newcomer sees and does first.</summary>
public sealed class ColdStartTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task PrintedCurlLine_AsPasted_IsAnsweredByAModel()
    {
        await using var gateway = await GatewayProcess.StartAsync([], CancellationToken);
        var line = await gateway.PrintedLineAsync(line => line.StartsWith("curl ", StringComparison.Ordinal), CancellationToken);

        var start = new ProcessStartInfo("bash", ["-c", line]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var bash = Process.Start(start)!;
        var printed = bash.StandardOutput.ReadToEndAsync(CancellationToken);
        var errors = await bash.StandardError.ReadToEndAsync(CancellationToken);
        await bash.WaitForExitAsync(CancellationToken);

        Assert.Equal((0, ""), (bash.ExitCode, errors));
        var answer = System.Text.Json.JsonElement.Parse(await printed);
        Assert.Equal("assistant", answer.GetProperty("choices")[0].GetProperty("message").GetProperty("role").GetString());
        Assert.NotEqual("", answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task ReadyText_NamesStartPageAccountAndToken()
    {
        await using var gateway = await GatewayProcess.StartAsync([], CancellationToken);
        await gateway.PrintedLineAsync(line => line.StartsWith("curl ", StringComparison.Ordinal), CancellationToken);

        Assert.Contains(gateway.BaseUrl + "/", gateway.Output, StringComparison.Ordinal);
        Assert.Contains(gateway.AccountId, gateway.Output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(gateway.DataDirectory, "token"), gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(gateway.Token, gateway.Output, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(Path.Combine(gateway.DataDirectory, "token")));
        }
    }

    [Fact]
    public async Task Terminate_WithStateWritten_EndsWithZeroAndKeepsIt()
    {
        await using var gateway = await GatewayProcess.StartAsync([], CancellationToken);
        using var client = new GatewayClient(gateway);
        var token = gateway.Token;
        Assert.Equal(200, (await client.SendAsync(client.Request("simulator/chat/completions", """{"model":"simulator","messages":[{"role":"user","content":"x"}]}"""), CancellationToken)).StatusCode);

        Assert.Equal(0, await gateway.TerminateAsync());
        await gateway.StartAsync(CancellationToken);

        Assert.Equal(token, gateway.Token);
        var logs = await client.AdminAsync(HttpMethod.Get, "ai-gateway/gateways/default/logs", null, CancellationToken);
        Assert.Equal(1, logs.Json.GetProperty("result").GetArrayLength());
    }
}
