using System.Collections.Concurrent;
using System.Diagnostics;
using GatewayActors.EndToEnd.Tests.Harness;
using GatewayActors.Testing;
using GatewayActors.Testing.Gateways;

namespace GatewayActors.EndToEnd.Tests.Sdk;

/// <summary>A mock provider that its authors keep in step with the real APIs, and a gateway in front of it.</summary>
public class AimockFixture : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _aborted = new();
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _output = new();
    private Process? _aimock;
    private string _hosted = "";

    /// <summary>The gateway; <c>openai</c>, <c>anthropic</c> and <c>google-ai-studio</c> lead to the mock.</summary>
    public GatewayProcess Gateway { get; private set; } = null!;

    /// <summary>Where the scripts are.</summary>
    public static string Scripts { get; } = RepositoryFiles.PathOf("tests", "EndToEnd.Tests", "sdk");

    /// <summary>Ends when the mock has seen the client of a case go away before the end of its answer.</summary>
    public Task AbortedAsync(string name) => Signal(name).Task;

    public async ValueTask InitializeAsync()
    {
        var start = new ProcessStartInfo("node", ["aimock.mjs"])
        {
            WorkingDirectory = Scripts,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _aimock = new Process { StartInfo = start, EnableRaisingEvents = true };
        _aimock.OutputDataReceived += (_, line) => Read(line.Data);
        _aimock.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _aimock.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException($"The mock provider ended: {string.Join('\n', _output)}"));
        _aimock.Start();
        _aimock.BeginOutputReadLine();
        _aimock.BeginErrorReadLine();
        Gateway = await GatewayProcess.StartAsync(Settings(await _listening.Task, _hosted));
    }

    /// <summary>The gateway's settings.</summary>
    /// <param name="baseUrl">The mock.</param>
    /// <param name="hosted">The run call of hosted models.</param>
    protected virtual Dictionary<string, string> Settings(string baseUrl, string hosted) => GatewayFixture.ProvidersAt(baseUrl);

    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }

        if (_aimock is not null)
        {
            _aimock.StandardInput.Close();
            await _aimock.WaitForExitAsync();
            _aimock.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    private void Read(string? line)
    {
        switch (line?.Split(' ', 2))
        {
            case ["HOSTED", var url]:
                _hosted = url;
                break;
            case ["LISTENING", var url]:
                _listening.TrySetResult(url.TrimEnd('/'));
                break;
            case ["ABORTED", var name]:
                Signal(name).TrySetResult();
                break;
            case not null:
                _output.Enqueue(line);
                break;
        }
    }

    private TaskCompletionSource Signal(string name) =>
        _aborted.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
