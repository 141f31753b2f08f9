namespace GatewayActors.Front.Guardrails;

/// <summary>Cuts long texts into parts that overlap, so that nothing hides at a cut.</summary>
internal static class TextChunks
{
    /// <summary>The parts of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">The longest part, in characters.</param>
    public static IEnumerable<string> Of(string text, int most)
    {
        if (text.Length <= most)
        {
            yield return text;
            yield break;
        }

        var overlap = most / 8;
        for (var start = 0; ;)
        {
            var end = Math.Min(start + most, text.Length);
            if (end < text.Length && char.IsLowSurrogate(text[end]))
            {
                end--; // Not in the middle of a character.
            }

            yield return text[start..end];
            if (end == text.Length)
            {
                yield break;
            }

            start = end - overlap;
            if (char.IsLowSurrogate(text[start]))
            {
                start--;
            }
        }
    }

    /// <summary>Joins texts into parts that are as long as they may be: fewer calls say the same.</summary>
    public static IEnumerable<string> Join(IEnumerable<string> texts, int most)
    {
        var joined = new System.Text.StringBuilder();
        foreach (var text in texts)
        {
            if (joined.Length > 0 && joined.Length + 1 + text.Length > most)
            {
                foreach (var chunk in Of(joined.ToString(), most))
                {
                    yield return chunk;
                }

                joined.Clear();
            }

            (joined.Length > 0 ? joined.Append('\n') : joined).Append(text);
        }

        if (joined.Length > 0)
        {
            foreach (var chunk in Of(joined.ToString(), most))
            {
                yield return chunk;
            }
        }
    }
}
