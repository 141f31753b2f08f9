using System.Security.Cryptography;
using System.Text;

namespace GatewayActors.Front.Realtime;

/// <summary>A handshake with an upstream (RFC 6455 §4.1). Every attempt has a key of its own.</summary>
/// <param name="protocols">The subprotocols that are offered.</param>
internal sealed class UpgradeRequest(IReadOnlyList<string> protocols)
{
    private const string AcceptSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 §1.3
    private const int KeyBytes = 16;

    private string _key = "";

    /// <summary>Makes a request a handshake. Extensions are not offered: a compressed message could not be read.</summary>
    public void Write(HttpRequestMessage request)
    {
        _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));
        (request.Version, request.VersionPolicy) = (System.Net.HttpVersion.Version11, HttpVersionPolicy.RequestVersionExact);
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", _key);
        if (protocols.Count > 0)
        {
            request.Headers.TryAddWithoutValidation("Sec-WebSocket-Protocol", string.Join(", ", protocols));
        }
    }

    /// <summary>Whether the upstream has agreed to what was asked for.</summary>
    public bool IsAccepted(HttpResponseMessage response) =>
        response.Headers.NonValidated.TryGetValues("Sec-WebSocket-Accept", out var accept)
        && accept.ToString() == Accept(_key)
        && response.Headers.NonValidated.TryGetValues("Upgrade", out var upgrade)
        && upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase);

#pragma warning disable CA5350 // What the protocol asks for; nothing is protected by it.
    private static string Accept(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSuffix)));
#pragma warning restore CA5350
}
