using System.Text.Json.Nodes;
using GatewayActors.Providers.Translation;

namespace GatewayActors.Providers.Tests.Support;

/// <summary>Something that a request may ask for: a body with it, one that lacks it, and what shows that it has arrived.</summary>
/// <param name="Name">Its name in the documents.</param>
/// <param name="With">Members of a body that asks for it.</param>
internal sealed record Feature(string Name, string With)
{
    /// <summary>Members of a body that is the same but for it.</summary>
    public string Without { get; init; } = "{}";

    /// <summary>A text that stands in the translated body when it has arrived; null where any difference shows it.</summary>
    public string? Marker { get; init; }

    /// <summary>The members that it makes no sense without.</summary>
    public IEnumerable<string> Needs => JsonNode.Parse(Without)!.AsObject().Select(member => member.Key);

    /// <summary>A body with, or without it.</summary>
    public string Body(ClientFormat format, bool has)
    {
        var body = JsonNode.Parse(Plain(format))!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(has ? With : Without)!.AsObject())
        {
            body[name] = value?.DeepClone();
        }

        return body.ToJsonString();
    }

    private static string Plain(ClientFormat format) => format switch
    {
        ClientFormat.ChatCompletions => """{"model":"m","max_completion_tokens":4000,"messages":[{"role":"user","content":"Hello"}]}""",
        ClientFormat.Responses => """{"model":"m","max_output_tokens":4000,"input":[{"role":"user","content":"Hello"}]}""",
        ClientFormat.Messages => """{"model":"m","max_tokens":4000,"messages":[{"role":"user","content":"Hello"}]}""",
    };
}
