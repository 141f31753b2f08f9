using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Translation.Completions;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.HuggingFace;

/// <summary>
/// Hugging Face: models by path on the task API, and the router's OpenAI-compatible surface under <c>v1</c>, which stands at the root of
/// the host.
/// </summary>
/// <remarks>
/// https://huggingface.co/docs/inference-providers. The older host, <c>https://api-inference.huggingface.co/models</c>, has been folded
/// into the router; an operator can still set it.
/// </remarks>
internal sealed class HuggingFaceProvider : Provider
{
    public override string Slug => "huggingface";

    public override string DefaultBaseUrl => "https://router.huggingface.co/hf-inference/models";

    public override UpstreamMapping Map(in ProviderRequest request)
    {
        if (RequestPath.Problem(request) is { } problem)
        {
            return UpstreamMapping.Refuse(problem);
        }

        var baseUrl = request.BaseUrl ?? DefaultBaseUrl;
        var rest = VersionedPath.Without(request.Rest, "v1");
        if (rest.Length != request.Rest.Length)
        {
            return new UpstreamAddress(UpstreamUrl.Join(string.Concat(RootOf(baseUrl), "/v1"), rest, request.Query), string.Concat("v1/", rest));
        }

        RequestPath.TryTake(ref rest, "hf-inference");
        RequestPath.TryTake(ref rest, "models");
        return new UpstreamAddress(UpstreamUrl.Join(baseUrl, rest, request.Query), rest.ToString()) { Model = FindModel(rest) };
    }

    public override string? ModelType(UpstreamAddress address) =>
        address.Model is null ? ModelTypes.OfPath(address.Path) : null; // A task's kind is the model's own affair.

    public override CompletionsDialect Completions { get; } = new()
    {
        TakesTopK = true,
    };

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.HuggingFace(response);

    public override string? OpenAIPath(string endpoint) => OpenAIEndpoints.Chat.Contains(endpoint) ? "v1/" + endpoint : null;

    private static ReadOnlySpan<char> RootOf(ReadOnlySpan<char> baseUrl)
    {
        baseUrl = baseUrl.EndsWith("/models") ? baseUrl[..^"/models".Length] : baseUrl;
        return baseUrl.EndsWith("/hf-inference") ? baseUrl[..^"/hf-inference".Length] : VersionedPath.WithoutVersion(baseUrl);
    }

    // {owner}/{model}; the oldest models have no owner. What follows is a task.
    private static string? FindModel(ReadOnlySpan<char> path)
    {
        var tail = path;
        var owner = RequestPath.TakeSegment(ref tail);
        var name = RequestPath.FirstSegment(tail);
        return name is "" or "pipeline" || VersionedPath.IsVersion(name)
            ? RequestPath.DecodeOrNull(owner)
            : RequestPath.Decode(path[..(owner.Length + 1 + name.Length)]);
    }
}
