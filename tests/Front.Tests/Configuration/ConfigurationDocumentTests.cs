using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using GatewayActors.Front.Configuration;
using Xunit;

namespace GatewayActors.Front.Tests.Configuration;

/// <summary>The reference in docs/ names every option with its default, and nothing else.</summary>
public sealed class ConfigurationDocumentTests
{
    [Fact]
    public void Document_HasExactlyTheOptionsWithTheirDefaults()
    {
        var documented = File.ReadLines(DocumentPath())
            .Where(line => line.StartsWith("| `Gateway:", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => $"{cells[1]} {cells[2]}")
            .Order(StringComparer.Ordinal);

        Assert.Equal(Options("Gateway", new GatewayOptions()).Order(StringComparer.Ordinal), documented);
    }

    private static IEnumerable<string> Options(string path, object options)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var key = $"{path}:{property.Name}";
            var value = property.GetValue(options);
            if (SettingValue.IsScalar(property.PropertyType))
            {
                yield return $"`{key}` {(value is null ? "–" : $"`{Text(value)}`")}";
                continue;
            }

            var below = value switch
            {
                IDictionary<string, ProviderOptions> => Options($"{key}:{{slug}}", new ProviderOptions()),
                IDictionary<string, OidcOptions> => Options($"{key}:{{name}}", new OidcOptions()),
                IDictionary<string, OidcRoleOptions> => Options($"{key}:{{any}}", new OidcRoleOptions()),
                _ => Options(key, value!),
            };
            foreach (var option in below)
            {
                yield return option;
            }
        }
    }

    private static string Text(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        TimeSpan { Milliseconds: not 0 } time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds}ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    private static string DocumentPath([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../../docs/configuration.md"));
}
