using System.Runtime.CompilerServices;

namespace GatewayActors.Providers.Usage.Scanning;

/// <summary>
/// Finds selected members in JSON that passes by in arbitrary pieces, and hands their raw values to a sink. Holds no part of the
/// document; what is not selected is skipped by vectorised searches. A mutable struct: keep it in a field, never copy it.
/// </summary>
/// <remarks>
/// Takes one document, documents one after another (NDJSON), or an array of documents; leading blanks and a byte order mark are skipped.
/// Input that is not JSON does no harm: the scanner then finds less, or nothing.
/// </remarks>
internal struct JsonMemberScanner
{
    private const int MaxLevels = 12;

    private readonly JsonPaths.Node _root;
    private Levels _levels;
    private KeyBytes _key;
    private JsonPaths.Node? _pending; // the place of the value to come; null where nothing is wanted
    private JsonPaths.Node? _capture; // the place of the value at hand, if it is wanted
    private int _keyLength; // bytes of a name that was cut; -1 for a name that matches nothing
    private int _level;
    private int _depth; // open brackets of the value being skipped or captured
    private uint _arrays; // bit n: level n is an array
    private State _state;
    private bool _escaped;
    private bool _inString; // within the value being skipped

    /// <summary>Makes a scanner at the start of a document.</summary>
    public JsonMemberScanner(JsonPaths paths)
    {
        _root = paths.Root;
        _pending = _root;
    }

    private enum State : byte
    {
        Value,
        Key,
        KeyText,
        Colon,
        After,
        String,
        Container,
        Scalar,
    }

    /// <summary>Forgets the document at hand and starts with the next.</summary>
    public void Reset(IMemberSink sink)
    {
        if (_capture is not null)
        {
            sink.Abandon();
            _capture = null;
        }

        _level = 0;
        _escaped = false;
        _inString = false;
        _state = State.Value;
        _pending = _root;
    }

    /// <summary>Takes the next bytes.</summary>
    public void Read(ReadOnlySpan<byte> bytes, IMemberSink sink)
    {
        var start = 0; // where the captured value, or its piece, begins
        var i = 0;
        while (i < bytes.Length)
        {
            switch (_state)
            {
                case State.Value:
                    if (bytes[i] <= (byte)' ')
                    {
                        i++;
                    }
                    else
                    {
                        start = i;
                        i = BeginValue(bytes[i], sink) ? i + 1 : i;
                    }

                    break;

                case State.Key:
                    var first = bytes[i++];
                    if (first == (byte)'"')
                    {
                        _keyLength = 0;
                        _state = State.KeyText;
                    }
                    else if (first == (byte)'}')
                    {
                        Close();
                    }

                    break;

                case State.KeyText:
                    i = ReadKey(bytes, i);
                    break;

                case State.Colon:
                    if (bytes[i++] == (byte)':')
                    {
                        _state = State.Value;
                    }

                    break;

                case State.After:
                    AfterValue(bytes[i++]);
                    break;

                case State.String:
                    if (SkipString(bytes, ref i))
                    {
                        EndValue(bytes[start..i], sink);
                    }

                    break;

                case State.Container:
                    if (SkipContainer(bytes, ref i))
                    {
                        EndValue(bytes[start..i], sink);
                    }

                    break;

                case State.Scalar:
                    // Numbers and words are a few bytes long: a loop is quicker than setting up a search.
                    while (i < bytes.Length && bytes[i] > (byte)' ' && bytes[i] is not ((byte)',' or (byte)'}' or (byte)']'))
                    {
                        i++;
                    }

                    if (i < bytes.Length)
                    {
                        EndValue(bytes[start..i], sink);
                    }

                    break;
            }
        }

        if (_capture is not null)
        {
            sink.Append(bytes[start..]);
        }
    }

    /// <returns>Whether the byte has been used up.</returns>
    private bool BeginValue(byte first, IMemberSink sink)
    {
        switch (first)
        {
            case (byte)'}' or (byte)']':
                Close();
                return true;
            case (byte)',' or (byte)':':
                return true;
            case 0xEF or 0xBB or 0xBF when _level == 0: // byte order mark
                return true;
        }

        var node = _pending;
        if (_level > 0 && IsArray(_level - 1) && node is { CountSlot: >= 0 })
        {
            sink.Count(node.CountSlot);
        }

        if (first == (byte)'{' && node is { HasChildren: true } && _level < MaxLevels)
        {
            Open(node, isArray: false);
            _state = State.Key;
            return true;
        }

        if (first == (byte)'[' && _level < MaxLevels && (node?.Elements ?? (node == _root && _level == 0 ? _root : null)) is { } elements)
        {
            Open(elements, isArray: true);
            _pending = elements;
            return true;
        }

        _capture = node is { Slot: >= 0 } ? node : null;
        switch (first)
        {
            case (byte)'"':
                _state = State.String;
                return true;
            case (byte)'{' or (byte)'[':
                _depth = 1;
                _state = State.Container;
                return true;
            default:
                _state = State.Scalar;
                return false;
        }
    }

    private void EndValue(ReadOnlySpan<byte> last, IMemberSink sink)
    {
        if (_capture is { } node)
        {
            _capture = null;
            sink.End(node.Slot, last);
        }

        AfterClose();
    }

    private int ReadKey(ReadOnlySpan<byte> bytes, int i)
    {
        if (_escaped)
        {
            _escaped = false;
            return i + 1;
        }

        var rest = bytes[i..];
        var end = rest.IndexOfAny((byte)'"', (byte)'\\');
        var piece = end < 0 ? rest : rest[..end];
        if (end >= 0 && rest[end] == (byte)'\\')
        {
            _keyLength = -1; // no name that is wanted needs an escape
            _escaped = true;
            return i + end + 1;
        }

        if (end >= 0 && _keyLength == 0)
        {
            EndKey(piece);
            i += end + 1;
            if (i < bytes.Length && bytes[i] == (byte)':')
            {
                _state = State.Value;
                i++;
            }

            return i;
        }

        Span<byte> key = _key;
        if (_keyLength < 0 || _keyLength + piece.Length > key.Length)
        {
            _keyLength = -1;
        }
        else
        {
            piece.CopyTo(key[_keyLength..]);
            _keyLength += piece.Length;
        }

        if (end < 0)
        {
            return bytes.Length;
        }

        EndKey(_keyLength < 0 ? [] : key[.._keyLength]);
        return i + end + 1;
    }

    private void EndKey(ReadOnlySpan<byte> name)
    {
        _pending = _level > 0 ? _levels[_level - 1]?.Find(name) : null;
        _state = State.Colon;
    }

    private void AfterValue(byte next)
    {
        if (next == (byte)',')
        {
            if (IsArray(_level - 1))
            {
                _pending = _levels[_level - 1];
                _state = State.Value;
            }
            else
            {
                _state = State.Key;
            }
        }
        else if (next is (byte)'}' or (byte)']')
        {
            Close();
        }
    }

    private bool SkipString(ReadOnlySpan<byte> bytes, ref int i)
    {
        if (_escaped)
        {
            _escaped = false;
            i++;
            return false;
        }

        var end = bytes[i..].IndexOfAny((byte)'"', (byte)'\\');
        if (end < 0)
        {
            i = bytes.Length;
            return false;
        }

        i += end + 1;
        _escaped = bytes[i - 1] == (byte)'\\';
        return !_escaped;
    }

    private bool SkipContainer(ReadOnlySpan<byte> bytes, ref int i)
    {
        Span<byte> padded = stackalloc byte[JsonBlock.Bytes];
        while (i < bytes.Length)
        {
            scoped var block = bytes[i..];
            var length = Math.Min(block.Length, JsonBlock.Bytes);
            if (length < JsonBlock.Bytes)
            {
                padded[length..].Clear();
                block.CopyTo(padded);
                block = padded;
            }

            var end = new JsonBlock(block, length, ref _inString, ref _escaped).FindEnd(ref _depth);
            if (end >= 0)
            {
                i += end + 1;
                _inString = false;
                _escaped = false;
                return true;
            }

            i += length;
        }

        return false;
    }

    private void Open(JsonPaths.Node node, bool isArray)
    {
        _levels[_level] = node;
        _arrays = isArray ? _arrays | (1u << _level) : _arrays & ~(1u << _level);
        _level++;
    }

    private void Close()
    {
        _level = Math.Max(0, _level - 1);
        AfterClose();
    }

    private void AfterClose()
    {
        if (_level == 0)
        {
            _pending = _root;
            _state = State.Value; // the next document, if there is one
        }
        else
        {
            _state = State.After;
        }
    }

    private readonly bool IsArray(int level) => (_arrays & (1u << level)) != 0;

    [InlineArray(MaxLevels)]
    private struct Levels
    {
        private JsonPaths.Node? _first;
    }

    [InlineArray(JsonPaths.MaxNameBytes)]
    private struct KeyBytes
    {
        private byte _first;
    }
}
