namespace GatewayActors.Front.AutoRouter;

/// <summary>What a request has beside text, or a model takes beside it.</summary>
[Flags]
internal enum InputKinds
{
    None = 0,

    /// <summary>Pictures.</summary>
    Images = 1 << 0,

    /// <summary>Sound.</summary>
    Audio = 1 << 1,

    /// <summary>Files such as PDF.</summary>
    Documents = 1 << 2,

    /// <summary>Moving pictures.</summary>
    Video = 1 << 3,

    /// <summary>Functions that the model may call.</summary>
    Tools = 1 << 4,

    /// <summary>All of them.</summary>
    All = Images | Audio | Documents | Video | Tools,
}

/// <summary>Words for kinds of input.</summary>
internal static class InputWords
{
    private static readonly (InputKinds Kind, string Word)[] Words =
    [
        (InputKinds.Images, "images"), (InputKinds.Audio, "audio"), (InputKinds.Documents, "documents"), (InputKinds.Video, "video"), (InputKinds.Tools, "tools"),
    ];

    extension(InputKinds kinds)
    {
        /// <summary>The words of all kinds, in a fixed order.</summary>
        public IEnumerable<string> ToWords() => Words.Where(entry => kinds.HasFlag(entry.Kind)).Select(entry => entry.Word);
    }

    /// <summary>The kind of a word; none for a word that nobody knows.</summary>
    public static InputKinds Parse(string word) => Words.FirstOrDefault(entry => entry.Word == word).Kind;
}
