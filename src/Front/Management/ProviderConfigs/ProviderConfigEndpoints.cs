using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Secrets;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Gateways;
using GatewayActors.Front.Management.Http;
using GatewayActors.Front.Management.Secrets;
using GatewayActors.Front.Secrets;
using GatewayActors.Providers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.ProviderConfigs;

/// <summary>The stored keys of a gateway: which secret is the key of which provider.</summary>
internal static class ProviderConfigEndpoints
{
    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the provider configs of a gateway.</summary>
        public void MapProviderConfigs()
        {
            const Permissions write = Permissions.GatewayWrite | Permissions.SecretsWrite;
            var group = routes.MapGroup("/accounts/{accountId}/ai-gateway/gateways/{gatewayId}/provider_configs")
                .WithTags("Provider configs")
                .RequirePermission(Permissions.GatewayRead);
            group.MapGet("/", ListAsync).WithName("ListProviderConfigs").WithQuery("page:integer", "per_page:integer");
            group.MapPost("/", CreateAsync).WithName("CreateProviderConfig").RequirePermission(write)
                .WithBody(["provider_slug", "alias", "default_config:boolean"], "secret", "secret_id", "rate_limit:integer", "rate_limit_period:integer");
            group.MapPut("/{configId}", RotateAsync).WithName("RotateProviderConfig").RequirePermission(write).WithBody(["secret"]);
            group.MapDelete("/{configId}", DeleteAsync).WithName("DeleteProviderConfig").RequirePermission(write);
        }
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<ProviderConfigResource>>>, ApiProblem>> ListAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var paging = query.Paging(maxPerPage: 100);
        if (query.Problem is { } problem)
        {
            return problem;
        }

        if (await GatewayEndpoints.FindAsync(grains, accountId, gatewayId, cancellationToken) is not { } gateway)
        {
            return ApiProblem.NotFound;
        }

        var configs = gateway.ProviderConfigs ?? [];
        var secrets = configs.Count == 0 ? [] : (await Secrets(grains, accountId).GetAsync(cancellationToken)).Secrets.ToDictionary(secret => secret.Id);
        return TypedResults.Ok(Envelope.Page<ProviderConfigResource>(
            [.. paging.Of(configs).Select(config => ProviderConfigResource.From(gatewayId, config, secrets.GetValueOrDefault(config.SecretId)))], paging, configs.Count));
    }

    internal static async Task<Results<Ok<Envelope<ProviderConfigResource>>, ApiProblem>> CreateAsync(
        string accountId, string gatewayId, HttpContext context, IGrainFactory grains, SecretSealer sealer, ProviderCatalog catalog, TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (await GatewayEndpoints.FindAsync(grains, accountId, gatewayId, cancellationToken) is not { } gateway)
        {
            return ApiProblem.NotFound;
        }

        List<ApiError> errors = [];
        var reader = new ProviderConfigReader(body, errors);
        var (config, secretId, value) = (reader.Read(catalog, timeProvider.GetUtcNow()), reader.ReadSecretId(), reader.ReadSecret(Need.Optional));
        if (errors.Count > 0)
        {
            return ApiProblem.Invalid(errors);
        }

        // Asked before anything is written: a refusal must not change the secret of the config that is there.
        if (gateway.ProviderConfigs?.Any(other => other.ProviderSlug == config.ProviderSlug && other.Alias == config.Alias) == true)
        {
            return Refusal(ProviderConfigOutcome.AlreadyExists)!;
        }

        // The secret first: after a crash in between it lies there unused, and the next try takes it. The other order would leave a key
        // without a value.
        var found = await new ProviderConfigSecrets(Secrets(grains, accountId), sealer, gateway).FindAsync(config, secretId, value, cancellationToken);
        if (found.Secret is not { } secret)
        {
            return found.Problem!;
        }

        var change = await Gateway(grains, accountId, gatewayId)
            .AddProviderConfigAsync(config with { SecretId = secret.Id, OwnsSecret = found.IsNew }, cancellationToken);
        return Answer(gatewayId, change, secret);
    }

    internal static async Task<Results<Ok<Envelope<ProviderConfigResource>>, ApiProblem>> RotateAsync(
        string accountId, string gatewayId, string configId, HttpContext context, IGrainFactory grains, SecretSealer sealer, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (await GatewayEndpoints.FindAsync(grains, accountId, gatewayId, cancellationToken) is not { } gateway || Find(gateway, configId) is not { } config)
        {
            return ApiProblem.NotFound;
        }

        List<ApiError> errors = [];
        if (new ProviderConfigReader(body, errors).ReadSecret(Need.NotNull) is not { } value || errors.Count > 0)
        {
            return ApiProblem.Invalid(errors);
        }

        var found = await new ProviderConfigSecrets(Secrets(grains, accountId), sealer, gateway).RotateAsync(config, value, cancellationToken);
        if (found.Secret is not { } secret)
        {
            return found.Problem!;
        }

        var change = await Gateway(grains, accountId, gatewayId).SetProviderConfigSecretAsync(config.Id, secret.Id, found.IsNew, cancellationToken);
        return Answer(gatewayId, change, secret);
    }

    internal static async Task<Results<Ok<Envelope<ProviderConfigResource>>, ApiProblem>> DeleteAsync(
        string accountId, string gatewayId, string configId, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!Identifiers.IsUrlId(gatewayId) || !Guid.TryParseExact(configId, "D", out var id))
        {
            return ApiProblem.NotFound;
        }

        var change = await Gateway(grains, accountId, gatewayId).RemoveProviderConfigAsync(id, cancellationToken);
        var secret = change.Config is { } config ? await DropSecretAsync(grains, accountId, config, cancellationToken) : null;
        return Answer(gatewayId, change, secret);
    }

    /// <summary>Deletes the secret that went with a config. A crash before that leaves it in the store, where it can be seen and deleted.</summary>
    /// <returns>What it was; null if there was none.</returns>
    internal static async Task<SecretRecord?> DropSecretAsync(IGrainFactory grains, string accountId, ProviderConfig config, CancellationToken cancellationToken)
    {
        var secrets = Secrets(grains, accountId);
        var contents = await secrets.GetAsync(cancellationToken);
        if (contents.Secrets.FirstOrDefault(secret => secret.Id == config.SecretId) is not { } secret)
        {
            return null;
        }

        if (config.OwnsSecret)
        {
            await secrets.DeleteAsync(contents.Store!.Id, [secret.Id], cancellationToken);
        }

        return secret;
    }

    private static ProviderConfig? Find(GatewayRecord gateway, string configId) =>
        Guid.TryParseExact(configId, "D", out var id) ? gateway.ProviderConfigs?.FirstOrDefault(config => config.Id == id) : null;

    private static ISecretsStoreGrain Secrets(IGrainFactory grains, string accountId) => SecretsStoreEndpoints.Secrets(grains, accountId);

    private static IGatewayGrain Gateway(IGrainFactory grains, string accountId, string gatewayId) =>
        grains.GetGrain<IGatewayGrain>(GrainKeys.Gateway(accountId, gatewayId));

    private static Results<Ok<Envelope<ProviderConfigResource>>, ApiProblem> Answer(string gatewayId, ProviderConfigChange change, SecretRecord? secret) =>
        change.Config is { } config
            ? TypedResults.Ok(Envelope.Of(ProviderConfigResource.From(gatewayId, config, secret)))
            : Refusal(change.Outcome)!;

    private static ApiProblem Refusal(ProviderConfigOutcome outcome) => outcome switch
    {
        ProviderConfigOutcome.GatewayNotFound or ProviderConfigOutcome.ConfigNotFound => ApiProblem.NotFound,
        ProviderConfigOutcome.AlreadyExists => ApiProblem.Invalid("A provider config with this provider_slug and alias already exists", "body", "alias"),
        ProviderConfigOutcome.TooMany => ApiProblem.Invalid("The maximum number of provider configs is reached", "body", "provider_slug"),
        ProviderConfigOutcome.Done => throw new InvalidOperationException("A change that was made is answered with its result."),
    };
}
