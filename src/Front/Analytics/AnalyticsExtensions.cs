using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Audit;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Analytics;

/// <summary>Registration of the analytics endpoint.</summary>
internal static class AnalyticsExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>Adds what the endpoint needs besides an <see cref="Abstractions.Analytics.IAnalyticsStore"/>.</summary>
        public IServiceCollection AddAnalytics() => services.AddSingleton<AnalyticsResolver>().AddSingleton<AnalyticsEndpoint>();
    }

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the endpoint. Which account a token may see is checked for the account of the query.</summary>
        public void MapAnalytics() => routes
            .MapPost("/graphql", (HttpContext context, AnalyticsEndpoint endpoint, CancellationToken cancellationToken) => endpoint.PostAsync(context, cancellationToken))
            .WithName("QueryAnalytics")
            .WithTags("Analytics")
            .OnlyReads()
            .RequireAnyToken()
            .WithBody(["query"], "variables:object", "operationName");
    }
}
