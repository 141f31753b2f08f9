using System.Text.Json;
using CsCheck;
using GatewayActors.Providers.Tests.Translation.GoogleAIStudio;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Typed;

/// <summary>Random chats as Gemini's <c>generateContent</c> defines its request.</summary>
public sealed class GeminiTypesTests
{
    [Theory]
    [InlineData("google-ai-studio", "gemini-2.5-flash")]
    [InlineData("google-vertex-ai", "google/gemini-2.5-flash")]
    public void Request_AnyChat_IsValidAndSaysTheSame(string provider, string model) => RandomChat.Any.Sample(
        chat =>
        {
            var sent = Gemini.Call(chat.Body(), model, provider);
            var read = StrictJson.CamelCased<Request>(sent.Body);

            Assert.Empty(sent.Dropped);
            Assert.Equal((chat.Temperature, chat.Most), (read.GenerationConfig.Temperature, read.GenerationConfig.MaxOutputTokens));
            Assert.Equal(chat.Stop.Distinct(), read.GenerationConfig.StopSequences ?? []);
            Assert.Equal(RandomChat.Tools, read.Tools!.Single().FunctionDeclarations.Select(tool => tool.Name));
            var calling = read.ToolConfig?.FunctionCallingConfig;
            Assert.Equal(chat.ToolChoice, calling is null or { Mode: "AUTO" } ? "auto" : calling.Mode == "NONE" ? "none" : calling.AllowedFunctionNames is [var only] ? only : "required");
            Assert.All(read.Contents, content => Assert.Contains(content.Role, new[] { "user", "model" }));
            Assert.Equal("user", read.Contents[0].Role);
            Assert.All(read.Contents.Zip(read.Contents.Skip(1)), pair => Assert.NotEqual(pair.First.Role, pair.Second.Role));
            Assert.Equal(chat.Said(byName: true), Said(read));
        },
        iter: 300);

    private static List<string> Said(Request request)
    {
        var said = new Transcript();
        request.SystemInstruction?.Parts.ForEach(part => said.Text("system", part.Text!));
        foreach (var (role, part) in request.Contents.SelectMany(content => content.Parts, (content, part) => (content.Role == "model" ? "assistant" : "user", part)))
        {
            switch (part)
            {
                case { Text: { } text }:
                    said.Text(role, text);
                    break;
                case { InlineData: { MimeType: "image/png" } image }:
                    said.Image(image.Data);
                    break;
                case { FunctionCall: { } call }:
                    said.Call("", call.Name, call.Args.GetRawText());
                    break;
                case { FunctionResponse: { } result }:
                    said.Result(result.Name, result.Response.EnumerateObject().Single().Value.ToString());
                    break;
                default:
                    throw new InvalidOperationException("A part that says nothing.");
            }
        }

        return said.Lines;
    }

    private sealed record Request(List<Content> Contents, Settings GenerationConfig, Instruction? SystemInstruction = null, List<ToolSet>? Tools = null, ToolConfig? ToolConfig = null);

    private sealed record Instruction(List<Part> Parts, string? Role = null);

    private sealed record Content(string Role, List<Part> Parts);

    private sealed record Part(string? Text = null, Blob? InlineData = null, Call? FunctionCall = null, Result? FunctionResponse = null, string? ThoughtSignature = null);

    private sealed record Blob(string MimeType, string Data);

    private sealed record Call(string Name, JsonElement Args, string? Id = null);

    private sealed record Result(string Name, JsonElement Response, string? Id = null);

    private sealed record Settings(double Temperature, int MaxOutputTokens, List<string>? StopSequences = null);

    private sealed record ToolSet(List<Declaration> FunctionDeclarations);

    private sealed record Declaration(string Name, string? Description = null, JsonElement? Parameters = null, JsonElement? ParametersJsonSchema = null);

    private sealed record ToolConfig(Calling FunctionCallingConfig);

    private sealed record Calling(string Mode, List<string>? AllowedFunctionNames = null);
}
