using GatewayActors.Providers;
using GatewayActors.Providers.Realtime;

namespace GatewayActors.Front.Realtime;

/// <summary>
/// The subprotocols that a client offers. Browsers can set no headers on a WebSocket, so clients put into subprotocols what belongs there:
/// it is moved to where it belongs, and none of it reaches the provider as a subprotocol.
/// </summary>
internal sealed class OfferedProtocols
{
    private const string GatewayToken = "cf-aig-authorization";

    private readonly List<string> _others = [];
    private readonly List<string> _words = [];
    private readonly List<string> _secrets = [];

    private OfferedProtocols()
    {
    }

    /// <summary>Those that the provider is offered.</summary>
    public IReadOnlyList<string> Forwarded => _others;

    /// <summary>Reads the offer, and sets the headers that it stands for, unless the client has sent them too.</summary>
    /// <param name="headers">The client's.</param>
    /// <param name="provider">The provider that is called; null for none.</param>
    public static OfferedProtocols Take(IHeaderDictionary headers, Provider? provider)
    {
        var offered = new OfferedProtocols();
        string[] names =
        [
            .. from offer in headers.SecWebSocketProtocol
               from name in (offer ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
               select name,
        ];
        for (var index = 0; index < names.Length; index++)
        {
            var name = names[index];
            if (name.StartsWith(GatewayToken + ".", StringComparison.OrdinalIgnoreCase))
            {
                offered.Move(headers, GatewayToken, name[(GatewayToken.Length + 1)..], name);
            }
            else if (Find(provider, name) is not { } meaning)
            {
                offered._others.Add(name);
            }
            else if (meaning.Form == ProtocolForm.Prefix)
            {
                offered.Move(headers, meaning.Header, meaning.Scheme + name[meaning.Protocol.Length..], name);
            }
            else if (meaning.Form == ProtocolForm.Word)
            {
                offered._words.Add(name);
                Set(headers, meaning.Header, meaning.Scheme);
            }
            else if (index + 1 < names.Length)
            {
                offered._words.Add(name);
                index++;
                offered.Move(headers, meaning.Header, meaning.Scheme + names[index], names[index]);
            }
            else
            {
                offered._others.Add(name); // Alone it is nobody's key.
            }
        }

        return offered;
    }

    /// <summary>
    /// The one that the client is told was chosen, because browsers close a WebSocket without: the provider's choice, else one that is no
    /// secret, else what the client alone knows. Null if the client offers none.
    /// </summary>
    /// <param name="chosen">What the provider has chosen; null for none.</param>
    public string? Choose(string? chosen) =>
        chosen is not null && _others.Contains(chosen, StringComparer.Ordinal) ? chosen
        : _others.FirstOrDefault() ?? _words.FirstOrDefault() ?? _secrets.Find(secret => secret.StartsWith(GatewayToken, StringComparison.OrdinalIgnoreCase)) ?? _secrets.FirstOrDefault();

    private static ProtocolHeader? Find(Provider? provider, string name)
    {
        foreach (var meaning in provider?.ProtocolHeaders ?? [])
        {
            var isMeant = meaning.Form == ProtocolForm.Prefix
                ? name.Length > meaning.Protocol.Length && name.StartsWith(meaning.Protocol, StringComparison.OrdinalIgnoreCase)
                : name.Equals(meaning.Protocol, StringComparison.OrdinalIgnoreCase);
            if (isMeant)
            {
                return meaning;
            }
        }

        return null;
    }

    private void Move(IHeaderDictionary headers, string header, string value, string name)
    {
        _secrets.Add(name);
        Set(headers, header, value);
    }

    private static void Set(IHeaderDictionary headers, string header, string value)
    {
        if (headers[header].Count == 0)
        {
            headers[header] = value;
        }
    }
}
