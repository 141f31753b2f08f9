using GatewayActors.Front.Egress;
using Xunit;

namespace GatewayActors.Front.Tests.Egress;

public sealed class TenantUrlTests
{
    /// <summary>Ways to write a URL that leads inside, or that two readers understand differently.</summary>
    public static TheoryData<string> Refused { get; } =
    [
        "https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://a.localhost/", "https://localhost.localdomain/",
        "https://127.0.0.1/", "https://127.0.0.1./", "https://127.1/", "https://127.0.1/", "https://127.0.0.1:443/",
        "https://2130706433/", "https://017700000001/", "https://0x7f000001/", "https://0x7f.0x0.0x0.0x1/", "https://0x7f.1/", "https://0177.0.0.1/",
        "https://0/", "https://0.0.0.0/", "https://00000177.1/", "https://1.2.3.4.5/", "https://10.2.3.0x7/",
        "https://10.0.0.1/", "https://172.16.0.1/", "https://192.168.1.1/", "https://100.64.0.1/", "https://169.254.169.254/latest/meta-data/",
        "https://2852039166/", "https://0xA9FEA9FE/", "https://0251.0376.0251.0376/", "https://100.100.100.200/", "https://168.63.129.16/",
        "https://255.255.255.255/", "https://224.0.0.1/", "https://198.18.0.1/", "https://192.0.2.1/",
        "https://[::1]/", "https://[::]/", "https://[0:0:0:0:0:0:0:1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://[::127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[2001:0:1::1]/", "https://[fe80::1]/", "https://[fe80::1%25eth0]/", "https://[fe80::1%eth0]/",
        "https://[fd00:ec2::254]/", "https://[fc00::1]/", "https://[ff02::1]/",
        "https://metadata/", "https://intranet/", "https://metadata.google.internal/", "https://printer.local/", "https://router.home.arpa/", "https://db.lan/",
        "https://%31%32%37.0.0.1/", "https://127.0.0.1%2f@example.com/", "https://１２７.０.０.１/", "https://ⓛocalhost/", "https://127。0。0。1/", "https://пример.рф/",
        "https://user@api.example.com/", "https://user:password@api.example.com/", "https://@api.example.com/", "https://api.example.com@127.0.0.1/",
        "https://api.example.com\\@127.0.0.1/", "https:\\\\127.0.0.1/", "https:/\\127.0.0.1/", "https:///127.0.0.1/", "https:127.0.0.1", "//127.0.0.1/",
        "http://api.example.com/", "http://127.0.0.1/", "ftp://api.example.com/", "file:///etc/passwd", "gopher://127.0.0.1/", "unix:/var/run/docker.sock",
        "data:,x", "javascript:alert(1)", "api.example.com", "/v1", "https://", "https:// api.example.com/", "https://api.example.com/a b", "https://api.example.com/\n", "https://\tapi.example.com/",
        "https://api..example.com/", "https://-/", "https://[::1/", "https://api.example.com:99999/",
    ];

    [Theory, MemberData(nameof(Refused))]
    public void Problem_LeadsInsideOrIsAmbiguous_IsNamed(string url) => Assert.NotNull(TenantUrl.Problem(url, allowsPrivate: false));

    [Theory]
    [InlineData("https://api.neon.tech")]
    [InlineData("https://api.neon.tech/v1")]
    [InlineData("https://API.neon.tech:8443/v1/x@y")]
    [InlineData("https://api.neon.tech./v1")]
    [InlineData("https://xn--e1afmkfd.xn--p1ai/")]
    [InlineData("https://8.8.8.8/v1")]
    [InlineData("https://[2606:4700:4700::1111]/v1")]
    public void Problem_PublicHttpsUrl_IsNone(string url) => Assert.Null(TenantUrl.Problem(url, allowsPrivate: false));

    [Theory]
    [InlineData("http://127.0.0.1:11434/v1")]
    [InlineData("http://ollama:11434")]
    [InlineData("https://models.corp.internal/v1")]
    [InlineData("http://[::1]:8000/v1")]
    public void Problem_OperatorAllowsPrivateNetworks_IsNone(string url) => Assert.Null(TenantUrl.Problem(url, allowsPrivate: true));

    [Theory]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("http://user@127.0.0.1/")]
    [InlineData("http://[fe80::1%25eth0]/")]
    [InlineData("http:127.0.0.1")]
    public void Problem_OperatorAllowsPrivateNetworks_StillReadsOneHostOnly(string url) => Assert.NotNull(TenantUrl.Problem(url, allowsPrivate: true));
}
