using System.Text.Json;
using CsCheck;
using GatewayActors.Providers.Tests.Translation.AwsBedrock;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Typed;

/// <summary>Random chats as Bedrock's Converse defines its request.</summary>
public sealed class ConverseTypesTests
{
    private const string NoCalls = "Do not call any tool: answer in words.";

    [Theory]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0")]
    [InlineData("amazon.nova-pro-v1:0")]
    public void Request_AnyChat_IsValidAndSaysTheSame(string model) => RandomChat.Any.Sample(
        chat =>
        {
            var sent = ConverseRequestTests.Call(chat.Body(), model);
            var read = StrictJson.CamelCased<Request>(sent.Body);

            Assert.Equal((chat.Temperature, chat.Most), (read.InferenceConfig.Temperature, read.InferenceConfig.MaxTokens));
            Assert.Equal(chat.Stop.Distinct(), read.InferenceConfig.StopSequences ?? []);
            Assert.All(read.Messages, message => Assert.Contains(message.Role, new[] { "user", "assistant" }));
            Assert.All(read.Messages.Zip(read.Messages.Skip(1)), pair => Assert.NotEqual(pair.First.Role, pair.Second.Role));
            if (read.ToolConfig is { } tools)
            {
                Assert.Equal(RandomChat.Tools, tools.Tools.Select(tool => tool.ToolSpec.Name));
                Assert.All(tools.Tools, tool => Assert.Equal("k", tool.ToolSpec.InputSchema.Json.GetProperty("required")[0].GetString()));
                Assert.Equal(chat.ToolChoice is "none" ? "auto" : chat.ToolChoice, tools.ToolChoice switch { null or { Auto: not null } => "auto", { Any: not null } => "required", { Tool: { } named } => named.Name, _ => "?" });
            }
            else
            {
                Assert.Equal("none", chat.ToolChoice); // Nor any tool in the conversation that would have to be told of.
            }

            // There is no word for it, so the model is told.
            Assert.Equal(chat.ToolChoice == "none" && read.ToolConfig is not null, read.System?.RemoveAll(block => block.Text == NoCalls) > 0);
            Assert.Equal(chat.Said(), Said(read));
        },
        iter: 300);

    private static List<string> Said(Request request)
    {
        var said = new Transcript();
        request.System?.ForEach(block => said.Text("system", block.Text!));
        foreach (var (role, block) in request.Messages.SelectMany(message => message.Content, (message, block) => (message.Role, block)))
        {
            switch (block)
            {
                case { Text: { } text }:
                    said.Text(role, text);
                    break;
                case { Image: { Format: "png" } image }:
                    said.Image(image.Source.Bytes);
                    break;
                case { ToolUse: { } use }:
                    said.Call(use.ToolUseId, use.Name, use.Input.GetRawText());
                    break;
                case { ToolResult: { } result }:
                    said.Result(result.ToolUseId, string.Concat(result.Content.Select(part => part.Text ?? part.Json!.Value.GetRawText())));
                    break;
                default:
                    throw new InvalidOperationException("A block that says nothing.");
            }
        }

        return said.Lines;
    }

    private sealed record Request(List<Message> Messages, Inference InferenceConfig, List<Block>? System = null, ToolConfig? ToolConfig = null, JsonElement? AdditionalModelRequestFields = null, List<string>? AdditionalModelResponseFieldPaths = null);

    private sealed record Message(string Role, List<Block> Content);

    private sealed record Block(string? Text = null, Image? Image = null, Use? ToolUse = null, Result? ToolResult = null);

    private sealed record Image(string Format, Source Source);

    private sealed record Source(string Bytes);

    private sealed record Use(string ToolUseId, string Name, JsonElement Input);

    private sealed record Result(string ToolUseId, List<ResultPart> Content, string? Status = null);

    private sealed record ResultPart(string? Text = null, JsonElement? Json = null);

    private sealed record Inference(double Temperature, int MaxTokens, List<string>? StopSequences = null);

    private sealed record ToolConfig(List<Tool> Tools, Choice? ToolChoice = null);

    private sealed record Tool(Spec ToolSpec);

    private sealed record Spec(string Name, Schema InputSchema, string? Description = null, bool? Strict = null);

    private sealed record Schema(JsonElement Json);

    private sealed record Choice(JsonElement? Auto = null, JsonElement? Any = null, Named? Tool = null);

    private sealed record Named(string Name);
}
