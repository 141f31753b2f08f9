using GatewayActors.Front.Authentication;
using GatewayActors.Front.Pipeline;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayActors.Front.Binding;

/// <summary>Adds the paths of the Workers binding.</summary>
internal static class BindingExtensions
{
    extension(WebApplication app)
    {
        /// <summary>Serves the calls of the Workers binding. Stands before everything that looks at the path. Needs an <see cref="ITokenVerifier"/>.</summary>
        public WebApplication UseWorkersBinding()
        {
            var binding = new BindingSurface(app.Services.GetRequiredService<ITokenVerifier>(), app.Services.GetRequiredService<ILogger<BindingSurface>>());
            app.Use(next => context =>
            {
                var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
                return !DataPlanePath.IsDataPlane(target) && BindingSurface.Serves(target) ? binding.InvokeAsync(context, next) : next(context);
            });
            return app;
        }
    }
}
