using Xunit;

namespace GatewayActors.Providers.Tests.Mapping;

/// <summary>Providers whose base URL ends with a version: both spellings reach one URL and are logged alike.</summary>
public sealed class OpenAICompatibleMappingTests
{
    /// <summary>Slug, base URL, and what clients put before a path, the version included.</summary>
    private static readonly (string Slug, string BaseUrl, string[] Prefixes)[] Providers =
    [
        ("openai", "https://api.openai.com/v1", ["", "v1/", "v1/v1/"]),
        ("anthropic", "https://api.anthropic.com/v1", ["", "v1/", "v1/v1/"]),
        ("groq", "https://api.groq.com/openai/v1", ["", "v1/", "openai/v1/", "openai/v1/v1/"]),
        ("grok", "https://api.x.ai/v1", ["", "v1/", "v1/v1/"]),
        ("xai", "https://api.x.ai/v1", ["", "v1/"]),
        ("mistral", "https://api.mistral.ai/v1", ["", "v1/", "v1/v1/"]),
        ("cerebras", "https://api.cerebras.ai/v1", ["", "v1/", "v1/v1/"]),
        ("cohere", "https://api.cohere.com/v1", ["", "v1/", "v1/v1/"]),
        ("openrouter", "https://openrouter.ai/api/v1", ["", "v1/", "api/v1/"]),
        ("replicate", "https://api.replicate.com/v1", ["", "v1/", "v1/v1/"]),
        ("baseten", "https://inference.baseten.co/v1", ["", "v1/", "v1/v1/"]),
        ("fireworks", "https://api.fireworks.ai/inference/v1", ["", "v1/", "inference/v1/"]),
        ("simulator", "http://simulator.internal/v1", ["", "v1/", "v1/v1/"]),
    ];

    private static readonly string[] Paths =
    [
        "chat/completions", "responses", "responses/resp_1?include%5B%5D=x", "completions", "embeddings", "images/generations", "images/edits",
        "audio/speech", "audio/transcriptions", "files/file-1/content", "batches", "moderations", "models", "models/a%2Fb", "vector_stores/x",
        "messages", "messages/count_tokens", "messages/batches", "predictions", "predictions/abc/cancel", "chat", "rerank", "ocr",
        "fim/completions", "generation?id=gen-1", "messages?beta=true",
    ];

    public static TheoryData<string, string, string> Spellings()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var (slug, baseUrl, prefixes) in Providers)
        {
            foreach (var prefix in prefixes)
            {
                foreach (var path in Paths)
                {
                    rows.Add($"{slug}/{prefix}{path}", $"{baseUrl}/{path}", path.Split('?')[0]);
                }
            }
        }

        return rows;
    }

    [Theory, MemberData(nameof(Spellings))]
    public void Map_EitherSpelling_ReachesOneUrlAndOneLogPath(string received, string url, string path)
    {
        var address = Map.Address(received);

        Assert.Equal(url, address.Url);
        Assert.Equal(path, address.Path);
    }

    [Theory]
    // Another version takes the place of the base's own.
    [InlineData("cohere/v2/chat", "https://api.cohere.com/v2/chat", "v2/chat")]
    [InlineData("cohere/v2/rerank", "https://api.cohere.com/v2/rerank", "v2/rerank")]
    [InlineData("cohere/v1/v2/chat", "https://api.cohere.com/v2/chat", "v2/chat")]
    [InlineData("cohere/compatibility/v1/chat/completions", "https://api.cohere.com/compatibility/v1/chat/completions", "compatibility/v1/chat/completions")]
    [InlineData("openai/v2/things", "https://api.openai.com/v2/things", "v2/things")]
    [InlineData("openai/v1beta/things", "https://api.openai.com/v1beta/things", "v1beta/things")]
    // What only looks like a version or a prefix stays.
    [InlineData("openai/v1x/things", "https://api.openai.com/v1/v1x/things", "v1x/things")]
    [InlineData("openai/vector_stores", "https://api.openai.com/v1/vector_stores", "vector_stores")]
    [InlineData("groq/openai/things", "https://api.groq.com/openai/v1/openai/things", "openai/things")]
    // Nothing after the slug or the version.
    [InlineData("openai", "https://api.openai.com/v1", "")]
    [InlineData("openai/", "https://api.openai.com/v1", "")]
    [InlineData("openai/v1", "https://api.openai.com/v1", "")]
    [InlineData("openai/v1/?a=b", "https://api.openai.com/v1?a=b", "")]
    [InlineData("openai/models/", "https://api.openai.com/v1/models/", "models/")]
    // Bases without a version take the path as it is; a version the provider ignores is not logged.
    [InlineData("deepseek/chat/completions", "https://api.deepseek.com/chat/completions", "chat/completions")]
    [InlineData("deepseek/v1/chat/completions", "https://api.deepseek.com/v1/chat/completions", "chat/completions")]
    [InlineData("deepseek/beta/completions", "https://api.deepseek.com/beta/completions", "beta/completions")]
    [InlineData("deepseek/anthropic/v1/messages", "https://api.deepseek.com/anthropic/v1/messages", "anthropic/v1/messages")]
    [InlineData("deepseek/user/balance", "https://api.deepseek.com/user/balance", "user/balance")]
    [InlineData("perplexity-ai/chat/completions", "https://api.perplexity.ai/chat/completions", "chat/completions")]
    [InlineData("perplexity-ai/v1/chat/completions", "https://api.perplexity.ai/chat/completions", "chat/completions")]
    [InlineData("perplexity/chat/completions", "https://api.perplexity.ai/chat/completions", "chat/completions")]
    [InlineData("perplexity-ai/v1/agent", "https://api.perplexity.ai/v1/agent", "v1/agent")]
    [InlineData("perplexity-ai/v1/embeddings", "https://api.perplexity.ai/v1/embeddings", "v1/embeddings")]
    [InlineData("perplexity-ai/async/chat/completions", "https://api.perplexity.ai/async/chat/completions", "async/chat/completions")]
    [InlineData("parallel/v1/tasks/runs", "https://api.parallel.ai/v1/tasks/runs", "v1/tasks/runs")]
    [InlineData("parallel/v1/tasks/runs/r1/result?timeout=5", "https://api.parallel.ai/v1/tasks/runs/r1/result?timeout=5", "v1/tasks/runs/r1/result")]
    [InlineData("parallel/v1beta/search", "https://api.parallel.ai/v1beta/search", "v1beta/search")]
    [InlineData("parallel/v1beta/findall/ingest", "https://api.parallel.ai/v1beta/findall/ingest", "v1beta/findall/ingest")]
    [InlineData("parallel/chat/completions", "https://api.parallel.ai/chat/completions", "chat/completions")]
    [InlineData("parallel/v1beta/chat/completions", "https://api.parallel.ai/v1beta/chat/completions", "chat/completions")]
    public void Map_OtherVersionOrNone_FollowsTheProvider(string received, string url, string path)
    {
        var address = Map.Address(received);

        Assert.Equal(url, address.Url);
        Assert.Equal(path, address.Path);
        Assert.Null(address.Model);
    }

    [Theory]
    [InlineData("replicate/models/meta/meta-llama-3-8b/predictions", "meta/meta-llama-3-8b")]
    [InlineData("replicate/v1/models/black-forest-labs/flux-schnell/predictions", "black-forest-labs/flux-schnell")]
    [InlineData("replicate/models/meta", null)]
    [InlineData("replicate/predictions/abc", null)]
    [InlineData("replicate/deployments/o/n/predictions", null)]
    public void Map_Replicate_FindsTheModelOfThePath(string received, string? model) => Assert.Equal(model, Map.Address(received).Model);

    [Theory]
    // The base as a whole is replaced, its version included; a base without one gets no version.
    [InlineData("openai/chat/completions", "https://proxy.corp/openai/v1", "https://proxy.corp/openai/v1/chat/completions")]
    [InlineData("openai/v1/chat/completions", "https://proxy.corp/openai/v1", "https://proxy.corp/openai/v1/chat/completions")]
    [InlineData("openai/chat/completions", "http://127.0.0.1:9000", "http://127.0.0.1:9000/chat/completions")]
    [InlineData("openai/v1/chat/completions", "http://127.0.0.1:9000", "http://127.0.0.1:9000/chat/completions")]
    [InlineData("openai/v1/chat/completions?a=%20b", "http://v1", "http://v1/chat/completions?a=%20b")]
    [InlineData("openai/chat/completions", "https://proxy.corp/v3", "https://proxy.corp/v3/chat/completions")]
    [InlineData("openai/v1/chat/completions", "https://proxy.corp/v3", "https://proxy.corp/v1/chat/completions")]
    [InlineData("openai/v3/chat/completions", "https://proxy.corp/v3", "https://proxy.corp/v3/chat/completions")]
    [InlineData("cohere/v2/chat", "https://proxy.corp/cohere/v1", "https://proxy.corp/cohere/v2/chat")]
    [InlineData("cohere/v2/chat", "https://proxy.corp/cohere", "https://proxy.corp/cohere/v2/chat")]
    [InlineData("cohere/compatibility/v1/chat/completions", "https://proxy.corp/cohere/v1", "https://proxy.corp/cohere/compatibility/v1/chat/completions")]
    [InlineData("groq/openai/v1/chat/completions", "https://proxy.corp/groq/v1", "https://proxy.corp/groq/v1/chat/completions")]
    [InlineData("deepseek/v1/chat/completions", "https://proxy.corp/v1", "https://proxy.corp/v1/chat/completions")]
    [InlineData("deepseek/v1/chat/completions", "https://proxy.corp", "https://proxy.corp/v1/chat/completions")]
    public void Map_OperatorBaseUrl_ReplacesTheWholeBase(string received, string baseUrl, string url) =>
        Assert.Equal(url, Map.Address(received, baseUrl).Url);

    [Fact]
    public void Map_HotPath_AllocatesTheAddressAndItsTwoStringsOnly()
    {
        var provider = Map.Catalog.Find("openai")!;
        var headers = new FakeHeaders();
        provider.Map(new() { Slug = "openai", Rest = "v1/chat/completions", Query = "", Headers = headers });

        var before = GC.GetAllocatedBytesForCurrentThread();
        var mapping = provider.Map(new() { Slug = "openai", Rest = "v1/chat/completions", Query = "", Headers = headers });
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // A string of n characters takes 22 + 2n bytes, rounded up to 8; the address is an object of three references.
        Assert.InRange(allocated, 1, (22 + (2 * mapping.Address!.Url.Length)) + (22 + (2 * mapping.Address.Path.Length)) + 40 + 24);
    }
}
