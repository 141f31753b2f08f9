namespace GatewayActors.Providers.Translation.Supplies;

/// <summary>What a request's target needs and its body does not hold.</summary>
public sealed record ChatNeeds
{
    /// <summary>Images and documents that stand in the request by URL, for a target that wants their bytes; each URL once.</summary>
    public IReadOnlyList<NeededMedia> Media { get; init; } = [];

    /// <summary>The first calls of earlier answers whose reasoning must come back and did not, by their ids.</summary>
    public IReadOnlyList<string> Calls { get; init; } = [];

    /// <summary>Whether nothing is needed.</summary>
    public bool IsEmpty => Media.Count == 0 && Calls.Count == 0;

    /// <summary>Finds out what a request needs.</summary>
    /// <param name="request">The request.</param>
    /// <param name="target">Who is going to write it.</param>
    public static ChatNeeds Of(ChatRequest request, ChatTranslator target)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(target);
        try
        {
            return new() { Media = MediaOf(request, target), Calls = target.CallsWithoutThoughts(request) };
        }
        catch (InvalidOperationException)
        {
            // How the JSON reader says that an escape is no character.
            throw new RefusedRequestException("The body holds text that is not valid Unicode.", null);
        }
    }

    private static List<NeededMedia> MediaOf(ChatRequest request, ChatTranslator target)
    {
        List<NeededMedia>? media = null;
        foreach (var message in request.Messages)
        {
            foreach (var part in message.Parts)
            {
                if (part is { Url: { } url, Data: null } && IsOnTheWeb(url) && target.WantsBytes(part) && media?.Exists(other => other.Url == url) is not true)
                {
                    (media ??= []).Add(new(url, part.Kind, part.UrlPlace));
                }
            }
        }

        return media ?? [];
    }

    private static bool IsOnTheWeb(string url) => url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
}

/// <summary>An image or a document that has to be fetched.</summary>
/// <param name="Url">Where it is.</param>
/// <param name="Kind">What it should be.</param>
/// <param name="Place">The member of the request that names it first.</param>
public sealed record NeededMedia(string Url, ChatPartKind Kind, string Place);
