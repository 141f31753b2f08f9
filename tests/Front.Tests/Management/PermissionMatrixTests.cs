using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Management;
using GatewayActors.Front.SingleSignOn;
using GatewayActors.Front.Tests.SingleSignOn;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

/// <summary>Which permission opens which route. A new route without a line here fails.</summary>
[Collection(typeof(AdminTests))]
public sealed class PermissionMatrixTests(AdminHost host)
{
    private const string Account = "/client/v4/accounts/{accountId}";
    private const string Gateways = $"{Account}/ai-gateway/gateways";
    private const string Providers = $"{Account}/ai-gateway/custom-providers";
    private const string DynamicRoutes = $"{Gateways}/{{gatewayId}}/routes";
    private const string Datasets = $"{Gateways}/{{gatewayId}}/datasets";
    private const string Replays = $"{Gateways}/{{gatewayId}}/replays";
    private const string Evaluations = $"{Gateways}/{{gatewayId}}/evaluations";
    private const string Configs = $"{Gateways}/{{gatewayId}}/provider_configs";
    private const string Dlp = $"{Account}/dlp";
    private const string Stores = $"{Account}/secrets_store/stores";
    private const string Secrets = $"{Stores}/{{storeId}}/secrets";
    private const string Logs = $"{Gateways}/{{gatewayId}}/logs";

    // Null: any token. None: any token of the account. Not a flag of the enum: the operator's only.
    private static readonly Permissions Operator = (Permissions)(1 << 30);

    private static readonly Permissions RunOrWorkersAi = (Permissions)(1 << 29);

    private static readonly Dictionary<string, Permissions?> Routes = new()
    {
        ["GET /client/v4/user"] = null,
        ["GET /client/v4/user/tokens/verify"] = null,
        ["GET /client/v4/memberships"] = null,
        ["POST /client/v4/graphql"] = null, // The account is named in the query: AnalyticsApiTests.
        ["GET /client/v4/accounts"] = null,
        ["POST /client/v4/accounts"] = Operator,
        [$"GET {Account}"] = Permissions.None,
        [$"PUT {Account}"] = Permissions.AccountWrite,
        [$"DELETE {Account}"] = Operator,
        [$"GET {Gateways}/{{gatewayId}}/custom-domains"] = Permissions.GatewayRead,
        [$"POST {Gateways}/{{gatewayId}}/custom-domains"] = Permissions.GatewayWrite,
        [$"GET {Gateways}/{{gatewayId}}/custom-domains/{{hostname}}"] = Permissions.GatewayRead,
        [$"DELETE {Gateways}/{{gatewayId}}/custom-domains/{{hostname}}"] = Permissions.GatewayWrite,
        [$"GET {Account}/ai-gateway/billing/credit-balance"] = Permissions.GatewayRead,
        [$"GET {Account}/ai-gateway/billing/usage-history"] = Permissions.GatewayRead,
        [$"GET {Account}/ai-gateway/billing/invoice-history"] = Permissions.GatewayRead,
        [$"GET {Account}/ai-gateway/billing/invoice-preview"] = Permissions.GatewayRead,
        [$"POST {Account}/ai-gateway/billing/topup"] = Permissions.GatewayWrite,
        [$"POST {Account}/ai-gateway/billing/topup/status"] = Permissions.GatewayRead,
        [$"GET {Account}/ai-gateway/billing/topup/config"] = Permissions.GatewayRead,
        [$"POST {Account}/ai-gateway/billing/topup/config"] = Permissions.GatewayWrite,
        [$"DELETE {Account}/ai-gateway/billing/topup/config"] = Permissions.GatewayWrite,
        [$"GET {Account}/ai-gateway/billing/topup/limits"] = Permissions.GatewayRead,
        [$"GET {Account}/ai-gateway/billing/spending-limit"] = Permissions.GatewayRead,
        [$"POST {Account}/ai-gateway/billing/spending-limit"] = Permissions.GatewayWrite,
        [$"DELETE {Account}/ai-gateway/billing/spending-limit"] = Permissions.GatewayWrite,
        [$"GET {Gateways}/{{gatewayId}}/policies"] = Permissions.GatewayRead,
        [$"POST {Gateways}/{{gatewayId}}/policies"] = Permissions.GatewayWrite,
        [$"POST {Gateways}/{{gatewayId}}/policies/commit"] = Permissions.GatewayWrite,
        [$"POST {Gateways}/{{gatewayId}}/policies/simulate"] = Permissions.GatewayRead,
        [$"GET {Gateways}/{{gatewayId}}/policies/{{policyId}}"] = Permissions.GatewayRead,
        [$"PUT {Gateways}/{{gatewayId}}/policies/{{policyId}}"] = Permissions.GatewayWrite,
        [$"DELETE {Gateways}/{{gatewayId}}/policies/{{policyId}}"] = Permissions.GatewayWrite,
        [$"GET {Account}/audit_logs"] = Permissions.AccountRead,
        [$"GET {Account}/tokens"] = Permissions.TokensRead,
        [$"POST {Account}/tokens"] = Permissions.TokensWrite,
        [$"GET {Account}/tokens/verify"] = Permissions.None,
        [$"GET {Account}/tokens/permission_groups"] = Permissions.TokensRead,
        [$"GET {Account}/tokens/{{tokenId}}"] = Permissions.TokensRead,
        [$"PUT {Account}/tokens/{{tokenId}}"] = Permissions.TokensWrite,
        [$"DELETE {Account}/tokens/{{tokenId}}"] = Permissions.TokensWrite,
        [$"PUT {Account}/tokens/{{tokenId}}/value"] = Permissions.TokensWrite,
        [$"GET {Gateways}"] = Permissions.GatewayMetadataRead,
        [$"POST {Gateways}"] = Permissions.GatewayWrite,
        [$"GET {Gateways}/{{gatewayId}}"] = Permissions.GatewayMetadataRead,
        [$"PUT {Gateways}/{{gatewayId}}"] = Permissions.GatewayWrite,
        [$"DELETE {Gateways}/{{gatewayId}}"] = Permissions.GatewayWrite,
        [$"DELETE {Gateways}/{{gatewayId}}/cache"] = Permissions.GatewayWrite,
        [$"GET {Gateways}/{{gatewayId}}/url/{{provider}}"] = Permissions.GatewayMetadataRead,
        [$"GET {DynamicRoutes}"] = Permissions.GatewayRead,
        [$"POST {DynamicRoutes}"] = Permissions.GatewayWrite,
        [$"GET {DynamicRoutes}/{{routeId}}"] = Permissions.GatewayRead,
        [$"PATCH {DynamicRoutes}/{{routeId}}"] = Permissions.GatewayWrite,
        [$"DELETE {DynamicRoutes}/{{routeId}}"] = Permissions.GatewayWrite,
        [$"GET {DynamicRoutes}/{{routeId}}/versions"] = Permissions.GatewayRead,
        [$"POST {DynamicRoutes}/{{routeId}}/versions"] = Permissions.GatewayWrite,
        [$"GET {DynamicRoutes}/{{routeId}}/versions/{{versionId}}"] = Permissions.GatewayRead,
        [$"GET {DynamicRoutes}/{{routeId}}/deployments"] = Permissions.GatewayRead,
        [$"POST {DynamicRoutes}/{{routeId}}/deployments"] = Permissions.GatewayWrite,
        [$"POST {DynamicRoutes}/{{routeId}}/explain"] = Permissions.GatewayRead,
        [$"GET {Datasets}"] = Permissions.GatewayRead,
        [$"POST {Datasets}"] = Permissions.GatewayWrite,
        [$"GET {Datasets}/{{datasetId}}"] = Permissions.GatewayRead,
        [$"PUT {Datasets}/{{datasetId}}"] = Permissions.GatewayWrite,
        [$"DELETE {Datasets}/{{datasetId}}"] = Permissions.GatewayWrite,
        [$"GET {Evaluations}"] = Permissions.GatewayRead,
        [$"POST {Evaluations}"] = Permissions.GatewayWrite,
        [$"GET {Evaluations}/{{evaluationId}}"] = Permissions.GatewayRead,
        [$"DELETE {Evaluations}/{{evaluationId}}"] = Permissions.GatewayWrite,
        [$"POST {Datasets}/{{datasetId}}/replays"] = Permissions.GatewayWrite | Permissions.GatewayRun,
        [$"GET {Replays}"] = Permissions.GatewayRead,
        [$"GET {Replays}/{{replayId}}"] = Permissions.GatewayRead,
        [$"DELETE {Replays}/{{replayId}}"] = Permissions.GatewayWrite,
        [$"POST {Replays}/{{replayId}}/cancel"] = Permissions.GatewayWrite,
        [$"GET {Replays}/{{replayId}}/results"] = Permissions.GatewayRead,
        [$"GET {Account}/ai-gateway/evaluation-types"] = Permissions.GatewayRead,
        [$"GET {Logs}"] = Permissions.GatewayMetadataRead,
        [$"DELETE {Logs}"] = Permissions.GatewayWrite,
        [$"GET {Logs}/export"] = Permissions.GatewayMetadataRead,
        [$"GET {Logs}/tail"] = Permissions.GatewayMetadataRead,
        [$"GET {Logs}/{{logId}}"] = Permissions.GatewayMetadataRead,
        [$"PATCH {Logs}/{{logId}}"] = Permissions.GatewayWrite,
        [$"GET {Logs}/{{logId}}/request"] = Permissions.GatewayRead,
        [$"GET {Logs}/{{logId}}/response"] = Permissions.GatewayRead,
        [$"GET {Providers}"] = Permissions.GatewayRead,
        [$"POST {Providers}"] = Permissions.GatewayWrite,
        [$"GET {Providers}/{{providerId}}"] = Permissions.GatewayRead,
        [$"PATCH {Providers}/{{providerId}}"] = Permissions.GatewayWrite,
        [$"DELETE {Providers}/{{providerId}}"] = Permissions.GatewayWrite,
        [$"GET {Providers}/costs"] = Permissions.GatewayRead,
        [$"POST {Providers}/costs"] = Permissions.GatewayWrite,
        [$"GET {Providers}/costs/{{ruleId}}"] = Permissions.GatewayRead,
        [$"PATCH {Providers}/costs/{{ruleId}}"] = Permissions.GatewayWrite,
        [$"DELETE {Providers}/costs/{{ruleId}}"] = Permissions.GatewayWrite,
        [$"GET {Account}/logpush/jobs"] = Permissions.GatewayRead,
        [$"POST {Account}/logpush/jobs"] = Permissions.GatewayWrite,
        [$"GET {Account}/logpush/jobs/{{jobId}}"] = Permissions.GatewayRead,
        [$"PUT {Account}/logpush/jobs/{{jobId}}"] = Permissions.GatewayWrite,
        [$"DELETE {Account}/logpush/jobs/{{jobId}}"] = Permissions.GatewayWrite,
        [$"GET {Dlp}/profiles"] = Permissions.GatewayRead,
        [$"GET {Dlp}/profiles/{{profileId}}"] = Permissions.GatewayRead,
        [$"POST {Dlp}/profiles/custom"] = Permissions.GatewayWrite,
        [$"GET {Dlp}/profiles/custom/{{profileId}}"] = Permissions.GatewayRead,
        [$"PUT {Dlp}/profiles/custom/{{profileId}}"] = Permissions.GatewayWrite,
        [$"DELETE {Dlp}/profiles/custom/{{profileId}}"] = Permissions.GatewayWrite,
        [$"GET {Dlp}/profiles/predefined/{{profileId}}/config"] = Permissions.GatewayRead,
        [$"PUT {Dlp}/profiles/predefined/{{profileId}}/config"] = Permissions.GatewayWrite,
        [$"DELETE {Dlp}/profiles/predefined/{{profileId}}"] = Permissions.GatewayWrite,
        [$"POST {Dlp}/patterns/validate"] = Permissions.GatewayRead,
        [$"GET {Dlp}/limits"] = Permissions.GatewayRead,
        [$"GET {Configs}"] = Permissions.GatewayRead,
        [$"POST {Configs}"] = Permissions.GatewayWrite | Permissions.SecretsWrite,
        [$"PUT {Configs}/{{configId}}"] = Permissions.GatewayWrite | Permissions.SecretsWrite,
        [$"DELETE {Configs}/{{configId}}"] = Permissions.GatewayWrite | Permissions.SecretsWrite,
        [$"GET {Account}/secrets_store/quota"] = Permissions.SecretsRead,
        [$"GET {Stores}"] = Permissions.SecretsRead,
        [$"POST {Stores}"] = Permissions.SecretsWrite,
        [$"GET {Stores}/{{storeId}}"] = Permissions.SecretsRead,
        [$"DELETE {Stores}/{{storeId}}"] = Permissions.SecretsWrite,
        [$"GET {Secrets}"] = Permissions.SecretsRead,
        [$"POST {Secrets}"] = Permissions.SecretsWrite,
        [$"DELETE {Secrets}"] = Permissions.SecretsWrite,
        [$"GET {Secrets}/{{secretId}}"] = Permissions.SecretsRead,
        [$"PATCH {Secrets}/{{secretId}}"] = Permissions.SecretsWrite,
        [$"DELETE {Secrets}/{{secretId}}"] = Permissions.SecretsWrite,
        [$"POST {Secrets}/{{secretId}}/duplicate"] = Permissions.SecretsWrite,
        [$"GET {Account}/ai/models/search"] = RunOrWorkersAi,
        [$"GET {Account}/ai/models/schema"] = RunOrWorkersAi,
        [$"GET {Account}/ai/authors/search"] = RunOrWorkersAi,
        [$"GET {Account}/ai/tasks/search"] = RunOrWorkersAi,
    };

    internal static bool IsManagement(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<ManagementEndpoint>() is not null;

    [Fact]
    public void Routes_All_HaveALine() =>
        Assert.Equal(Routes.Keys.Order(StringComparer.Ordinal), host.Endpoints.Where(IsManagement).Select(Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Routes_WithoutToken_AreTheListedOnes()
    {
        var open = host.Endpoints
            .Where(endpoint => endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            .Select(endpoint => endpoint.RoutePattern.RawText)
            .Except(["/client/v4/failing", "{*path:nonfile}"]); // The host of the tests.

        Assert.Equal(PublicRoutes.All, open);
    }

    [Fact]
    public void Routes_OfAnAccount_CheckTheAccount() =>
        Assert.All(Routes.Where(route => route.Key.Contains("{accountId}", StringComparison.Ordinal)), route => Assert.NotNull(route.Value));

    [Fact]
    public async Task Routes_EveryPermissionGroup_OpensWhatItCovers()
    {
        var owner = await host.CreateTenantAsync();
        foreach (var group in PermissionGroups.All)
        {
            var token = (await host.CreateTokenAsync(owner.AccountId, owner.Token, group.Name)).GetProperty("value").GetString();
            foreach (var (route, needed) in Routes)
            {
                var answer = await SendAsync(route, owner.AccountId, token);
                var open = needed is not { } permissions || (permissions == RunOrWorkersAi
                    ? (group.Grants & (Permissions.GatewayRun | Permissions.WorkersAiRead)) != 0
                    : (group.Grants & permissions) == permissions);
                var forbidden = answer.Status == 403 && answer.ErrorCode == 10000;
                Assert.True(open != forbidden, $"{group.Name}, {route}: {answer.Status} {answer.Text}");
                Assert.True((answer.Status < 500 || answer.Status == 501) && answer.Status != 401, $"{group.Name}, {route}: {answer.Status} {answer.Text}");
            }
        }
    }

    [Theory]
    [InlineData("viewers", OidcRole.Viewer)]
    [InlineData("editors", OidcRole.Editor)]
    [InlineData("admins", OidcRole.Admin)]
    public async Task Routes_EveryRole_OpensWhatItCoversOnItsAccountAlone(string group, OidcRole role)
    {
        await host.Account(SignOnSettings.Account).CreateAsync("Corp", TestContext.Current.CancellationToken);
        var stranger = await host.CreateTenantAsync();
        var token = await SignOnBrowser.SignOnAsync(host, group);
        var own = Roles.PermissionsOf(role);
        foreach (var (route, needed) in Routes)
        {
            var answer = await SendAsync(route, SignOnSettings.Account, token);
            var open = needed is not { } permissions || (permissions == RunOrWorkersAi
                ? (own & (Permissions.GatewayRun | Permissions.WorkersAiRead)) != 0
                : (own & permissions) == permissions);
            var forbidden = answer.Status == 403 && answer.ErrorCode == 10000;
            Assert.True(open != forbidden, $"{role}, {route}: {answer.Status} {answer.Text}");
            Assert.True((answer.Status < 500 || answer.Status == 501) && answer.Status != 401, $"{role}, {route}: {answer.Status} {answer.Text}");
            if (route.Contains("{accountId}", StringComparison.Ordinal))
            {
                (await SendAsync(route, stranger.AccountId, token)).AssertFailure(403, 10000);
            }
        }
    }

    [Fact]
    public async Task Routes_TokenOfAnotherAccount_AreForbidden()
    {
        var owner = await host.CreateTenantAsync();
        var stranger = await host.CreateTenantAsync();
        await owner.CreateGatewayAsync("g");
        var entry = Entries.Make(owner.AccountId, "g", "{}"u8.ToArray(), "{}"u8.ToArray());
        host.Logs.Add(entry);
        foreach (var route in Routes.Keys.Where(route => route.Contains("{accountId}", StringComparison.Ordinal)))
        {
            var answer = await SendAsync(route, owner.AccountId, stranger.Token, "g", owner.TokenId, entry.Id.ToString("D"));
            answer.AssertFailure(403, 10000);
        }

        (await owner.GetAsync("ai-gateway/gateways/g")).AssertSuccess();
        Assert.Equal(200, (await owner.GetAsync($"ai-gateway/gateways/g/logs/{entry.Id:D}/request")).Status);
    }

    [Fact]
    public async Task Routes_OfOneAccount_NeverShowWhatBelongsToAnother()
    {
        var owner = await host.CreateTenantAsync();
        var stranger = await host.CreateTenantAsync();
        await owner.CreateGatewayAsync("g");
        await stranger.CreateGatewayAsync("g");
        var entry = Entries.Make(owner.AccountId, "g", "{}"u8.ToArray(), "{}"u8.ToArray());
        host.Logs.Add(entry);

        foreach (var path in (string[])["", "/request", "/response"])
        {
            (await stranger.GetAsync($"ai-gateway/gateways/g/logs/{entry.Id:D}{path}")).AssertFailure(404, 7002);
        }

        (await stranger.SendAsync(HttpMethod.Patch, $"ai-gateway/gateways/g/logs/{entry.Id:D}", "{}")).AssertFailure(404, 7002);
        (await stranger.GetAsync($"tokens/{owner.TokenId}")).AssertFailure(404, 7002);
        (await stranger.SendAsync(HttpMethod.Delete, $"tokens/{owner.TokenId}")).AssertFailure(404, 7002);
        (await stranger.SendAsync(HttpMethod.Put, $"tokens/{owner.TokenId}/value")).AssertFailure(404, 7002);
        Assert.Equal(0, (await stranger.GetAsync("ai-gateway/gateways/g/logs")).Body.GetProperty("result_info").GetProperty("total_count").GetInt32());
        var accounts = await host.SendAsync(HttpMethod.Get, "accounts", stranger.Token);
        Assert.Equal(stranger.AccountId, Assert.Single(accounts.Result.EnumerateArray()).GetProperty("id").GetString());
        var memberships = await host.SendAsync(HttpMethod.Get, "memberships", stranger.Token);
        Assert.Equal(stranger.AccountId, Assert.Single(memberships.Result.EnumerateArray()).GetProperty("id").GetString());
    }

    private static string Name(RouteEndpoint endpoint) =>
        $"{Assert.Single(endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)} {endpoint.RoutePattern.RawText!.TrimEnd('/')}";

    private Task<Answer> SendAsync(
        string route, string accountId, string? token, string gatewayId = "none", string? tokenId = null, string logId = "019a0000-0000-7000-8000-000000000000")
    {
        var (method, pattern) = (route.Split(' ')[0], route.Split(' ')[1]);
        var path = pattern["/client/v4/".Length..]
            .Replace("{accountId}", accountId, StringComparison.Ordinal)
            .Replace("{gatewayId}", gatewayId, StringComparison.Ordinal)
            .Replace("{tokenId}", tokenId ?? new string('0', 32), StringComparison.Ordinal)
            .Replace("{provider}", "openai", StringComparison.Ordinal)
            .Replace("{routeId}", "none", StringComparison.Ordinal)
            .Replace("{versionId}", "none", StringComparison.Ordinal)
            .Replace("{logId}", logId, StringComparison.Ordinal);
        return host.SendAsync(new(method), path, token, method is "POST" or "PUT" or "PATCH" ? "{}" : null);
    }
}
