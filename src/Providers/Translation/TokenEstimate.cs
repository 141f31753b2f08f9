namespace GatewayActors.Providers.Translation;

/// <summary>How many tokens a request may have, where nobody counts them: by the length of its texts, rather more than less.</summary>
public static class TokenEstimate
{
    private const int CharactersPerToken = 4; // of English and of code
    private const int TokensPerMessage = 4; // around its text
    private const int TokensPerImage = 1_600; // the most that a provider cuts one down to
    private const int BytesPerDocumentToken = 40; // of PDF: mostly fonts and layout

    /// <summary>Estimates a request.</summary>
    public static long Of(ChatRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var tokens = 0L;
        foreach (var message in request.Messages)
        {
            tokens += TokensPerMessage + OfText(message.ReasoningContent);
            foreach (var part in message.Parts)
            {
                tokens += part.Kind switch
                {
                    ChatPartKind.Text => OfText(part.Text),
                    ChatPartKind.Image => TokensPerImage,
                    ChatPartKind.Audio or ChatPartKind.File => (part.Data?.Length ?? 0) / BytesPerDocumentToken,
                };
            }

            foreach (var call in message.ToolCalls)
            {
                tokens += TokensPerMessage + OfText(call.Name) + OfText(call.Arguments);
            }
        }

        foreach (var tool in request.Tools)
        {
            tokens += TokensPerMessage + OfText(tool.Name) + OfText(tool.Description) + (tool.Parameters.IsDefined ? OfText(tool.Parameters.GetRawText()) : 0);
        }

        return tokens;
    }

    // A character of another script is about a token.
    private static long OfText(string? text)
    {
        var (ascii, others) = (0L, 0L);
        foreach (var character in text ?? "")
        {
            if (char.IsAscii(character))
            {
                ascii++;
            }
            else if (!char.IsLowSurrogate(character))
            {
                others++;
            }
        }

        return ((ascii + CharactersPerToken - 1) / CharactersPerToken) + others;
    }
}
