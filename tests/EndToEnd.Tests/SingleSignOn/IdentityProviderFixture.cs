using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using GatewayActors.EndToEnd.Tests.Sdk;
using GatewayActors.Testing.Gateways;

namespace GatewayActors.EndToEnd.Tests.SingleSignOn;

/// <summary>A certified identity provider as a process, and a gateway that trusts it.</summary>
public sealed class IdentityProviderFixture : IAsyncLifetime
{
    public const string MachineAudience = "https://gateway.test/admin";

    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _output = new();
    private Process? _provider;

    public string Issuer { get; private set; } = "";

    public string ClientSecret { get; } = RandomNumberGenerator.GetHexString(32);

    public GatewayProcess Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var port = FreePorts.Next();
        Issuer = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        var account = Guid.CreateVersion7().ToString("N");
        Dictionary<string, string> settings = new() { ["Gateway:Bootstrap:AccountId"] = account };
        Set("Issuer", Issuer);
        Set("ClientId", "gateway");
        Set("ClientSecret", ClientSecret);
        Set("DisplayName", "Company account");
        Set("Audiences", $"gateway {MachineAudience}");
        Role("engineers", null, "engineers", "Viewer");
        Role("admins", null, "admins", "Admin");
        Role("robot", "client_id", "robot", "Editor");
        Gateway = await GatewayProcess.StartAsync(settings);

        var start = new ProcessStartInfo("node", ["identity-provider.mjs"])
        {
            WorkingDirectory = AimockFixture.Scripts,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        start.Environment["GATEWAY_URL"] = Gateway.BaseUrl;
        start.Environment["CLIENT_SECRET"] = ClientSecret;
        _provider = new Process { StartInfo = start, EnableRaisingEvents = true };
        _provider.OutputDataReceived += (_, line) => Read(line.Data);
        _provider.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _provider.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException($"The identity provider ended: {string.Join('\n', _output)}"));
        _provider.Start();
        _provider.BeginOutputReadLine();
        _provider.BeginErrorReadLine();
        await _listening.Task;

        void Set(string key, string value) => settings[$"Gateway:Oidc:corp:{key}"] = value;

        void Role(string name, string? claim, string value, string role)
        {
            Set($"Roles:{name}:Claim", claim ?? "");
            Set($"Roles:{name}:Value", value);
            Set($"Roles:{name}:Account", account);
            Set($"Roles:{name}:Role", role);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }

        if (_provider is not null)
        {
            _provider.StandardInput.Close();
            await _provider.WaitForExitAsync();
            _provider.Dispose();
        }
    }

    private void Read(string? line)
    {
        _output.Enqueue(line ?? "");
        if (line?.StartsWith("LISTENING ", StringComparison.Ordinal) == true)
        {
            _listening.TrySetResult();
        }
    }
}
