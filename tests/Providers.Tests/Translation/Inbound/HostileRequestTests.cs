using System.Text.Json.Nodes;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Inbound;

/// <summary>Bodies that are nearly right: whatever is wrong with them, they are read or refused, and never a defect.</summary>
public sealed class HostileRequestTests
{
    private static readonly string[] Values = ["null", "7", "-1", "1e400", "\"x\"", "\"\\ud800\"", "\"gw1.AAAA\"", "[]", "{}", "[[]]", "[null]", "[7]", "[{}]", "{\"type\":\"x\"}", "true"];

    [Theory]
    [InlineData(ClientFormat.Messages, "messages.json")]
    [InlineData(ClientFormat.Responses, "responses.json")]
    public void Member_OfAnyKind_IsReadOrRefused(ClientFormat format, string golden)
    {
        var body = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", golden));
        var (read, refused) = (0, 0);
        foreach (var path in Paths(JsonNode.Parse(body)!, []))
        {
            foreach (var value in Values)
            {
                var changed = Change(body, path, value);
                foreach (var (provider, model) in Inbound.Targets)
                {
                    try
                    {
                        Inbound.Call(format, changed, provider, model);
                        read++;
                    }
                    catch (RefusedRequestException refusal)
                    {
                        Assert.NotEmpty(refusal.Message);
                        refused++;
                    }
                }
            }
        }

        Assert.True(read > 1000 && refused > 1000, $"{read} read, {refused} refused");
    }

    [Theory]
    [InlineData(ClientFormat.Messages, "")]
    [InlineData(ClientFormat.Messages, "{")]
    [InlineData(ClientFormat.Messages, "[]")]
    [InlineData(ClientFormat.Responses, "7")]
    [InlineData(ClientFormat.Responses, "{\"input\":\"x\"}}")]
    public void Body_ThatIsNoObject_IsRefused(ClientFormat format, string body) => Assert.Throws<RefusedRequestException>(() => Inbound.Call(format, body));

    private static IEnumerable<object[]> Paths(JsonNode node, object[] path)
    {
        var children = node switch
        {
            JsonObject members => members.Select(member => ((object)member.Key, member.Value)),
            JsonArray items => items.Select((item, index) => ((object)index, item)),
            _ => [],
        };
        foreach (var (step, child) in children)
        {
            yield return [.. path, step];
            foreach (var deeper in child is null ? [] : Paths(child, [.. path, step]))
            {
                yield return deeper;
            }
        }
    }

    // As text, because a node takes neither half characters nor numbers that are none.
    private static string Change(string body, object[] path, string value)
    {
        const string Mark = "\u0001here";
        var root = JsonNode.Parse(body)!;
        var holder = path[..^1].Aggregate(root, (node, step) => step is int index ? node[index]! : node[(string)step]!);
        if (path[^1] is int last)
        {
            holder[last] = Mark;
        }
        else
        {
            holder[(string)path[^1]] = Mark;
        }

        return root.ToJsonString().Replace("\"\\u0001here\"", value, StringComparison.Ordinal);
    }
}
