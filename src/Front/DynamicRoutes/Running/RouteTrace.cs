using System.Text.Json;
using GatewayActors.Front.AutoRouter;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.DynamicRoutes.Running;

/// <summary>Which way a request has taken to the model that answers. Used by one exchange.</summary>
/// <param name="calledAs">The model that the client named.</param>
/// <param name="route">The route that was called; null where another choice was made.</param>
internal sealed class RouteTrace(string calledAs, LiveRoute? route = null)
{
    /// <summary>The model that the client named.</summary>
    public string CalledAs => calledAs;

    public LiveRoute? Route => route;

    /// <summary>Why the model was chosen; null where a route has led to it.</summary>
    public AutoDecision? Decision { get; init; }

    /// <summary>The elements passed so far, in their order.</summary>
    public List<RouteTraceNode> Nodes { get; } = [];

    /// <summary>What stands in the log for the route as a whole, once all its ways have failed; null before, and where one has not.</summary>
    public Step? Failure { get; set; }

    public void Add(string elementId, string type, string result) => Nodes.Add(new(null, elementId, type, result, null));

    public void Add(LiveRoute of, string elementId, string type, string result, string? reason = null) =>
        Nodes.Add(new(ReferenceEquals(of, route) ? null : of.Name, elementId, type, result, reason));

    /// <summary>Writes the members of an object that describes the way.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("name"u8, route?.Name ?? calledAs);
        if (route is not null)
        {
            json.WriteString("version_id"u8, route.VersionId);
        }

        if (Decision is { } decision)
        {
            json.WriteString("reason"u8, decision.Reason);
            json.WriteString("decision_id"u8, decision.Id);
        }

        json.WriteStartArray("path"u8);
        foreach (var node in Nodes)
        {
            json.WriteStartObject();
            json.WriteString("element_id"u8, node.ElementId);
            json.WriteString("type"u8, node.Type);
            json.WriteString("result"u8, node.Result);
            if (node.Route is not null)
            {
                json.WriteString("route"u8, node.Route);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

/// <summary>One element that was passed.</summary>
/// <param name="Route">The nested route it belongs to; null for the one that was called.</param>
/// <param name="ElementId">Its id.</param>
/// <param name="Type">Its type.</param>
/// <param name="Result">What it decided: the port that was taken, or how a call ended.</param>
/// <param name="Reason">What it decided by; not for the log, as it may hold what the client sent.</param>
internal readonly record struct RouteTraceNode(string? Route, string ElementId, string Type, string Result, string? Reason);
