using System.Text;

namespace GatewayActors.Providers.Translation;

/// <summary>Takes the code fence off JSON that a model wraps in one although it was told not to. One instance per text.</summary>
internal sealed class CodeFence
{
    private const int HeadCharacters = 16; // held back until it is clear whether a fence begins
    private const string Fence = "```";

    private readonly StringBuilder _held = new();
    private State _state;

    private enum State : byte
    {
        Start,
        Plain,
        Fenced,
    }

    /// <summary>Takes a piece.</summary>
    /// <returns>What is certain to belong to the text.</returns>
    public string Push(string text)
    {
        if (_state == State.Plain)
        {
            return text;
        }

        _held.Append(text);
        return _state == State.Start ? Begin() : GiveFenced();
    }

    /// <summary>The text has ended.</summary>
    /// <returns>What was held back and belongs to it.</returns>
    public string End()
    {
        var rest = _held.ToString();
        _held.Clear();
        return _state == State.Fenced && rest.AsSpan().Trim() is "" or Fence ? "" : rest;
    }

    private string Begin()
    {
        var head = _held.ToString().TrimStart();
        var isFence = head.StartsWith(Fence, StringComparison.Ordinal);
        var line = isFence ? head.IndexOf('\n', StringComparison.Ordinal) : -1;
        if (line >= 0)
        {
            _state = State.Fenced;
            _held.Clear().Append(head, line + 1, head.Length - line - 1);
            return GiveFenced();
        }

        return _held.Length < HeadCharacters && (isFence || Fence.StartsWith(head, StringComparison.Ordinal)) ? "" : GivePlain();
    }

    private string GivePlain()
    {
        _state = State.Plain;
        var all = _held.ToString();
        _held.Clear();
        return all;
    }

    /// <summary>Everything but an end that may be the closing fence.</summary>
    private string GiveFenced()
    {
        var at = SkipBlanks(_held.Length);
        for (var ticks = 0; ticks < Fence.Length && at > 0 && _held[at - 1] == '`'; ticks++)
        {
            at--;
        }

        at = SkipBlanks(at);
        var given = _held.ToString(0, at);
        _held.Remove(0, at);
        return given;
    }

    private int SkipBlanks(int at)
    {
        while (at > 0 && char.IsWhiteSpace(_held[at - 1]))
        {
            at--;
        }

        return at;
    }
}
