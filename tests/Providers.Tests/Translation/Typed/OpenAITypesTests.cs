using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using CsCheck;
using GatewayActors.Providers.Tests.Translation.GoogleAIStudio;
using OpenAI.Chat;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Typed;

/// <summary>Random answers of another provider as OpenAI's own package understands them.</summary>
public sealed class OpenAITypesTests
{
    private static readonly Translated Claude = new("anthropic", "claude-sonnet-4-5");

    [Fact]
    public void Answer_OfAnotherProvider_IsACompletionOfThePackage() => RandomAnswer.Any.Sample(
        answer =>
        {
            var (text, _) = Claude.Read(answer.AsMessage(), isStream: false);

            var read = ModelReaderWriter.Read<ChatCompletion>(BinaryData.FromString(text))!;

            Assert.Equal(answer.Text, string.Concat(read.Content.Select(part => part.Text)));
            Assert.Equal(answer.Calls, read.ToolCalls.Select(call => (call.Id, call.FunctionName, Argument(call.FunctionArguments.ToString()))));
            Assert.Equal((answer.Calls.Length > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop, ChatMessageRole.Assistant), (read.FinishReason, read.Role));
            Assert.Equal((7, 5, 12), (read.Usage.InputTokenCount, read.Usage.OutputTokenCount, read.Usage.TotalTokenCount));
        },
        iter: 300);

    [Fact]
    public void Stream_OfAnotherProvider_IsUpdatesOfThePackage() => RandomAnswer.Any.Sample(
        answer =>
        {
            var (stream, _) = Claude.Read(answer.AsMessageStream(), isStream: true, usage: true);

            var updates = Gemini.Chunks(stream).ConvertAll(chunk => ModelReaderWriter.Read<StreamingChatCompletionUpdate>(BinaryData.FromString(chunk))!);

            Assert.Equal(answer.Text, string.Concat(updates.SelectMany(update => update.ContentUpdate).Select(part => part.Text)));
            var calls = updates.SelectMany(update => update.ToolCallUpdates).GroupBy(update => update.Index).OrderBy(call => call.Key).Select(call => (
                call.Select(update => update.ToolCallId).First(id => !string.IsNullOrEmpty(id)),
                call.Select(update => update.FunctionName).First(name => !string.IsNullOrEmpty(name)),
                Argument(string.Concat(call.Select(update => update.FunctionArgumentsUpdate?.ToString())))));
            Assert.Equal(answer.Calls, calls);
            Assert.Equal(answer.Calls.Length > 0 ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop, updates.Single(update => update.FinishReason is not null).FinishReason);
            Assert.Equal((7, 5), updates.Single(update => update.Usage is not null).Usage is var usage ? (usage.InputTokenCount, usage.OutputTokenCount) : default);
        },
        iter: 300);

    private static string Argument(string arguments) => JsonElement.Parse(Encoding.UTF8.GetBytes(arguments)).GetProperty("k").GetString()!;
}
