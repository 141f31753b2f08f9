using System.Text.RegularExpressions;
using Xunit;

namespace GatewayActors.Front.Tests.Docs;

/// <summary>Links between the documents lead somewhere.</summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> Documents() =>
    [
        .. Directory.EnumerateFiles(Document.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Document.Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Document.Root, path)),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_LeadToAFileAndItsHeading(string document)
    {
        var path = Path.Combine(Document.Root, document);
        foreach (Match link in Link().Matches(Fence().Replace(File.ReadAllText(path), "")))
        {
            var (file, heading) = (link.Groups[1].Value, link.Groups[2].Value);
            if (file.Contains("://", StringComparison.Ordinal))
            {
                continue;
            }

            var target = file.Length == 0 ? path : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, file));
            Assert.True(Path.Exists(target), $"{link.Value} leads to no file.");
            if (heading.Length > 0)
            {
                Assert.Contains(heading, Headings(target));
            }
        }
    }

    [Fact]
    public void Index_NamesEveryPage()
    {
        var index = Document.Read("docs/README.md");
        var folder = Path.Combine(Document.Root, "docs");
        var pages = Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories).Select(page => Path.GetRelativePath(folder, page)).Where(page => page != "README.md");

        Assert.All(pages, page => Assert.Contains($"({page})", index, StringComparison.Ordinal));
    }

    // As the usual renderers make them: lower case, blanks to hyphens, other signs dropped.
    private static IEnumerable<string> Headings(string path) =>
        File.ReadLines(path)
            .Where(line => line.StartsWith('#'))
            .Select(line => NoAnchor().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\(([^)#\s]*)#?([^)\s]*)\)", RegexOptions.CultureInvariant)]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```", RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.CultureInvariant)]
    private static partial Regex NoAnchor();
}
