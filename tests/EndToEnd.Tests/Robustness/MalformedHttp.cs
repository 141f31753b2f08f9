namespace GatewayActors.EndToEnd.Tests.Robustness;

/// <summary>What is no HTTP, or hardly. A server may answer without a body, or close.</summary>
internal static class MalformedHttp
{
    private const string Host = "Host: localhost\r\n";

    // Each with credentials that let it through to where the body is read.
    private static readonly (string Target, string Credentials)[] Surfaces =
    [
        ("/v1/{a}/default/openai/chat/completions", "cf-aig-authorization: Bearer {t}\r\nAuthorization: Bearer provider-key-for-tests\r\n"),
        ("/client/v4/accounts/{a}/ai-gateway/gateways", "Authorization: Bearer {t}\r\n"),
    ];

    public static IEnumerable<MalformedRequest> All =>
        from surface in Surfaces
        from request in Whole(surface.Target, surface.Credentials).Select(raw => new MalformedRequest(surface.Target) { Raw = raw })
            .Concat(Cut(surface.Target, surface.Credentials).Select(raw => new MalformedRequest(surface.Target) { Raw = raw, EndsEarly = true }))
        select request;

    private static string[] Cut(string target, string credentials) =>
    [
        "",
        "\r\n",
        "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003", // the start of a TLS handshake
        $"POST {target} HTTP/1.1\r\n{Host}{credentials}Connection: close\r\nContent-Length: 20\r\n\r\n{{}}",
        $"POST {target} HTTP/1.1\r\n{Host}{credentials}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{{}}",
        $"GET {target} HTTP/1.1\r\n{Host}Connection: close\r\nAuth",
    ];

    private static string[] Whole(string target, string credentials) =>
    [
        "\0\0\0\0\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        $"GET {target}\r\n\r\n",
        $"GET {target}/%00 HTTP/1.1\r\n{Host}Connection: close\r\n{credentials}\r\n", // which the server refuses before any route
        $"get {target} HTTP/1.1\r\n{Host}Connection: close\r\n{credentials}\r\n",
        $"GET {target} HTTP/0.9\r\n\r\n",
        $"GET {target} HTTP/3.0\r\n{Host}\r\n",
        $"GET {target} HTTX/1.1\r\n{Host}\r\n",
        $"GET  {target} HTTP/1.1\r\n{Host}\r\n",
        $"GET {target} x HTTP/1.1\r\n{Host}\r\n",
        $"G\u00cbT {target} HTTP/1.1\r\n{Host}\r\n",
        $"{new string('M', 40_000)} {target} HTTP/1.1\r\n{Host}\r\n",
        $"GET {target}/{new string('p', 40_000)} HTTP/1.1\r\n{Host}\r\n",
        $"GET {target}\u00e9 HTTP/1.1\r\n{Host}Connection: close\r\n{credentials}\r\n",
        $"GET * HTTP/1.1\r\n{Host}Connection: close\r\n\r\n",
        $"OPTIONS * HTTP/1.1\r\n{Host}Connection: close\r\n\r\n",
        $"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nConnection: close\r\n\r\n",
        $"GET http://example.com/x HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n",
        $"POST {target} HTTP/1.1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{{}}",
        $"POST {target} HTTP/1.1\r\n{Host}{Host}Connection: close\r\nContent-Length: 2\r\n\r\n{{}}",
        $"POST {target} HTTP/1.1\r\nHost: a b\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{{}}",
        $"POST {target} HTTP/1.1\r\n{Host}{credentials}Content-Length: x\r\n\r\n{{}}",
        $"POST {target} HTTP/1.1\r\n{Host}{credentials}Content-Length: -1\r\n\r\n{{}}",
        $"POST {target} HTTP/1.1\r\n{Host}{credentials}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}",
        $"POST {target} HTTP/1.1\r\n{Host}{credentials}Content-Length: 99999999999999999999\r\n\r\n{{}}",
        $"POST {target} HTTP/1.1\r\n{Host}{credentials}Connection: close\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{{}}",
        $"POST {target} HTTP/1.1\r\n{Host}{credentials}Connection: close\r\nTransfer-Encoding: sideways\r\n\r\n{{}}",
        $"POST {target} HTTP/1.1\r\n{Host}{credentials}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n",
        $"POST {target} HTTP/1.1\r\n{Host}{credentials}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{{}}",
        $"POST {target} HTTP/1.1\r\n{Host}{credentials}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{{}}\r\n0\r\nbad trailer\r\n\r\n",
        $"POST {target} HTTP/1.1\r\n{Host}no colon here\r\n\r\n",
        $"POST {target} HTTP/1.1\r\n{Host}: no name\r\n\r\n",
        $"POST {target} HTTP/1.1\r\n{Host}na me: x\r\n\r\n",
        $"POST {target} HTTP/1.1\r\n{Host}name : x\r\n\r\n",
        $"POST {target} HTTP/1.1\r\n{Host}name: x\r\n folded\r\n\r\n",
        $"POST {target} HTTP/1.1\r\n{Host}name: a\rb\r\n\r\n",
        $"POST {target} HTTP/1.1\r{Host}\r\n\r\n",
        $"POST {target} HTTP/1.1\nHost: localhost\nConnection: close\nContent-Length: 2\n\n{{}}",
        $"POST {target} HTTP/1.1\r\n{Host}name: a\0b\r\n\r\n",
        $"POST {target} HTTP/1.1\r\n{Host}name: {new string('v', 200_000)}\r\n\r\n",
        $"POST {target} HTTP/1.1\r\n{Host}{string.Concat(Enumerable.Range(0, 500).Select(number => $"x-{number}: 1\r\n"))}\r\n",
        $"POST {target} HTTP/1.1\r\n{Host}Upgrade: websocket\r\nConnection: Upgrade, close\r\n{credentials}\r\n",
        $"GET {target} HTTP/1.1\r\n{Host}Upgrade: h2c\r\nHTTP2-Settings: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\n{credentials}\r\n",
    ];
}
