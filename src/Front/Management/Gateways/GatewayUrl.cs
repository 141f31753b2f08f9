using GatewayActors.Abstractions;
using GatewayActors.Abstractions.CustomProviders;
using GatewayActors.Front.Binding;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Management.Http;
using GatewayActors.Providers;
using GatewayActors.Providers.Custom;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Gateways;

/// <summary>The address under which clients reach a provider through a gateway.</summary>
internal static class GatewayUrl
{
    private const string Universal = "universal";
    private const string Compat = "compat";

    internal static async Task<Results<Ok<Envelope<string>>, Ok<Envelope<BindingUrl>>, ApiProblem>> GetAsync(
        string accountId,
        string gatewayId,
        string provider,
        HttpContext context,
        IGrainFactory grains,
        ProviderCatalog providers,
        GatewayOptions options,
        CancellationToken cancellationToken)
    {
        if (provider is not (Universal or Compat) && providers.Find(provider) is null && !await IsOwnAsync(grains, accountId, provider, cancellationToken))
        {
            return ApiProblem.Invalid($"Unknown provider '{(provider.Length > 64 ? provider[..64] : provider)}'", "params", "provider");
        }

        if (await GatewayEndpoints.FindAsync(grains, accountId, gatewayId, cancellationToken) is null)
        {
            return ApiProblem.NotFound;
        }

        var request = context.Request;
        var origin = options.PublicUrl?.TrimEnd('/') ?? $"{request.Scheme}://{request.Host.ToUriComponent()}";
        var url = $"{origin}/v1/{accountId}/{gatewayId}/{(provider == Universal ? "" : provider)}";
        return context.Features.Get<BindingCall>() is null ? TypedResults.Ok(Envelope.Of(url)) : TypedResults.Ok(Envelope.Of(new BindingUrl(url)));
    }

    private static async Task<bool> IsOwnAsync(IGrainFactory grains, string accountId, string provider, CancellationToken cancellationToken)
    {
        if (!CustomProvider.TryGetSlug(provider, out var span))
        {
            return false;
        }

        var slug = span.ToString();
        var own = await grains.GetGrain<ICustomProvidersGrain>(GrainKeys.CustomProviders(accountId)).ListAsync(cancellationToken);
        return own.Any(candidate => candidate.Definition.Slug == slug);
    }
}
