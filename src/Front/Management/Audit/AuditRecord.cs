namespace GatewayActors.Front.Management.Audit;

/// <summary>What is known about a change while its request is under way.</summary>
internal sealed class AuditRecord(RouteEndpoint endpoint)
{
    /// <summary>Where the request goes.</summary>
    public RouteEndpoint Endpoint => endpoint;

    /// <summary>What is done and to what.</summary>
    public (string Action, string ResourceType) Name { get; } = Read(endpoint);

    /// <summary>The resource before; null if it is not known or there is none.</summary>
    public string? OldJson { get; set; }

    /// <summary>Whether the resource is configuration, which may be shown, rather than content of exchanges.</summary>
    public bool HasValues => Name.ResourceType is not ("log" or "logs");

    private static (string Action, string ResourceType) Read(RouteEndpoint endpoint)
    {
        // A name that does not fit fails a test; should one ever get here, the change is recorded all the same.
        var name = AuditedEndpoints.NameOf(endpoint);
        return AuditedEndpoints.TryRead(name, out var action, out var type) ? (action, type) : ("change", name);
    }
}
