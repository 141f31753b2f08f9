using GatewayActors.Abstractions.Accounts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace GatewayActors.Front.Authentication;

/// <summary>Registration of the authentication with API tokens.</summary>
internal static class TokenAuthenticationExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>
        /// Adds the verification of tokens, the scheme <see cref="ApiTokenDefaults.Scheme"/>, and the rule that an endpoint without a
        /// policy of its own needs a valid token. Needs an <see cref="OperatorToken"/> and an <see cref="IGrainFactory"/>.
        /// </summary>
        public IServiceCollection AddTokenAuthentication()
        {
            services.TryAddSingleton(TimeProvider.System);
            services.TryAddSingleton<ITokenVerifier, TokenVerifier>();
            services.AddAuthentication(ApiTokenDefaults.Scheme)
                .AddScheme<AuthenticationSchemeOptions, ApiTokenHandler>(ApiTokenDefaults.Scheme, null);
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthorizationHandler, TokenAuthorizationHandler>());
            services.AddAuthorizationBuilder()
                .SetFallbackPolicy(new AuthorizationPolicyBuilder(ApiTokenDefaults.Scheme).RequireAuthenticatedUser().Build());
            return services;
        }
    }

    extension<TBuilder>(TBuilder builder) where TBuilder : IEndpointConventionBuilder
    {
        /// <summary>Lets in tokens of the route's account that have these permissions.</summary>
        public TBuilder RequirePermission(Permissions permissions) => builder.RequireAuthorization(Policy(new PermissionRequirement(permissions)));

        /// <summary>Lets in tokens of the route's account that have the one or the other.</summary>
        public TBuilder RequireEither(Permissions permissions, Permissions others) =>
            builder.RequireAuthorization(Policy(new PermissionRequirement(permissions, others)));

        /// <summary>Lets in every token of the route's account.</summary>
        public TBuilder RequireOwnAccount() => builder.RequirePermission(Permissions.None);

        /// <summary>Lets in the operator's token only.</summary>
        public TBuilder RequireOperator() => builder.RequireAuthorization(Policy(new OperatorRequirement()));

        /// <summary>Lets in every valid token; for routes without an account.</summary>
        public TBuilder RequireAnyToken() =>
            builder.RequireAuthorization(new AuthorizationPolicyBuilder(ApiTokenDefaults.Scheme).RequireAuthenticatedUser().Build());
    }

    private static AuthorizationPolicy Policy(IAuthorizationRequirement requirement) =>
        new AuthorizationPolicyBuilder(ApiTokenDefaults.Scheme).RequireAuthenticatedUser().AddRequirements(requirement).Build();
}
