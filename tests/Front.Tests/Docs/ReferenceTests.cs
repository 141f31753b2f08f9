using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Management.Http;
using GatewayActors.Providers;
using Xunit;

namespace GatewayActors.Front.Tests.Docs;

/// <summary>The reference tables say what the code does, no more and no less.</summary>
public sealed partial class ReferenceTests
{
    private const string Special = "what is special about this case";

    [Fact]
    public void Errors_DataPlane_HasEveryKindWithCodeStatusAndMessage()
    {
        var expected = Enum.GetValues<GatewayErrorKind>()
            .Select(kind => new GatewayError(kind, Special))
            .Select(error => $"{error.Code} | {Status(error)} | `{error.Type}` | {(error.Message == Special ? "–" : error.Message)}");

        Assert.Equal(expected.Order(StringComparer.Ordinal), Document.Rows("docs/errors.md", "## Data plane").Select(cells => string.Join(" | ", cells[..4])).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Errors_AdminApi_HasEveryCode()
    {
        var known = typeof(ApiErrors).GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Select(property => property.GetValue(null))
            .OfType<ApiError>()
            .Append(ApiErrors.NoRoute("/"))
            .Append(ApiErrors.Internal("id"))
            .Append(ApiErrors.Invalid("message"))
            .Select(error => error.Code.ToString(CultureInfo.InvariantCulture))
            .Order(StringComparer.Ordinal);

        Assert.Equal(known, Document.Rows("docs/errors.md", "## Admin API").Select(cells => cells[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Providers_Table_IsTheCatalogue()
    {
        var expected = BuiltInProviders.All
            .Select(provider => $"`{provider.Slug}` | {Aliases(provider)} | `{provider.DefaultBaseUrl}`")
            .Order(StringComparer.Ordinal);

        Assert.Equal(expected, Document.Rows("docs/providers.md", "## The providers").Select(cells => string.Join(" | ", cells)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Providers_Credentials_ArePlacesOfTheProvider()
    {
        var rows = Document.Rows("docs/providers.md", "## Credentials").ToArray();
        var others = Document.Codes(rows.Single(cells => cells[0] == "all others")[1]);
        var special = rows.Where(cells => cells[0] != "all others").ToDictionary(cells => Document.Codes(cells[0]).Single());
        foreach (var provider in BuiltInProviders.All)
        {
            var documented = special.Remove(provider.Slug, out var cells);
            Assert.Equal(provider.Credentials.Headers, documented ? Document.Codes(cells![1]) : others);
            Assert.Equal(provider.Credentials.QueryParameters, documented ? Document.Codes(cells!.ElementAtOrDefault(2) ?? "") : []);
        }

        Assert.Empty(special);
    }

    [Fact]
    public void Compat_ListsTheProvidersThatAreRelayedAndTranslated()
    {
        var text = Document.Read("docs/compat.md");
        foreach (var provider in BuiltInProviders.All)
        {
            var isRelayed = provider.OpenAIPath("chat/completions") is not null;
            Assert.Equal(isRelayed, Row("| in OpenAI's format |").Contains($"`{provider.Slug}`", StringComparison.Ordinal));
            Assert.Equal(!isRelayed && provider.ChatTranslator is not null, Row("| translated |").Contains($"`{provider.Slug}`", StringComparison.Ordinal));
        }

        string Row(string begin) => text.Split('\n').Single(line => line.StartsWith(begin, StringComparison.Ordinal));
    }

    [Fact]
    public void Readme_NamesEveryProvider()
    {
        var text = Document.Read("README.md");
        Assert.All(BuiltInProviders.All, provider => Assert.Contains($"`{provider.Slug}`", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Headers_OfRequests_AreThoseTheCodeReads()
    {
        var read = Directory.EnumerateFiles(Path.Combine(Document.Root, "src/Front"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && Path.GetFileName(path) != "ExchangeResponseHeaders.cs")
            .SelectMany(path => HeaderLiteral().Matches(File.ReadAllText(path)))
            .Select(match => match.Groups[1].Value)
            .Distinct()
            .Order(StringComparer.Ordinal);

        Assert.Equal(read, Names("## Request headers"));
    }

    [Fact]
    public void Headers_OfAnswers_AreThoseTheCodeWrites()
    {
        var written = WrittenHeader().Matches(Document.Read("src/Front/Pipeline/ExchangeResponseHeaders.cs"))
            .Select(match => match.Groups[1].Value)
            .Distinct()
            .Order(StringComparer.Ordinal);

        Assert.Equal(written, Names("## Response headers"));
    }

    [Fact]
    public void Packages_HaveAReason()
    {
        var referenced = PackageVersion().Matches(Document.Read("Directory.Packages.props")).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);

        Assert.Equal(referenced, Document.Rows("docs/adr/0002-packages.md", "# 2. Packages").SelectMany(cells => Document.Codes(cells[0])).Order(StringComparer.Ordinal));
    }

    private static string Status(GatewayError error) => error.Status(strict: false) == error.Status(strict: true)
        ? $"{error.Status(strict: false)}"
        : $"{error.Status(strict: false)}, strict {error.Status(strict: true)}";

    private static string Aliases(Provider provider) =>
        provider.Aliases.Count == 0 ? "–" : string.Join(", ", provider.Aliases.Select(alias => $"`{alias}`"));

    private static IEnumerable<string> Names(string heading) =>
        Document.Rows("docs/headers.md", heading).SelectMany(cells => Document.Codes(cells[0])).Order(StringComparer.Ordinal);

    [GeneratedRegex("\"(cf-aig-[a-z-]*[a-z])\"", RegexOptions.CultureInvariant)]
    private static partial Regex HeaderLiteral();

    [GeneratedRegex("""headers(?:\[|, )"((?:cf-aig|x-ratelimit)-[a-z-]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex WrittenHeader();

    [GeneratedRegex("PackageVersion Include=\"([^\"]+)\"", RegexOptions.CultureInvariant)]
    private static partial Regex PackageVersion();
}
