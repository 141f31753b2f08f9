using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace GatewayActors.Front.Egress;

/// <summary>Which addresses belong to the public internet: everything else is out of bounds for URLs that tenants set.</summary>
/// <remarks>
/// After IANA's registries of special-purpose addresses. IPv6 is a list of what is allowed, because new special blocks are made outside
/// 2000::/3; IPv4 is a list of what is not. Forms of IPv6 that carry an IPv4 address are judged by that address too.
/// </remarks>
internal static class PublicAddresses
{
    private static readonly ImmutableArray<IPNetwork> SpecialIPv4 =
    [
        IPNetwork.Parse("0.0.0.0/8"), // "this network": Linux takes it for loopback
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"), // carrier-grade NAT; also a cloud's metadata (100.100.100.200)
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("168.63.129.16/32"), // a cloud's host services, reachable from its machines alone
        IPNetwork.Parse("169.254.0.0/16"), // link-local; most clouds' metadata (169.254.169.254)
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.0.0.0/24"), // protocol assignments; also a cloud's metadata (192.0.0.192)
        IPNetwork.Parse("192.0.2.0/24"), // documentation
        IPNetwork.Parse("192.52.193.0/24"), // multicast relays
        IPNetwork.Parse("192.88.99.0/24"), // 6to4 relays, withdrawn
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"), // benchmarks
        IPNetwork.Parse("198.51.100.0/24"), // documentation
        IPNetwork.Parse("203.0.113.0/24"), // documentation
        IPNetwork.Parse("224.0.0.0/4"), // multicast
        IPNetwork.Parse("240.0.0.0/4"), // reserved, broadcast
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly ImmutableArray<IPNetwork> SpecialIPv6 =
    [
        IPNetwork.Parse("2001::/23"), // protocol assignments: Teredo, benchmarks, ORCHID
        IPNetwork.Parse("2001:db8::/32"), // documentation
        IPNetwork.Parse("3fff::/20"), // documentation
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    /// <summary>Whether the address may be connected to on behalf of a tenant.</summary>
    public static bool Contains(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return !IsIn(SpecialIPv4, address);
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.ScopeId != 0)
        {
            return false;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return Contains(address.MapToIPv4());
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        if (Nat64.Contains(address))
        {
            return Contains(new IPAddress(bytes[12..]));
        }

        return GlobalUnicast.Contains(address)
            && !IsIn(SpecialIPv6, address)
            && (!SixToFour.Contains(address) || Contains(new IPAddress(bytes[2..6])))
            && (!IsIsatap(bytes) || Contains(new IPAddress(bytes[12..])));
    }

    // RFC 5214: a tunnel's interface id holds the IPv4 address behind 0000:5efe or 0200:5efe.
    private static bool IsIsatap(ReadOnlySpan<byte> bytes) => bytes[8] is 0x00 or 0x02 && bytes[9..12].SequenceEqual<byte>([0x00, 0x5e, 0xfe]);

    private static bool IsIn(ImmutableArray<IPNetwork> networks, IPAddress address)
    {
        foreach (var network in networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
