namespace GatewayActors.Providers.Translation.Supplies;

/// <summary>What was found of a request's needs.</summary>
public sealed record ChatSupplies
{
    /// <summary>Images and documents by their URLs.</summary>
    public IReadOnlyDictionary<string, InlineMedia> Media { get; init; } = new Dictionary<string, InlineMedia>();

    /// <summary>What belongs to earlier answers, by the ids of their first calls.</summary>
    public IReadOnlyDictionary<string, KeptThoughts> Thoughts { get; init; } = new Dictionary<string, KeptThoughts>();

    /// <summary>What stands for media that are not here yet.</summary>
    public static ChatSupplies PlaceholdersFor(ChatNeeds needs)
    {
        ArgumentNullException.ThrowIfNull(needs);
        return new() { Media = needs.Media.ToDictionary(media => media.Url, media => InlineMedia.PlaceholderOf(media.Kind)) };
    }

    /// <summary>Puts them into a request.</summary>
    public void Supply(ChatRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Media.Count > 0 || Thoughts.Count > 0)
        {
            request.Replace([.. request.Messages.Select(Supplied)]);
        }
    }

    private ChatMessage Supplied(ChatMessage message)
    {
        if (message.Parts.Any(part => Find(part) is not null))
        {
            message = message with { Parts = [.. message.Parts.Select(part => Find(part) is { } media ? part with { Url = null, MediaType = media.MediaType, Data = media.Data } : part)] };
        }

        return message.ToolCalls is [var first, ..] && Thoughts.TryGetValue(first.Id, out var thoughts) ? thoughts.PutBack(message) : message;
    }

    private InlineMedia? Find(ChatPart part) => part is { Url: { } url, Data: null } ? Media.GetValueOrDefault(url) : null;
}
