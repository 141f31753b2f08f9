namespace GatewayActors.Front.Inspection;

/// <summary>A text of a request or an answer that is to be inspected.</summary>
/// <param name="Role">Whose it is.</param>
/// <param name="Text">The text.</param>
internal readonly record struct InspectedText(TextRole Role, string Text)
{
    /// <summary>
    /// Whether it repeats texts that stand beside it, without what parts them: nothing new for who reads as people do, but a word that was
    /// cut in two can only be found here. Only inspectors that cost nothing look at it.
    /// </summary>
    public bool IsSeamless { get; init; }
}

/// <summary>Whose a text is.</summary>
internal enum TextRole
{
    /// <summary>The user's, or of unknown origin.</summary>
    User,

    /// <summary>The instructions to the model, its tools' descriptions included.</summary>
    System,

    /// <summary>The model's own.</summary>
    Assistant,

    /// <summary>What a tool returned.</summary>
    Tool,
}
