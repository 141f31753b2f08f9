using Microsoft.AspNetCore.Http;

namespace GatewayActors.Front.Configuration;

/// <summary>Where the front listens.</summary>
internal static class ListenUrls
{
    /// <summary>The address where nothing is configured.</summary>
    public const string Default = "http://localhost:8080";

    /// <summary>The addresses of the front itself, by <c>urls</c>, else <c>http_ports</c> and <c>https_ports</c>, else the default.</summary>
    public static IReadOnlyList<string> Of(IConfiguration configuration)
    {
        if (Split(configuration[WebHostDefaults.ServerUrlsKey]) is { Count: > 0 } urls)
        {
            return urls;
        }

        List<string> ports =
        [
            .. Split(configuration[WebHostDefaults.HttpPortsKey]).Select(port => $"http://*:{port}"),
            .. Split(configuration[WebHostDefaults.HttpsPortsKey]).Select(port => $"https://*:{port}"),
        ];
        return ports.Count > 0 ? ports : [Default];
    }

    /// <summary>The port of an address; 0 where it has none that can be known before listening.</summary>
    public static int PortOf(string url)
    {
        try
        {
            return BindingAddress.Parse(url).Port;
        }
        catch (FormatException)
        {
            return 0; // The server itself refuses the address, and names it.
        }
    }

    extension(WebApplicationBuilder builder)
    {
        /// <summary>
        /// Makes the front listen where it is configured to, by default at <see cref="Default"/>, and at <c>Gateway:MetricsUrl</c> if
        /// that is set.
        /// </summary>
        public WebApplicationBuilder UseGatewayUrls()
        {
            if (builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
            {
                return builder; // It overrides every URL anyway.
            }

            var urls = Of(builder.Configuration).ToList();
            if (builder.Configuration[$"{GatewayOptions.SectionName}:{nameof(GatewayOptions.MetricsUrl)}"] is { Length: > 0 } metrics)
            {
                urls.Add(metrics);
            }

            builder.WebHost.UseUrls([.. urls]);
            return builder;
        }
    }

    private static List<string> Split(string? list) =>
        [.. (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
