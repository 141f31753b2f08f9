namespace GatewayActors.Providers.Realtime;

/// <summary>A subprotocol that says what a header would, because a browser can set no header on a WebSocket.</summary>
/// <param name="Protocol">The subprotocol, or what it begins with.</param>
/// <param name="Header">The header; lower case.</param>
/// <param name="Scheme">What stands before the value in the header; the whole value of a <see cref="ProtocolForm.Word"/>.</param>
/// <param name="Form">Where the value is.</param>
public sealed record ProtocolHeader(string Protocol, string Header, string Scheme, ProtocolForm Form = ProtocolForm.Prefix)
{
    /// <summary>The subprotocols <c>{header}.{key}</c> for every header in which a provider takes its credential.</summary>
    public static IReadOnlyList<ProtocolHeader> Of(CredentialPlaces places)
    {
        ArgumentNullException.ThrowIfNull(places);
        return
        [
            .. from header in places.Headers
               let scheme = header == places.InjectHeader ? places.InjectScheme : header == "authorization" ? "Bearer " : ""
               select new ProtocolHeader(header + ".", header, scheme),
        ];
    }
}

/// <summary>Where the value of a <see cref="ProtocolHeader"/> is.</summary>
public enum ProtocolForm
{
    /// <summary>Behind the prefix.</summary>
    Prefix,

    /// <summary>It is the subprotocol that is offered next.</summary>
    Pair,

    /// <summary>There is none: the word says all.</summary>
    Word,
}
