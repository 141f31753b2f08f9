using System.Net;
using System.Net.Sockets;

namespace GatewayActors.Front.Authentication;

/// <summary>Networks in CIDR notation that clients call from. A single address stands for itself.</summary>
internal static class ClientNetworks
{
    /// <summary>Reads one network; an IPv4 network written as IPv4-mapped IPv6 becomes IPv4.</summary>
    public static bool TryParse(string text, out IPNetwork network)
    {
        if (IPAddress.TryParse(text, out var address) && !text.Contains('/', StringComparison.Ordinal))
        {
            address = Normalize(address);
            network = new(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
            return true;
        }

        if (!TryParseCidr(text, out network))
        {
            return false;
        }

        if (network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= 96)
        {
            network = new(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96);
        }

        return true;
    }

    /// <summary>The address as networks are compared with: IPv4 where it is IPv4 in IPv6 clothes.</summary>
    public static IPAddress Normalize(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    // IPNetwork.TryParse refuses an address with bits outside the prefix (10.1.2.3/8), which people write; the bits are cleared here.
    private static bool TryParseCidr(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0
            || !IPAddress.TryParse(text.AsSpan(0, slash), out var address)
            || !int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out var prefix))
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var length);
        if (prefix > length * 8)
        {
            return false;
        }

        for (var i = 0; i < length; i++)
        {
            var kept = Math.Clamp(prefix - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - kept));
        }

        network = new(new IPAddress(bytes[..length]), prefix);
        return true;
    }
}
