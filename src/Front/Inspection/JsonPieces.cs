namespace GatewayActors.Front.Inspection;

/// <summary>
/// Cuts JSON into documents: the items of an array that comes in piece by piece, documents one after the other, one by a line, or the one
/// there is. Not thread-safe.
/// </summary>
internal sealed class JsonPieces
{
    private bool _isInArray;
    private bool _hasBegun;

    /// <summary>Finds the next document.</summary>
    /// <param name="bytes">The bytes that no earlier call has taken.</param>
    /// <param name="isEnd">Whether nothing follows.</param>
    /// <param name="document">Where it stands in what is taken; empty for what only stands between two.</param>
    /// <returns>How many bytes are taken; 0 if the next document is not all here.</returns>
    public int Take(ReadOnlySpan<byte> bytes, bool isEnd, out Range document)
    {
        document = default;
        var start = 0;
        while (start < bytes.Length && IsBetween(bytes[start]))
        {
            start++;
        }

        if (start == bytes.Length)
        {
            return isEnd ? start : 0;
        }

        if (!_hasBegun && bytes[start] == (byte)'[')
        {
            (_hasBegun, _isInArray) = (true, true);
            return start + 1;
        }

        _hasBegun = true;
        if (_isInArray && bytes[start] == (byte)']')
        {
            _isInArray = false;
            return start + 1;
        }

        var length = LengthOf(bytes[start..]);
        if (length == 0)
        {
            if (!isEnd)
            {
                return 0;
            }

            length = bytes.Length - start;
        }

        document = start..(start + length);
        return start + length;
    }

    // A mark of the encoding may stand before all.
    private static bool IsBetween(byte one) => one is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)',' or 0xEF or 0xBB or 0xBF or 0x1E;

    /// <summary>How long the value is that begins here; 0 if its end is not here.</summary>
    private int LengthOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] is not ((byte)'{' or (byte)'[' or (byte)'"'))
        {
            var end = bytes.IndexOfAny((byte)'\n', (byte)',', _isInArray ? (byte)']' : (byte)'\n');
            return Math.Max(end, 0);
        }

        var depth = 0;
        var isText = false;
        for (var at = 0; at < bytes.Length; at++)
        {
            switch (bytes[at])
            {
                case (byte)'\\' when isText:
                    at++;
                    break;
                case (byte)'"':
                    isText = !isText;
                    if (!isText && depth == 0)
                    {
                        return at + 1;
                    }

                    break;
                case (byte)'{' or (byte)'[' when !isText:
                    depth++;
                    break;
                case (byte)'}' or (byte)']' when !isText:
                    depth--;
                    if (depth <= 0)
                    {
                        return at + 1;
                    }

                    break;
                default:
                    break;
            }
        }

        return 0;
    }
}
