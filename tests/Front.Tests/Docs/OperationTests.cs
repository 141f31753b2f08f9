using System.Text.RegularExpressions;
using GatewayActors.Front.Management;
using GatewayActors.Front.Rest;
using GatewayActors.Front.Tests.Management;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace GatewayActors.Front.Tests.Docs;

/// <summary>The pages promise exactly the operations that are served, and account for all that clients of the reference know.</summary>
[Collection(typeof(AdminTests))]
public sealed partial class OperationTests(AdminHost host)
{
    private const string Heading = "## Operations of the API host";

    [Fact]
    public void Compatibility_Operations_AreThoseThatAreServed() =>
        Assert.Equal([.. Endpoints().Concat(Inference()).Order(StringComparer.Ordinal)], Promised().Order(StringComparer.Ordinal));

    [Fact]
    public void Compatibility_EveryOperationOfTheReference_IsServedOrLeftOutWithAReason()
    {
        var known = File.ReadLines(Path.Combine(Document.Root, "tests/Front.Tests/Docs/reference-operations.txt"))
            .Where(line => line.Length > 0 && !line.StartsWith('#'))
            .ToArray();
        var leftOut = LeftOut().ToDictionary(row => row.Operation, row => row.Reason);

        Assert.Empty(known.GroupBy(operation => operation).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.Empty(known.Except(Promised()).Except(leftOut.Keys));
        Assert.Empty(leftOut.Keys.Except(known));
        Assert.Empty(leftOut.Keys.Intersect(Endpoints().Concat(Inference())));
        Assert.All(leftOut.Values, reason => Assert.True(reason.Length > 10, $"'{reason}' is no reason."));
    }

    [Fact]
    public void Compatibility_Owner_IsCloudflareForWhatTheReferenceHas()
    {
        var known = File.ReadLines(Path.Combine(Document.Root, "tests/Front.Tests/Docs/reference-operations.txt")).ToHashSet(StringComparer.Ordinal);

        Assert.All(Served().SelectMany(cells => OperationsOf(cells).Select(operation => (operation, cells[2]))),
            row => Assert.True(known.Contains(row.operation) == (row.Item2 == "Cloudflare's"), $"{row.operation}: {row.Item2}"));
    }

    [Fact]
    public void AdminApi_Routes_AreThoseThatAreServed() => Assert.Equal(
        [.. Endpoints().Order(StringComparer.Ordinal)],
        Document.Rows("docs/admin-api.md", "## Routes").Select(cells => Normal(Document.Codes(cells[0]).Single())).Order(StringComparer.Ordinal));

    private static IEnumerable<string> Promised() => Served().SelectMany(OperationsOf);

    private static IEnumerable<string[]> Served() => Rows().TakeWhile(cells => cells[0] != "path");

    private static IEnumerable<(string Operation, string Reason)> LeftOut() =>
        Rows().SkipWhile(cells => cells[0] != "path").Skip(1).SelectMany(cells => OperationsOf(cells).Select(operation => (operation, cells[2])));

    // Both tables: the head of the second one stands between their rows.
    private static IEnumerable<string[]> Rows() => Document.Rows("docs/compatibility.md", Heading);

    private static IEnumerable<string> OperationsOf(string[] cells) => cells[1].Split(", ").Select(method => Normal($"{method} {Document.Codes(cells[0]).Single()}"));

    private static IEnumerable<string> Inference() => RestRoute.All.Select(route => Normal($"{route.Method} /accounts/{{account}}/ai/{route.Path}"));

    private IEnumerable<string> Endpoints() => host.Endpoints
        .Where(endpoint => endpoint.Metadata.GetMetadata<ManagementEndpoint>() is not null)
        .Select(endpoint => Normal($"{Assert.Single(endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)} {endpoint.RoutePattern.RawText!.TrimEnd('/')}"));

    private static string Normal(string operation) => Parameter().Replace(operation.Replace("/client/v4", "", StringComparison.Ordinal), "{}");

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}
