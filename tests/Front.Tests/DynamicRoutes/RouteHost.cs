using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GatewayActors.Front.DynamicRoutes.Model;
using GatewayActors.Front.Tests.DataPlane;
using Xunit;

namespace GatewayActors.Front.Tests.DynamicRoutes;

/// <summary>Dynamic routes of the gateway <c>main</c>, without their own grain.</summary>
internal static class RouteHost
{
    public const string RouteId = "11111111-1111-7111-8111-111111111111";

    extension(DataPlaneHost host)
    {
        /// <summary>Deploys routes in place of all others: names and elements.</summary>
        public async Task DeployAsync(params (string Name, string Elements)[] routes)
        {
            var revision = (host.Gateway.Record?.RoutesRevision ?? 0) + 1;
            await host.Gateway.SetRoutesAsync(host.Gateway.Record!.InternalId, revision,
            [
                .. routes.Select((route, index) => new Abstractions.DynamicRoutes.DeployedRoute
                {
                    Id = index == 0 ? RouteId : $"{RouteId[..^1]}{index + 1}",
                    Name = route.Name,
                    VersionId = $"v{revision}",
                    Elements = Valid(route.Elements),
                }),
            ], TestContext.Current.CancellationToken);
        }

        /// <summary>Calls a route by the OpenAI-compatible endpoint.</summary>
        public Task<FrontAnswer> CallRouteAsync(string name, string? metadata = null, params (string Name, string Value)[] headers) =>
            host.SendAsync(HttpMethod.Post, "compat/chat/completions", Encoding.UTF8.GetBytes(Body(name)),
                [("authorization", "Bearer sk-client"), ("content-type", "application/json"), .. metadata is null ? [] : new[] { ("cf-aig-metadata", metadata) }, .. headers]);
    }

    public static string Body(string route, bool stream = false) => $$$$$"""{"model":"dynamic/{{{{{route}}}}}","messages":[{"role":"user","content":"Hello"}],"stream":{{{{{(stream ? "true" : "false")}}}}}}""";

    /// <summary>What is stored of a graph; it must be valid.</summary>
    public static string Valid(string elements)
    {
        var reading = Read(elements);
        Assert.Empty(reading.Malformed.Concat(reading.Invalid).Select(error => error.Message));
        return RouteWriter.Write(reading.Graph);
    }

    public static RouteReading Read(string elements) => RouteReader.Read(JsonElement.Parse($$$$$"""{"elements":{{{{{elements}}}}}}"""));

    public static string Start(string next) => $$$$$"""{"id":"s","type":"start","outputs":{"next":{"elementId":"{{{{{next}}}}}"}}}""";

    public static string End => """{"id":"e","type":"end","outputs":{}}""";

    public static string Model(string id, string? fallback = null, string? success = "e", string provider = "openai", string? model = null, string more = "")
    {
        JsonObject outputs = [];
        if (success is not null)
        {
            outputs["success"] = new JsonObject { ["elementId"] = success };
        }

        if (fallback is not null)
        {
            outputs["fallback"] = new JsonObject { ["elementId"] = fallback };
        }

        return $$$$$"""{"id":"{{{{{id}}}}}","type":"model","properties":{"provider":"{{{{{provider}}}}}","model":"{{{{{model ?? id}}}}}","timeout":0,"retries":0{{{{{more}}}}}},"outputs":{{{{{outputs.ToJsonString()}}}}}}""";
    }

    /// <summary>The way through a route that a log entry tells.</summary>
    public static string Way(Recorded entry)
    {
        var route = JsonElement.Parse(entry.Entry.DetailsJson!).GetProperty("route");
        return string.Join(' ', route.GetProperty("path").EnumerateArray().Select(node =>
            $"{(node.TryGetProperty("route", out var nested) ? nested.GetString() + "." : "")}{node.GetProperty("element_id").GetString()}:{node.GetProperty("result").GetString()}"));
    }
}
