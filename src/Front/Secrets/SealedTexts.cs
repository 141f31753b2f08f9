namespace GatewayActors.Front.Secrets;

/// <summary>
/// Credentials that are part of a configuration rather than secrets of their own: sealed like these, as texts, in the place of the clear text.
/// A mark says which form a text has, since what was stored before there was sealing is still in the clear.
/// </summary>
internal static class SealedTexts
{
    // Neither a URL nor an Authorization header begins so; what a client sends is always sealed, whatever it begins with.
    private const string Mark = "sealed:v1:";

    extension(SecretSealer sealer)
    {
        /// <summary>Seals a text.</summary>
        public string SealText(string accountId, string text) => Mark + Convert.ToBase64String(sealer.Seal(accountId, text));

        /// <summary>What a stored text says, sealed or not; null if its key is gone.</summary>
        public string? OpenText(string accountId, string stored)
        {
            if (!IsSealed(stored))
            {
                return stored;
            }

            var value = new byte[stored.Length];
            return Convert.TryFromBase64Chars(stored.AsSpan(Mark.Length), value, out var length) ? sealer.Open(accountId, value[..length]) : null;
        }
    }

    /// <summary>Whether a stored text is sealed.</summary>
    public static bool IsSealed(string stored) => stored.StartsWith(Mark, StringComparison.Ordinal);
}
