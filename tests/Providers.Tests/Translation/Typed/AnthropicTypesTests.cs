using System.Text.Json;
using Anthropic.Models.Messages;
using CsCheck;
using GatewayActors.Providers.Tests.Translation.Anthropic;
using GatewayActors.Providers.Tests.Translation.Inbound;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Typed;

/// <summary>Random chats as Anthropic's own package understands them.</summary>
public sealed class AnthropicTypesTests
{
    private static readonly IReadOnlyDictionary<string, JsonElement> Nothing = new Dictionary<string, JsonElement>();

    [Fact]
    public void Request_AnyChat_IsValidAndSaysTheSame() => RandomChat.Any.Sample(
        chat =>
        {
            var sent = Chat.Call(chat.Body());
            var body = JsonElement.Parse(sent.Body.Span).EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
            var read = MessageCreateParams.FromRawUnchecked(Nothing, Nothing, body);

            read.System?.Validate();
            foreach (var message in read.Messages)
            {
                message.Validate();
            }

            foreach (var tool in read.Tools!)
            {
                tool.Validate();
            }

            read.ToolChoice?.Validate();
            Assert.Empty(sent.Dropped);
            Assert.Equal((chat.Temperature, (long)chat.Most), (body["temperature"].GetDouble(), read.MaxTokens));
            Assert.Equal(chat.Stop.Distinct(), read.StopSequences ?? []);
            Assert.Equal(RandomChat.Tools, read.Tools.Select(tool => tool.TryPickTool(out var function) ? function.Name : ""));
            Assert.All(read.Tools, tool => Assert.True(tool.TryPickTool(out var function) && function.InputSchema.Required!.Single() == "k"));
            Assert.Equal(chat.ToolChoice, read.ToolChoice is not { } choice ? "auto" : choice.TryPickAny(out _) ? "required" : choice.TryPickNone(out _) ? "none" : choice.TryPickTool(out var named) ? named.Name : "auto");
            Assert.Equal(chat.Said(), Said(body));
        },
        iter: 300);

    /// <summary>Answers of OpenAI's format, as clients of Anthropic's package read them.</summary>
    [Fact]
    public void Answer_OfAnotherProvider_IsAMessageOfThePackage() => RandomAnswer.Any.Sample(
        answer =>
        {
            var read = JsonSerializer.Deserialize<Message>(Inbound.Inbound.Answer(ClientFormat.Messages, "openai", answer.AsCompletion(), comesAsStream: false).Text)!;

            Assert.Equal(("message", "assistant"), (read.Type.GetString(), read.Role.GetString()));
            Assert.Equal(answer.Text, string.Concat(read.Content.Select(block => block.TryPickText(out var text) ? text.Text : "")));
            Assert.Equal(answer.Calls, read.Content.Select(block => block.TryPickToolUse(out var use) ? use : null).OfType<ToolUseBlock>().Select(use => (use.ID, use.Name, use.Input["k"].GetString()!)));
            Assert.Equal(answer.Calls.Length > 0 ? "tool_use" : "end_turn", read.StopReason!.Raw());
            Assert.Equal((7L, 5L), (read.Usage.InputTokens, read.Usage.OutputTokens));
        },
        iter: 300);

    private static List<string> Said(Dictionary<string, JsonElement> body)
    {
        var said = new Transcript();
        foreach (var part in body.TryGetValue("system", out var system) ? Parts(system) : [])
        {
            said.Text("system", part.GetProperty("text").GetString()!);
        }

        foreach (var message in body["messages"].EnumerateArray())
        {
            foreach (var part in Parts(message.GetProperty("content")))
            {
                switch (part.GetProperty("type").GetString())
                {
                    case "text":
                        said.Text(message.GetProperty("role").GetString()!, part.GetProperty("text").GetString()!);
                        break;
                    case "image":
                        said.Image(part.GetProperty("source").GetProperty("data").GetString()!);
                        break;
                    case "tool_use":
                        said.Call(part.GetProperty("id").GetString()!, part.GetProperty("name").GetString()!, part.GetProperty("input").GetRawText());
                        break;
                    case "tool_result":
                        said.Result(part.GetProperty("tool_use_id").GetString()!, string.Concat(Parts(part.GetProperty("content")).Select(text => text.GetProperty("text").GetString())));
                        break;
                    case var other:
                        throw new InvalidOperationException($"Nothing of the kind '{other}' was said.");
                }
            }
        }

        return said.Lines;
    }

    private static JsonElement[] Parts(JsonElement content) => content.ValueKind == JsonValueKind.Array
        ? [.. content.EnumerateArray()]
        : [JsonSerializer.SerializeToElement(new Dictionary<string, string?> { ["type"] = "text", ["text"] = content.GetString() })];
}
