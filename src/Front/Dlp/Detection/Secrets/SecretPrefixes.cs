using System.Buffers;

namespace GatewayActors.Front.Dlp.Detection.Secrets;

/// <summary>Finds <see cref="SecretKinds"/>: all prefixes in one search.</summary>
internal sealed class SecretPrefixes : IDetector
{
    private const int FewestDifferent = 8;

    private readonly SecretKind[] _kinds;
    private readonly SearchValues<string> _prefixes;

    public SecretPrefixes(IReadOnlyList<SecretKind> kinds)
    {
        _kinds = [.. kinds.OrderByDescending(kind => kind.Prefix.Length)]; // "sk-ant-" before "sk-".
        _prefixes = SearchValues.Create([.. kinds.Select(kind => kind.Prefix).Distinct(StringComparer.Ordinal)], StringComparison.Ordinal);
        Entries = [.. kinds.Select(kind => kind.Entry).Distinct()];
    }

    public IReadOnlyList<DlpEntry> Entries { get; }

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        var all = text.Text;
        for (var at = 0; all[at..].IndexOfAny(_prefixes) is >= 0 and var found;)
        {
            var start = at + found;
            at = start + 1;
            if (start > 0 && char.IsLetterOrDigit(all[start - 1]))
            {
                continue;
            }

            foreach (var kind in _kinds)
            {
                if (all[start..].StartsWith(kind.Prefix, StringComparison.Ordinal) && Length(all[(start + kind.Prefix.Length)..], kind) is > 0 and var length)
                {
                    matches.Add(new(start, kind.Prefix.Length + length, kind.Entry));
                    at = start + kind.Prefix.Length + length;
                    break;
                }
            }
        }
    }

    /// <summary>How many characters of it follow the prefix; 0 if it is not one.</summary>
    private static int Length(ReadOnlySpan<char> rest, SecretKind kind)
    {
        var run = rest.Length > kind.Max + 1 ? rest[..(kind.Max + 1)] : rest;
        var length = run.IndexOfAnyExcept(kind.Alphabet) is >= 0 and var end ? end : run.Length;
        while (length > 0 && rest[length - 1] is '.' or '-' && length > kind.Min)
        {
            length--; // The end of the sentence.
        }

        return length >= kind.Min && length <= kind.Max && IsRandom(rest[..length]) ? length : 0;
    }

    /// <summary>Whether it is not a placeholder: one like <c>XXXXXXXX</c> or <c>your-key-here</c> has few different characters, or no digit.</summary>
    private static bool IsRandom(ReadOnlySpan<char> secret)
    {
        UInt128 seen = 0;
        var different = 0;
        foreach (var c in secret)
        {
            var bit = UInt128.One << (c & 127);
            different += (seen & bit) == 0 ? 1 : 0;
            seen |= bit;
        }

        return different >= FewestDifferent && secret.ContainsAnyInRange('0', '9');
    }
}
