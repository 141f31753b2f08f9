namespace GatewayActors.Front.Management;

/// <summary>Settings of the admin API. Bound from <c>Gateway</c>.</summary>
internal sealed class ManagementOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string SectionName = "Gateway";

    /// <summary>
    /// The origin that clients of the data plane use, such as <c>https://ai.example.com</c>. Default: scheme and host of the request
    /// that asks for it.
    /// </summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>Settings of calls to upstreams, as far as the admin API checks input by them.</summary>
    public UpstreamSettings Upstream { get; set; } = new();

    /// <summary>Bound from <c>Gateway:Upstream</c>.</summary>
    internal sealed class UpstreamSettings
    {
        /// <summary>Whether URLs that tenants set may be plain <c>http</c> and lead to private networks. Default: false.</summary>
        public bool AllowPrivateNetworks { get; set; }
    }
}
