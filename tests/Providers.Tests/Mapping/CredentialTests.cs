using Xunit;

namespace GatewayActors.Providers.Tests.Mapping;

/// <summary>Where a client's credential is found, and where a stored one goes after every other has been removed.</summary>
public sealed class CredentialTests
{
    private const string Runtime = "aws-bedrock/bedrock-runtime/us-east-1/model/m/converse";
    private const string Mantle = "aws-bedrock/bedrock-mantle/us-east-1/anthropic/v1/messages";

    [Theory]
    [InlineData("openai/chat/completions", "authorization: Bearer K")]
    [InlineData("groq/chat/completions", "authorization: Bearer K")]
    [InlineData("mistral/chat/completions", "authorization: Bearer K")]
    [InlineData("grok/chat/completions", "authorization: Bearer K")]
    [InlineData("grok/v1/messages", "authorization: Bearer K")]
    [InlineData("deepseek/chat/completions", "authorization: Bearer K")]
    [InlineData("cerebras/chat/completions", "authorization: Bearer K")]
    [InlineData("openrouter/chat/completions", "authorization: Bearer K")]
    [InlineData("fireworks/chat/completions", "authorization: Bearer K")]
    [InlineData("huggingface/a/b", "authorization: Bearer K")]
    [InlineData("cohere/v2/chat", "authorization: Bearer K")]
    [InlineData("perplexity-ai/chat/completions", "authorization: Bearer K")]
    [InlineData("replicate/predictions", "authorization: Bearer K")]
    [InlineData("simulator/chat/completions", "authorization: Bearer K")]
    [InlineData("workers-ai/@cf/a/b", "authorization: Bearer K")]
    [InlineData("anthropic/v1/messages", "anthropic-version: 2023-06-01\nx-api-key: K")]
    [InlineData("azure-openai/r/d/chat/completions", "api-key: K")]
    [InlineData("azure-openai/r/openai/v1/responses", "api-key: K")]
    [InlineData("azure/r/anthropic/v1/messages", "anthropic-version: 2023-06-01\nx-api-key: K")]
    [InlineData(Runtime, "authorization: Bearer K")]
    [InlineData(Mantle, "anthropic-version: 2023-06-01\nx-api-key: K")]
    [InlineData("aws-bedrock/bedrock-mantle/us-east-1/v1/responses", "authorization: Bearer K")]
    [InlineData("google-ai-studio/v1beta/models/m:generateContent", "x-goog-api-key: K")]
    [InlineData("google-vertex-ai/v1/projects/p/locations/eu/endpoints/1:predict", "authorization: Bearer K")]
    [InlineData("cartesia/tts/bytes", "x-api-key: K")]
    [InlineData("elevenlabs/v1/text-to-speech/v", "xi-api-key: K")]
    [InlineData("deepgram/v1/listen", "authorization: Token K")]
    [InlineData("fal/fal-ai/x", "authorization: Key K")]
    [InlineData("ideogram/generate", "api-key: K")]
    [InlineData("baseten/chat/completions", "authorization: Bearer K")]
    [InlineData("baseten/model/abc", "authorization: Api-Key K")]
    [InlineData("parallel/v1/tasks/runs", "x-api-key: K")]
    [InlineData("parallel/v1beta/chat/completions", "authorization: Bearer K")]
    public void InjectCredential_EveryPlaceFilledByTheClient_LeavesOnlyTheStoredOne(string received, string expected)
    {
        var (provider, address) = Resolve(received);
        var headers = new FakeHeaders([.. provider.Credentials.Headers.Concat(provider.Credentials.Companions).Select(name => (name, "stale"))]);

        provider.InjectCredential(headers, address, "K");

        Assert.Equal(expected, headers.ToString());
    }

    [Theory]
    [InlineData("openai", "Authorization", "Bearer K"), InlineData("cohere", "authorization", "Token K"), InlineData("replicate", "authorization", "Token K")]
    [InlineData("anthropic", "X-Api-Key", "K"), InlineData("anthropic", "authorization", "Bearer sk-ant-oat01-x")]
    [InlineData("azure-openai", "api-key", "K"), InlineData("azure-openai", "authorization", "Bearer K"), InlineData("azure-openai", "x-api-key", "K")]
    [InlineData("aws-bedrock", "authorization", "AWS4-HMAC-SHA256 …"), InlineData("google-ai-studio", "x-goog-api-key", "K")]
    [InlineData("google-ai-studio", "authorization", "Bearer K"), InlineData("google-vertex-ai", "authorization", "Bearer ya29.x")]
    [InlineData("google-vertex-ai", "x-goog-api-key", "K"), InlineData("grok", "x-api-key", "K"), InlineData("cartesia", "x-api-key", "K")]
    [InlineData("cartesia", "authorization", "Bearer K"), InlineData("elevenlabs", "xi-api-key", "K"), InlineData("deepgram", "authorization", "Token K")]
    [InlineData("fal", "authorization", "Key K"), InlineData("ideogram", "api-key", "K"), InlineData("baseten", "authorization", "Api-Key K")]
    [InlineData("parallel", "x-api-key", "K"), InlineData("parallel", "authorization", "Bearer K"), InlineData("fireworks", "authorization", "Bearer K")]
    public void IsPresent_NativeHeader_IsSeen(string slug, string name, string value)
    {
        var places = Map.Catalog.Find(slug)!.Credentials;

        Assert.True(places.IsPresent(new FakeHeaders((name, value)), ""));
        Assert.False(places.IsPresent(new FakeHeaders((name, " ")), ""));
        Assert.False(places.IsPresent(new FakeHeaders(("x-other", value)), "?a=b"));
    }

    [Theory]
    [InlineData("google-ai-studio", "?alt=sse&key=K"), InlineData("google-vertex-ai", "?key=K"), InlineData("cartesia", "?api_key=K")]
    [InlineData("cartesia", "?access_token=K"), InlineData("elevenlabs", "?single_use_token=K"), InlineData("elevenlabs", "?token=K")]
    public void IsPresent_NativeQueryParameter_IsSeen(string slug, string query)
    {
        var places = Map.Catalog.Find(slug)!.Credentials;

        Assert.True(places.IsPresent(new FakeHeaders(), query));
        Assert.False(places.IsPresent(new FakeHeaders(), query.Replace("K", "", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(null, "oauth-2025-04-20")]
    [InlineData("a-1,b-2", "a-1,b-2,oauth-2025-04-20")]
    [InlineData("oauth-2025-04-20", "oauth-2025-04-20")]
    public void InjectCredential_AnthropicOAuthToken_GoesAsBearerAndKeepsTheClientsBetas(string? betas, string expected)
    {
        var (provider, address) = Resolve("anthropic/v1/messages");
        var headers = new FakeHeaders(("x-api-key", "stale"), ("anthropic-version", "2024-01-01"));
        if (betas is not null)
        {
            headers.Set("anthropic-beta", betas);
        }

        provider.InjectCredential(headers, address, "sk-ant-oat01-abc");

        Assert.Equal($"anthropic-beta: {expected}\nanthropic-version: 2024-01-01\nauthorization: Bearer sk-ant-oat01-abc", headers.ToString());
    }

    [Theory]
    // Two of the same key: Azure reads a bearer as an Entra token.
    [InlineData("azure-openai/r/d/chat/completions", "api-key: K|authorization: Bearer K", "api-key: K")]
    [InlineData("azure-openai/r/d/chat/completions", "authorization: Bearer entra", "authorization: Bearer entra")]
    [InlineData("azure/r/anthropic/v1/messages", "authorization: Bearer K|x-api-key: K", "x-api-key: K")]
    [InlineData("azure-openai/r/d/chat/completions", "authorization: Bearer entra|x-api-key: K", "authorization: Bearer entra\nx-api-key: K")]
    // xAI's Anthropic endpoint.
    [InlineData("grok/v1/messages", "x-api-key: K", "authorization: Bearer K")]
    [InlineData("xai/messages/count_tokens", "x-api-key: K", "authorization: Bearer K")]
    [InlineData("grok/v1/messages", "authorization: Bearer A|x-api-key: K", "authorization: Bearer A\nx-api-key: K")]
    [InlineData("grok/v1/chat/completions", "x-api-key: K", "x-api-key: K")]
    // Bedrock's Anthropic endpoint; a signature is no bearer token.
    [InlineData(Mantle, "authorization: Bearer K", "x-api-key: K")]
    [InlineData(Mantle, "authorization: AWS4-HMAC-SHA256 Credential=x", "authorization: AWS4-HMAC-SHA256 Credential=x")]
    [InlineData(Runtime, "authorization: Bearer K", "authorization: Bearer K")]
    [InlineData("parallel/chat/completions", "x-api-key: K", "authorization: Bearer K")]
    [InlineData("parallel/chat/completions", "authorization: Bearer A|x-api-key: K", "authorization: Bearer A")]
    [InlineData("parallel/v1/tasks/runs", "x-api-key: K", "x-api-key: K")]
    [InlineData("fal/fal-ai/x", "authorization: Bearer K", "authorization: Key K")]
    [InlineData("fal/fal-ai/x", "authorization: bearer  K ", "authorization: Key K")]
    [InlineData("fal/fal-ai/x", "authorization: Key K", "authorization: Key K")]
    [InlineData("cartesia/tts/bytes", "x-api-key: K", "cartesia-version: 2025-04-16\nx-api-key: K")]
    [InlineData("cartesia/tts/bytes", "cartesia-version: 2024-06-10", "cartesia-version: 2024-06-10")]
    [InlineData("cartesia/tts/bytes?cartesia_version=2024-06-10", "x-api-key: K", "x-api-key: K")]
    [InlineData("cohere/v1/chat", "authorization: Token K", "authorization: Token K")]
    [InlineData("replicate/predictions", "authorization: Token K", "authorization: Token K")]
    [InlineData("deepgram/v1/listen", "authorization: Bearer jwt", "authorization: Bearer jwt")]
    [InlineData("anthropic/v1/messages", "authorization: Bearer oauth", "authorization: Bearer oauth")]
    [InlineData("openai/chat/completions", "authorization: Bearer K|x-api-key: L", "authorization: Bearer K\nx-api-key: L")]
    public void PrepareHeaders_CredentialOfTheClient_StandsWhereTheEndpointWantsIt(string received, string before, string after)
    {
        var (provider, address) = Resolve(received);
        var headers = new FakeHeaders([.. before.Split('|').Select(line => line.Split(": ", 2)).Select(pair => (pair[0], pair[1]))]);

        provider.PrepareHeaders(headers, address);
        Assert.Equal(after, headers.ToString());

        provider.PrepareHeaders(headers, address); // a retry
        Assert.Equal(after, headers.ToString());
    }

    [Theory]
    [InlineData("host", false), InlineData("X-Amz-Date", true), InlineData("x-amz-security-token", true), InlineData("content-type", true)]
    [InlineData("Authorization", true), InlineData("x-forwarded-for", true), InlineData("user-agent", false), InlineData("content", false)]
    [InlineData("cf-aig-authorization", false), InlineData("cf-access-token", false)]
    public void KeepsHeader_SignedByTheClient_IsWhatTheSignatureCovers(string name, bool expected)
    {
        var signed = new FakeHeaders(("authorization",
            "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/bedrock/aws4_request, SignedHeaders=cf-access-token;cf-aig-authorization;content-type;host;x-amz-date;x-amz-security-token;x-forwarded-for, Signature=00"));

        Assert.Equal(expected, Map.Catalog.Find("aws-bedrock")!.KeepsHeader(signed, name));
        Assert.False(Map.Catalog.Find("openai")!.KeepsHeader(signed, name));
    }

    [Theory]
    [InlineData("AWS4-HMAC-SHA256 Credential=x,SignedHeaders=host,Signature=0", true)]
    [InlineData("AWS4-HMAC-SHA256 Credential=x, Signature=0, SignedHeaders=host", true)]
    [InlineData("AWS4-HMAC-SHA256 Credential=x", false), InlineData("Bearer SignedHeaders=host", false), InlineData("", false)]
    public void IsSigned_Authorization_TellsSignaturesFromKeys(string authorization, bool expected) =>
        Assert.Equal(expected, AwsBedrock.SignedRequest.IsSigned(new FakeHeaders(("authorization", authorization))));

    private static (Provider Provider, UpstreamAddress Address) Resolve(string received) =>
        (Map.Catalog.Find(received.Split('/')[0])!, Map.Address(received, home: new() { Account = "a" }));
}
