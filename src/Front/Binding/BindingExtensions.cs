using GatewayActors.Front.Authentication;
using GatewayActors.Front.CustomDomains;
using GatewayActors.Front.Pipeline;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayActors.Front.Binding;

/// <summary>Adds the paths of the Workers binding.</summary>
internal static class BindingExtensions
{
    extension(WebApplication app)
    {
        /// <summary>Serves the calls of the Workers binding. Stands before everything that looks at the path. Needs an <see cref="ITokenVerifier"/> and a <see cref="CustomDomainMap"/>.</summary>
        public WebApplication UseWorkersBinding()
        {
            var binding = new BindingSurface(app.Services.GetRequiredService<ITokenVerifier>(), app.Services.GetRequiredService<ILogger<BindingSurface>>());
            var domains = app.Services.GetRequiredService<CustomDomainMap>();
            app.Use(next => context =>
            {
                // The paths of a custom domain are its gateway's, whatever they look like, and reach no other account.
                var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
                return !DataPlanePath.IsDataPlane(request.RawTarget) && BindingSurface.Serves(request.RawTarget) && !domains.Serves(request)
                    ? binding.InvokeAsync(context, next)
                    : next(context);
            });
            return app;
        }
    }
}
