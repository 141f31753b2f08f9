using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Audit;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Health;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace GatewayActors.Front.Hosting;

/// <summary>Makes the first account, opens the log store and the audit log, and says how to begin once requests are served.</summary>
internal sealed class Bootstrap(
    IGrainFactory grains,
    ILogStore logs,
    IAuditStore audit,
    BootstrapToken token,
    GatewayOptions options,
    TimeProvider timeProvider,
    Readiness readiness,
    IServer server,
    IHostApplicationLifetime lifetime) : IHostedService
{
    private string _accountId = "";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await logs.InitializeAsync(cancellationToken);
        await audit.InitializeAsync(cancellationToken);
        _accountId = await EnsureAccountAsync(cancellationToken);
        lifetime.ApplicationStarted.Register(Announce);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<string> EnsureAccountAsync(CancellationToken cancellationToken)
    {
        var directory = grains.GetGrain<IAccountDirectoryGrain>(GrainKeys.AccountDirectory);
        var known = await directory.ListAsync(cancellationToken);
        var accountId = options.Bootstrap.AccountId
            ?? (known.Count > 0 ? known[0] : null)
            ?? Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString("N");
        await grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).CreateAsync("Default account", cancellationToken);
        return accountId;
    }

    private void Announce()
    {
        readiness.MarkStarted();
        var address = (server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? ListenUrls.Default)
            .Replace("[::]", "localhost", StringComparison.Ordinal)
            .Replace("0.0.0.0", "localhost", StringComparison.Ordinal)
            .Replace("*", "localhost", StringComparison.Ordinal)
            .TrimEnd('/');
        var bearer = token.FilePath is { } path ? $"$(cat '{Path.GetFullPath(path)}')" : "$GATEWAY_TOKEN";
        Console.WriteLine($$"""

            GatewayActors is ready.

              Start page  {{address}}/
              Admin API   {{address}}/client/v4  (OpenAPI: {{address}}/openapi/v1.json)
              Account     {{_accountId}}
              Token       {{(token.FilePath is { } file ? Path.GetFullPath(file) : "as configured in Gateway:Bootstrap:Token")}}

            Try it:

            curl -s "{{address}}/v1/{{_accountId}}/default/simulator/chat/completions" -H "cf-aig-authorization: Bearer {{bearer}}" -H "content-type: application/json" -d '{"model":"simulator","messages":[{"role":"user","content":"Hello"}]}'

            """);
    }
}
