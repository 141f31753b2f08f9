using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Translation.Completions;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Parallel;

/// <summary>Parallel: tasks and search with <c>x-api-key</c>, chat with a bearer token.</summary>
/// <remarks>https://docs.parallel.ai/api-reference</remarks>
internal sealed class ParallelProvider() : SingleHostProvider("parallel", "https://api.parallel.ai")
{
    public override CredentialPlaces Credentials { get; } = new()
    {
        Headers = ["x-api-key", "authorization"],
        InjectHeader = "x-api-key",
    };

    public override void PrepareHeaders(IUpstreamHeaders headers, UpstreamAddress address)
    {
        if (IsChat(address) && headers["x-api-key"] is { Length: > 0 } key)
        {
            headers.Remove("x-api-key");
            if (headers["authorization"] is null)
            {
                headers.Set("authorization", "Bearer " + key);
            }
        }
    }

    public override void InjectCredential(IUpstreamHeaders headers, UpstreamAddress address, string credential)
    {
        if (IsChat(address))
        {
            Credentials.Inject(headers, "authorization", "Bearer " + credential);
        }
        else
        {
            base.InjectCredential(headers, address, credential);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Research runs name a processor, which is what they are billed by.</remarks>
    public override string ModelMemberAt(UpstreamAddress address) => IsChat(address) ? "model" : "processor";

    public override string? ModelType(UpstreamAddress address) => IsChat(address) ? ModelTypes.TextGeneration : null;

    public override CompletionsDialect Completions { get; } = new()
    {
        TakesParts = false,
        TakesImages = false,
        TakesTools = false,
        TakesJsonObjects = false,
        AsksForUsage = false,
        Reasoning = ReasoningForm.None,
    };

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.Parallel(response);

    protected override IReadOnlyList<string> Endpoints => OpenAIEndpoints.Chat;

    // The vendor serves chat at the root and under v1beta; other endpoints exist under their own version only.
    protected override ReadOnlySpan<char> DropVersion(ReadOnlySpan<char> path)
    {
        var tail = path;
        return RequestPath.TryTake(ref tail, "v1beta") && RequestPath.FirstSegment(tail).SequenceEqual("chat") ? tail : path;
    }

    private static bool IsChat(UpstreamAddress address) => RequestPath.FirstSegment(address.Path).SequenceEqual("chat");
}
