using System.Text.RegularExpressions;
using GatewayActors.Testing;
using Xunit;

namespace GatewayActors.Front.Tests.Architecture;

/// <summary>Operators filter by the id and the name of an event: each means one thing, in all projects together.</summary>
public sealed partial class LogEventTests
{
    [Fact]
    public void LogEvents_HaveIdsAndNamesOfTheirOwn()
    {
        var sources = Directory.EnumerateFiles(RepositoryFiles.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText)
            .ToArray();
        var events = sources.SelectMany(source => Event().Matches(source)).Select(match => (Id: match.Groups[1].Value, Name: match.Groups[2].Value)).ToArray();

        Assert.NotEmpty(events);
        Assert.Equal(sources.Sum(source => Attribute().Count(source)), events.Length); // None without an id and a name.
        Assert.Empty(events.GroupBy(logged => logged.Id).Where(group => group.Count() > 1).Select(group => string.Join(" and ", group)));
        Assert.Empty(events.GroupBy(logged => logged.Name).Where(group => group.Count() > 1).Select(group => string.Join(" and ", group)));
    }

    [GeneratedRegex(@"\[LoggerMessage\(", RegexOptions.CultureInvariant)]
    private static partial Regex Attribute();

    [GeneratedRegex(@"\[LoggerMessage\(\s*EventId = (\d+), EventName = ""(\w+)""", RegexOptions.CultureInvariant)]
    private static partial Regex Event();
}
