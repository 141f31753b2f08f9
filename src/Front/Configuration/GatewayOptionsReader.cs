using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace GatewayActors.Front.Configuration;

/// <summary>
/// Reads <c>Gateway:</c> strictly: a key nobody knows and a value that is not accepted are mistakes, and all of them are found at once.
/// An empty value means that the key is not set. Pure; thread-safe.
/// </summary>
internal sealed class GatewayOptionsReader
{
    private static readonly string[] ClusterConnections = ["redis", "storage", "logs"];

    private readonly IReadOnlySet<string> _providerSlugs;
    private readonly List<string> _mistakes = [];

    private GatewayOptionsReader(IReadOnlySet<string> providerSlugs) => _providerSlugs = providerSlugs;

    /// <summary>Everything that is wrong with a configuration; empty if nothing is.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="providerSlugs">The slugs that may stand under <c>Gateway:Providers</c>.</param>
    /// <returns>One line for each mistake, ready for the operator; it shows no secret.</returns>
    public static IReadOnlyList<string> Validate(IConfiguration configuration, IReadOnlySet<string> providerSlugs) =>
        Read(configuration, providerSlugs, new GatewayOptions());

    /// <summary>Fills options; what is wrong keeps its default and is reported.</summary>
    /// <returns>As <see cref="Validate"/>.</returns>
    public static IReadOnlyList<string> Read(IConfiguration configuration, IReadOnlySet<string> providerSlugs, GatewayOptions options)
    {
        var reader = new GatewayOptionsReader(providerSlugs);
        var section = configuration.GetSection(GatewayOptions.SectionName);
        reader.ReadSection(section, options);
        reader.CheckTogether(configuration, options);
        return reader._mistakes;
    }

    private void ReadSection(IConfigurationSection section, object target)
    {
        var properties = target.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance);
        if (!string.IsNullOrEmpty(section.Value) && !section.GetChildren().Any())
        {
            _mistakes.Add(SettingMistake.Unknown(section.Path, section.Value, target.GetType(), $"a section with {SettingMistake.Names(properties)}"));
            return;
        }

        foreach (var child in section.GetChildren())
        {
            var property = properties.FirstOrDefault(property => property.Name.Equals(child.Key.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                RefuseAll(child, target.GetType(), SettingMistake.Names(properties));
            }
            else if (SettingValue.IsScalar(property.PropertyType))
            {
                ReadValue(child, property, target);
            }
            else if (property.GetValue(target) is IDictionary<string, ProviderOptions> providers)
            {
                ReadProviders(child, providers);
            }
            else if (property.GetValue(target) is IDictionary<string, OidcOptions> signOns)
            {
                ReadNamed(child, signOns, OidcRules.IsName, OidcRules.AcceptedNames);
            }
            else if (property.GetValue(target) is IDictionary<string, OidcRoleOptions> roles)
            {
                ReadNamed(child, roles, _ => true, "");
            }
            else
            {
                ReadSection(child, property.GetValue(target)!);
            }
        }
    }

    private void ReadValue(IConfigurationSection section, PropertyInfo property, object target)
    {
        foreach (var below in section.GetChildren())
        {
            RefuseAll(below, target.GetType(), $"nothing below {section.Path}");
        }

        if (string.IsNullOrEmpty(section.Value))
        {
            return;
        }

        var rule = property.GetCustomAttribute<SettingRuleAttribute>();
        var value = SettingValue.Parse(property.PropertyType, section.Value);
        if (value is null || rule?.Accepts(value) == false)
        {
            _mistakes.Add(SettingMistake.Invalid(section.Path, section.Value, property, rule?.Accepted ?? SettingValue.Accepted(property.PropertyType)));
            return;
        }

        property.SetValue(target, value);
    }

    private void ReadProviders(IConfigurationSection section, IDictionary<string, ProviderOptions> providers)
    {
        var known = string.Join(", ", _providerSlugs.Order(StringComparer.Ordinal));
        if (!string.IsNullOrEmpty(section.Value))
        {
            _mistakes.Add(SettingMistake.Unknown(section.Path, section.Value, typeof(ProviderOptions), "a section for each provider slug"));
        }

        foreach (var child in section.GetChildren())
        {
            // Configuration keys ignore case, slugs do not: the options hold the slug as the catalogue spells it.
            var slug = _providerSlugs.FirstOrDefault(slug => slug.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (slug is null)
            {
                RefuseAll(child, typeof(ProviderOptions), $"as provider slug {known}");
                continue;
            }

            var provider = new ProviderOptions();
            ReadSection(child, provider);
            providers[slug] = provider;
        }
    }

    /// <summary>Sections whose names are the operator's.</summary>
    private void ReadNamed<TOptions>(IConfigurationSection section, IDictionary<string, TOptions> named, Func<string, bool> isName, string acceptedNames)
        where TOptions : class, new()
    {
        if (!string.IsNullOrEmpty(section.Value))
        {
            _mistakes.Add(SettingMistake.Unknown(section.Path, section.Value, typeof(TOptions), "a section for each name"));
        }

        foreach (var child in section.GetChildren())
        {
            if (!isName(child.Key))
            {
                RefuseAll(child, typeof(TOptions), acceptedNames);
                continue;
            }

            var options = new TOptions();
            ReadSection(child, options);
            named[child.Key] = options;
        }
    }

    /// <summary>One mistake for each value at or below a key nobody knows.</summary>
    private void RefuseAll(IConfigurationSection section, Type owner, string accepted)
    {
        var children = section.GetChildren().ToList();
        if (section.Value is not null || children.Count == 0)
        {
            _mistakes.Add(SettingMistake.Unknown(section.Path, section.Value, owner, accepted));
        }

        foreach (var child in children)
        {
            RefuseAll(child, owner, accepted);
        }
    }

    /// <summary>What spans more than one key.</summary>
    private void CheckTogether(IConfiguration configuration, GatewayOptions options)
    {
        if (options.Upstream.FirstByteTimeout > options.Upstream.TotalTimeout)
        {
            _mistakes.Add(
                $"Gateway:Upstream:FirstByteTimeout = '{options.Upstream.FirstByteTimeout}' is not valid; accepted: at most Gateway:Upstream:TotalTimeout, which is {options.Upstream.TotalTimeout}.");
        }

        if (options.WebSockets.StopGrace > options.DrainTimeout)
        {
            _mistakes.Add(
                $"Gateway:WebSockets:StopGrace = '{options.WebSockets.StopGrace}' is not valid; accepted: at most Gateway:DrainTimeout, which is {options.DrainTimeout}.");
        }

        if (options is { CoHostSilo: false, Mode: GatewayMode.Embedded })
        {
            _mistakes.Add("Gateway:CoHostSilo = 'false' is not valid; accepted: true, because Gateway:Mode is Embedded.");
        }

        if (options.Mode == GatewayMode.Cluster)
        {
            foreach (var name in ClusterConnections.Where(name => string.IsNullOrWhiteSpace(configuration.GetConnectionString(name))))
            {
                _mistakes.Add($"ConnectionStrings:{name} is not set; accepted: a connection string, because Gateway:Mode is Cluster.");
            }
        }

        _mistakes.AddRange(OidcRules.Check(options.Oidc));
        if (options.MetricsUrl is { } metricsUrl)
        {
            CheckMetricsUrl(configuration, metricsUrl);
        }
    }

    private void CheckMetricsUrl(IConfiguration configuration, string metricsUrl)
    {
        var port = BindingAddress.Parse(metricsUrl).Port;
        if (configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            _mistakes.Add($"Gateway:MetricsUrl = '{metricsUrl}' is not valid; accepted: nothing while Kestrel:Endpoints is set, because it replaces every other address. Use urls in its place.");
        }
        else if (ListenUrls.Of(configuration).Any(url => ListenUrls.PortOf(url) == port))
        {
            _mistakes.Add($"Gateway:MetricsUrl = '{metricsUrl}' is not valid; accepted: a port that urls does not use.");
        }
    }
}
