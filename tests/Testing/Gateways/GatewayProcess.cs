using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace GatewayActors.Testing.Gateways;

/// <summary>The built gateway as a process of its own, with a data folder of its own that outlives restarts.</summary>
public sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly Dictionary<string, string> _settings;
    private readonly ConcurrentQueue<string> _output = new();
    private Process? _process;
    private TaskCompletionSource _outputEnded = new();
    private TaskCompletionSource _nextLine = NewSignal();

    private GatewayProcess(IEnumerable<KeyValuePair<string, string>> settings)
    {
        DataDirectory = Directory.CreateTempSubdirectory("gateway-data-").FullName;
        Port = FreePorts.Next();
        BaseUrl = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");
        AccountId = Guid.CreateVersion7().ToString("N");
        _settings = new(settings, StringComparer.OrdinalIgnoreCase);
        _settings.TryAdd("Gateway:DataDirectory", DataDirectory);
        _settings.TryAdd("Gateway:Bootstrap:AccountId", AccountId);
        AccountId = _settings["Gateway:Bootstrap:AccountId"];
        DataDirectory = _settings["Gateway:DataDirectory"];
    }

    /// <summary>The port of every start of this gateway.</summary>
    public int Port { get; }

    /// <summary>The address, without a slash at its end.</summary>
    public string BaseUrl { get; }

    /// <summary>The first account.</summary>
    public string AccountId { get; }

    /// <summary>The operator's token.</summary>
    public string Token { get; private set; } = "";

    /// <summary>Where the state is.</summary>
    public string DataDirectory { get; }

    /// <summary>The running process's id.</summary>
    public int ProcessId => Running.Id;

    /// <summary>Everything printed so far, by all starts.</summary>
    public string Output => string.Join('\n', _output);

    private Process Running => _process ?? throw new InvalidOperationException("The gateway is not running.");

    /// <summary>Starts a gateway and waits until it is ready.</summary>
    /// <param name="settings">Keys as in the documentation, e.g. <c>Gateway:Providers:openai:BaseUrl</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<GatewayProcess> StartAsync(
        IEnumerable<KeyValuePair<string, string>> settings, CancellationToken cancellationToken = default)
    {
        var gateway = new GatewayProcess(settings);
        try
        {
            await gateway.StartAsync(cancellationToken);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts the process again, with the same port, data and settings.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_process is not null)
        {
            throw new InvalidOperationException("The gateway is running.");
        }

        var program = RepositoryFiles.PathOf("src", "Front", "bin", RepositoryFiles.Configuration, "net10.0", "GatewayActors.Front.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--urls", BaseUrl])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = DataDirectory,
        };
        foreach (var inherited in start.Environment.Keys.Where(IsSetting).ToArray())
        {
            start.Environment.Remove(inherited);
        }

        foreach (var (key, value) in _settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        _outputEnded = NewSignal();
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Record(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilReadyAsync(_process, cancellationToken);
        Token = (await File.ReadAllTextAsync(Path.Combine(DataDirectory, "token"), cancellationToken)).Trim();
    }

    /// <summary>The first line of the output that fits, as soon as it is printed.</summary>
    public async Task<string> PrintedLineAsync(Func<string, bool> fits, CancellationToken cancellationToken)
    {
        while (true)
        {
            var more = Volatile.Read(ref _nextLine).Task; // armed before the look, so that no line is missed
            if (_output.FirstOrDefault(fits) is { } line)
            {
                return line;
            }

            await more.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Ends the process as a crash does (SIGKILL): nothing is flushed.</summary>
    public async Task KillAsync()
    {
        Running.Kill();
        await EndedAsync();
    }

    /// <summary>Asks the process to end (SIGTERM) and waits; the answer is its exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", ProcessId.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        return await EndedAsync();
    }

    /// <summary>The process's memory now and at its highest, in bytes, as the kernel counts it.</summary>
    public async Task<(long Resident, long Peak)> ReadMemoryAsync(CancellationToken cancellationToken)
    {
        var lines = await File.ReadAllLinesAsync($"/proc/{ProcessId}/status", cancellationToken);
        return (Read("VmRSS:"), Read("VmHWM:"));

        long Read(string name) =>
            long.Parse(lines.First(line => line.StartsWith(name, StringComparison.Ordinal)).AsSpan(name.Length).Trim(" \tkB"), CultureInfo.InvariantCulture) * 1024;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }

        Directory.Delete(DataDirectory, recursive: true);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool IsSetting(string variable) =>
        variable.StartsWith("Gateway__", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase)
        || variable.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase);

    private async Task WaitUntilReadyAsync(Process process, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler);
        try
        {
            while (true)
            {
                if (process.HasExited)
                {
                    await EndedAsync();
                    throw new InvalidOperationException($"The gateway ended while it started:\n{Output}");
                }

                try
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, BaseUrl + "/healthz/ready");
                    using var response = await invoker.SendAsync(request, limit.Token);
                    if (response.StatusCode == HttpStatusCode.OK)
                    {
                        return;
                    }
                }
                catch (HttpRequestException)
                {
                    // Not listening yet.
                }

                await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token); // a process can only be asked
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The gateway was not ready within {StartLimit}:\n{Output}");
        }
    }

    private async Task<int> EndedAsync()
    {
        var process = Running;
        await process.WaitForExitAsync();
        await _outputEnded.Task;
        var code = process.ExitCode;
        process.Dispose();
        _process = null;
        return code;
    }

    private void Record(string? line)
    {
        if (line is null)
        {
            _outputEnded.TrySetResult();
        }

        Keep(line);
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
            Interlocked.Exchange(ref _nextLine, NewSignal()).TrySetResult();
        }
    }
}
