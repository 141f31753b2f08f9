using System.Text.Json;
using CsCheck;
using GatewayActors.Providers.Tests.Translation.Cohere;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Typed;

/// <summary>Random chats as Cohere's <c>v2/chat</c> defines its request.</summary>
public sealed class CohereTypesTests
{
    [Fact]
    public void Request_AnyChat_IsValidAndSaysTheSame() => RandomChat.Any.Sample(
        chat =>
        {
            var sent = CohereChat.Call(chat.Body());
            var read = StrictJson.SnakeCased<Request>(sent.Body);

            Assert.Empty(sent.Dropped);
            Assert.Equal((CohereChat.Model, chat.Temperature, chat.Most), (read.Model, read.Temperature, read.MaxTokens));
            Assert.Equal(chat.Stop.Distinct(), read.StopSequences ?? []);
            Assert.Equal(chat.ToolChoice switch { "required" or "tide" => "REQUIRED", "none" => "NONE", _ => null }, read.ToolChoice);
            Assert.Equal(chat.ToolChoice == "tide" ? ["tide"] : RandomChat.Tools, read.Tools!.Select(tool => tool.Function.Name)); // One that must be called stands alone.
            Assert.All(read.Tools!, tool => Assert.Equal("function", tool.Type));
            Assert.Equal(chat.Said(), Said(read));
        },
        iter: 300);

    private static List<string> Said(Request request)
    {
        var said = new Transcript();
        foreach (var message in request.Messages)
        {
            if (message.Role == "tool")
            {
                said.Result(message.ToolCallId!, string.Concat(Parts(message.Content).Select(part => part.GetProperty("type").GetString() == "document"
                    ? part.GetProperty("document").GetProperty("data").ToString() : part.GetProperty("text").GetString())));
                continue;
            }

            foreach (var part in Parts(message.Content))
            {
                if (part.GetProperty("type").GetString() == "image_url")
                {
                    said.Image(part.GetProperty("image_url").GetProperty("url").GetString()!["data:image/png;base64,".Length..]);
                }
                else
                {
                    said.Text(message.Role, part.GetProperty("text").GetString()!);
                }
            }

            if (message.ToolPlan is { } plan)
            {
                said.Text(message.Role, plan);
            }

            foreach (var call in message.ToolCalls ?? [])
            {
                said.Call(call.Id, call.Function.Name, call.Function.Arguments);
            }
        }

        return said.Lines;
    }

    private static IEnumerable<JsonElement> Parts(JsonElement? content) => content switch
    {
        null or { ValueKind: JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.Array } parts => parts.EnumerateArray(),
        { } text => [JsonSerializer.SerializeToElement(new Dictionary<string, string?> { ["type"] = "text", ["text"] = text.GetString() })],
    };

    private sealed record Request(
        string Model, List<Message> Messages, double Temperature, int MaxTokens, List<string>? StopSequences = null, List<Tool>? Tools = null, string? ToolChoice = null, bool? Stream = null, bool? StrictTools = null);

    private sealed record Message(string Role, JsonElement? Content = null, List<Call>? ToolCalls = null, string? ToolCallId = null, string? ToolPlan = null);

    private sealed record Call(string Id, string Type, Function Function);

    private sealed record Function(string Name, string Arguments);

    private sealed record Tool(string Type, Declaration Function);

    private sealed record Declaration(string Name, JsonElement Parameters, string? Description = null);
}
