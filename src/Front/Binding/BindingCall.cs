namespace GatewayActors.Front.Binding;

/// <summary>Marks a request that came in as the Workers binding sends it: its answers are a little different.</summary>
/// <param name="Model">The model that a header names; null for none.</param>
internal sealed record BindingCall(string? Model)
{
    public const string ModelHeader = "cf-consn-model-id";

    /// <summary>Reads the header, whose value is <c>[prefix:]author/model</c>.</summary>
    public static BindingCall Of(IHeaderDictionary headers)
    {
        var value = headers[ModelHeader] is [{ Length: > 0 } single] ? single : null;
        var colon = value is null ? -1 : value.IndexOf(':', StringComparison.Ordinal);
        var slash = value is null ? -1 : value.IndexOf('/', StringComparison.Ordinal);

        // A colon behind the slash belongs to the model's own name, such as a version.
        return new(colon >= 0 && colon < slash ? value![(colon + 1)..] : value);
    }
}

/// <summary>A gateway's address as the binding reads it.</summary>
/// <param name="Url">The address.</param>
internal sealed record BindingUrl(string Url);
