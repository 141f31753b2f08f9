using GatewayActors.Front.Compat;
using GatewayActors.Front.DynamicRoutes.Model;
using GatewayActors.Front.Pipeline;
using GatewayActors.Providers.Mapping;

namespace GatewayActors.Front.Run;

/// <summary>What an input means to a choice among models.</summary>
internal static class RunChoices
{
    /// <summary>The endpoint that an <c>input</c> is for: that of embeddings where the route has models for nothing else.</summary>
    public static string EndpointOf(Exchange exchange, string name)
    {
        var route = name.StartsWith(ModelCalls.DynamicPrefix, StringComparison.Ordinal) ? exchange.Snapshot.Routes.Find(name[ModelCalls.DynamicPrefix.Length..]) : null;
        var models = route?.Graph?.Elements.OfType<ModelElement>().ToList() ?? [];
        return models.Count > 0 && models.TrueForAll(model => ModelTypes.OfModel(model.Model) == ModelTypes.Embeddings) ? "embeddings" : "responses";
    }
}
