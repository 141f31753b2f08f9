using System.Text;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Tests.DataPlane;
using GatewayActors.Testing.Upstreams;

namespace GatewayActors.Front.Tests.Caching;

/// <summary>What the tests of the cache have in common.</summary>
internal static class CachingHost
{
    public static GatewayConfiguration Configuration(
        long? ttl = 3600, bool? streaming = null, bool? singleFlight = null, long? staleIfError = null, bool invalidate = false, bool? authentication = false) =>
        DataPlaneHost.Configuration(authentication) with
        {
            CacheTtl = ttl,
            CacheStreaming = streaming,
            CacheSingleFlight = singleFlight,
            CacheStaleIfError = staleIfError,
            CacheInvalidateOnUpdate = invalidate,
        };

    extension(DataPlaneHost host)
    {
        /// <summary>Lets the upstream answer every request with a number of its own.</summary>
        public void AnswerWithNumbers()
        {
            var number = 0;
            host.Script.Otherwise(_ => new UpstreamReply()
                .Header("content-type", "application/json").Header("x-request-id", "of-the-call")
                .Header("x-ratelimit-remaining-requests", "7").Header("openai-version", "2020-10-01")
                .Content(Encoding.UTF8.GetBytes($$$"""{"id":"answer-{{{Interlocked.Increment(ref number)}}}","model":"gpt-4o-mini","usage":{"prompt_tokens":1000,"completion_tokens":100}}""")));
        }

        public IEnumerable<FakeCacheShard> Shards => host.Gateways.CacheShards(GrainKeys.Gateway(DataPlaneHost.Account, "main"));

        /// <summary>Posts a chat completion with another body.</summary>
        public Task<FrontAnswer> PostAsync(string body, params (string Name, string Value)[] headers) =>
            host.SendAsync(HttpMethod.Post, "openai/chat/completions", Encoding.UTF8.GetBytes(body), [("authorization", "Bearer sk-client-key"), ("content-type", "application/json"), .. headers]);
    }

    public static string? Status(this FrontAnswer answer) => answer.Header("cf-aig-cache-status");
}
