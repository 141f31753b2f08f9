using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using OpenAI;
using OpenAI.Chat;

namespace GatewayActors.EndToEnd.Tests.Sdk;

/// <summary>The official NuGet packages against the gateway.</summary>
[Trait("Needs", "node")] // the mock provider is a Node program
public sealed class DotNetSdkTests(AimockFixture fixture) : IClassFixture<AimockFixture>
{
    private const string Greeting = "Hi there, friend!";

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenAI_Plain_Answers()
    {
        ChatCompletion answer = await OpenAI("sk-provider-key", "dotnet").CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: CancellationToken);

        Assert.Equal(Greeting, answer.Content[0].Text);
    }

    [Fact]
    public async Task OpenAI_Streamed_AnswersInPieces()
    {
        List<string> parts = [];
        await foreach (var update in OpenAI("sk-provider-key", "dotnet").CompleteChatStreamingAsync([new UserChatMessage("hello")], cancellationToken: CancellationToken))
        {
            parts.AddRange(update.ContentUpdate.Select(part => part.Text));
        }

        Assert.Equal(Greeting, string.Concat(parts));
        Assert.True(parts.Count > 1);
    }

    [Fact]
    public async Task OpenAI_WithTools_CallsAndAnswers()
    {
        var client = OpenAI("sk-provider-key", "dotnet");
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("get_weather") } };
        List<ChatMessage> messages = [new UserChatMessage("weather")];

        ChatCompletion asked = await client.CompleteChatAsync(messages, options, CancellationToken);
        var call = Assert.Single(asked.ToolCalls);
        Assert.Equal("get_weather", call.FunctionName);
        Assert.Equal("Oslo", JsonElement.Parse(call.FunctionArguments.ToMemory().Span).GetProperty("city").GetString());

        messages.AddRange([new AssistantChatMessage(asked), new ToolChatMessage(call.Id, "sunny")]);
        ChatCompletion answer = await client.CompleteChatAsync(messages, options, CancellationToken);
        Assert.Equal("It is sunny in Oslo.", answer.Content[0].Text);
    }

    [Fact]
    public async Task OpenAI_AbortedInsideTheStream_IsSeenByTheProvider()
    {
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken);
        var updates = OpenAI("sk-provider-key", "dotnet-openai-abort").CompleteChatStreamingAsync([new UserChatMessage("forever")], cancellationToken: abort.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in updates)
            {
                if (update.ContentUpdate.Count > 0)
                {
                    await abort.CancelAsync();
                }
            }
        });

        await fixture.AbortedAsync("dotnet-openai-abort").WaitAsync(CancellationToken);
    }

    [Fact]
    public async Task OpenAI_GatewayTokenAsKey_IsRefused()
    {
        var failure = await Assert.ThrowsAsync<ClientResultException>(
            () => OpenAI(fixture.Gateway.Token, "dotnet").CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: CancellationToken));

        Assert.Equal(400, failure.Status);
        Assert.Contains("2040", failure.GetRawResponse()!.Content.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anthropic_Plain_Answers()
    {
        var answer = await Anthropic("sk-ant-provider-key", "dotnet").Messages.Create(Ask("hello"), CancellationToken);

        Assert.True(answer.Content[0].TryPickText(out var text));
        Assert.Equal(Greeting, text.Text);
    }

    [Fact]
    public async Task Anthropic_Streamed_AnswersInPieces()
    {
        List<string> parts = [];
        await foreach (var happening in Anthropic("sk-ant-provider-key", "dotnet").Messages.CreateStreaming(Ask("hello"), CancellationToken))
        {
            if (happening.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var text))
            {
                parts.Add(text.Text);
            }
        }

        Assert.Equal(Greeting, string.Concat(parts));
        Assert.True(parts.Count > 1);
    }

    [Fact]
    public async Task Anthropic_WithTools_CallsTheTool()
    {
        var parameters = Ask("weather") with
        {
            Tools = [new Tool { Name = "get_weather", InputSchema = new() { Properties = new Dictionary<string, JsonElement>() } }],
        };

        var answer = await Anthropic("sk-ant-provider-key", "dotnet").Messages.Create(parameters, CancellationToken);

        var call = answer.Content.Select(block => block.TryPickToolUse(out var use) ? use : null).Single(use => use is not null);
        Assert.Equal("get_weather", call!.Name);
        Assert.Equal("Oslo", call.Input["city"].GetString());
    }

    [Fact]
    public async Task Anthropic_AbortedInsideTheStream_IsSeenByTheProvider()
    {
        await foreach (var happening in Anthropic("sk-ant-provider-key", "dotnet-anthropic-abort").Messages.CreateStreaming(Ask("forever"), CancellationToken))
        {
            if (happening.TryPickContentBlockDelta(out _))
            {
                break; // which disposes the response
            }
        }

        await fixture.AbortedAsync("dotnet-anthropic-abort").WaitAsync(CancellationToken);
    }

    [Fact]
    public async Task Anthropic_GatewayTokenAsKey_IsRefused()
    {
        var failure = await Assert.ThrowsAsync<AnthropicBadRequestException>(
            () => Anthropic(fixture.Gateway.Token, "dotnet").Messages.Create(Ask("hello"), CancellationToken));

        Assert.Contains("2040", failure.ResponseBody, StringComparison.Ordinal);
    }

    private static MessageCreateParams Ask(string text) => new()
    {
        Model = "claude-sonnet-4-5",
        MaxTokens = 100,
        Messages = [new UserMessageParam(text)],
    };

    private Uri Provider(string slug) => new($"{fixture.Gateway.BaseUrl}/v1/{fixture.Gateway.AccountId}/default/{slug}");

    private Dictionary<string, string> Headers(string name) => new() { ["cf-aig-authorization"] = "Bearer " + fixture.Gateway.Token, ["x-test-case"] = name };

    private ChatClient OpenAI(string key, string name)
    {
        var options = new OpenAIClientOptions { Endpoint = Provider("openai"), RetryPolicy = new ClientRetryPolicy(0) };
        options.AddPolicy(new ExtraHeaders(Headers(name)), PipelinePosition.PerCall);
        return new ChatClient("gpt-4o-mini", new ApiKeyCredential(key), options);
    }

    private AnthropicClient Anthropic(string key, string name)
    {
#pragma warning disable RS0030 // HttpClient is what the SDK takes.
        var http = new HttpClient();
#pragma warning restore RS0030
        foreach (var (header, value) in Headers(name))
        {
            http.DefaultRequestHeaders.Add(header, value);
        }

        return new AnthropicClient { ApiKey = key, BaseUrl = Provider("anthropic").ToString(), HttpClient = http, MaxRetries = 0 };
    }

    /// <summary>Headers on every call of an SDK that has no option for them.</summary>
    private sealed class ExtraHeaders(Dictionary<string, string> headers) : PipelinePolicy
    {
        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            Add(message);
            ProcessNext(message, pipeline, currentIndex);
        }

        public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            Add(message);
            await ProcessNextAsync(message, pipeline, currentIndex);
        }

        private void Add(PipelineMessage message)
        {
            foreach (var (header, value) in headers)
            {
                message.Request.Headers.Set(header, value);
            }
        }
    }
}
