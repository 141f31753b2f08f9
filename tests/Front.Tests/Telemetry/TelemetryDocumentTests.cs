using System.Reflection;
using System.Runtime.CompilerServices;
using GatewayActors.Front.Telemetry;
using Xunit;

namespace GatewayActors.Front.Tests.Telemetry;

/// <summary>The page in docs/ names every metric, attribute and value there is.</summary>
public sealed class TelemetryDocumentTests
{
    [Theory]
    [InlineData(typeof(TelemetryNames.Metrics))]
    [InlineData(typeof(TelemetryNames.Attributes))]
    [InlineData(typeof(TelemetryNames.Errors))]
    public void Document_NamesEach(Type names)
    {
        var document = File.ReadAllText(DocumentPath());

        var values = names.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).ToList();
        Assert.NotEmpty(values);
        Assert.All(values, value => Assert.Contains($"`{value}`", document, StringComparison.Ordinal));
    }

    private static string DocumentPath([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../../docs/telemetry.md"));
}
