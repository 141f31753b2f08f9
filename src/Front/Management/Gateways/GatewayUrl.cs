using GatewayActors.Front.Configuration;
using GatewayActors.Front.Management.Http;
using GatewayActors.Providers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Gateways;

/// <summary>The address under which clients reach a provider through a gateway.</summary>
internal static class GatewayUrl
{
    private const string Universal = "universal";
    private const string Compat = "compat";

    internal static async Task<Results<Ok<Envelope<string>>, ApiProblem>> GetAsync(
        string accountId,
        string gatewayId,
        string provider,
        HttpContext context,
        IGrainFactory grains,
        ProviderCatalog providers,
        GatewayOptions options,
        CancellationToken cancellationToken)
    {
        if (provider is not (Universal or Compat) && providers.Find(provider) is null)
        {
            return ApiProblem.Invalid($"Unknown provider '{(provider.Length > 64 ? provider[..64] : provider)}'", "params", "provider");
        }

        if (await GatewayEndpoints.FindAsync(grains, accountId, gatewayId, cancellationToken) is null)
        {
            return ApiProblem.NotFound;
        }

        var request = context.Request;
        var origin = options.PublicUrl?.TrimEnd('/') ?? $"{request.Scheme}://{request.Host.ToUriComponent()}";
        return TypedResults.Ok(Envelope.Of($"{origin}/v1/{accountId}/{gatewayId}/{(provider == Universal ? "" : provider)}"));
    }
}
