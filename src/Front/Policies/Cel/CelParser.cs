namespace GatewayActors.Front.Policies.Cel;

/// <summary>
/// Reads the part of CEL that conditions need: fields, literals, comparisons, <c>in</c>, logic, <c>? :</c>, tests of texts,
/// <c>size</c>, <c>string</c>, <c>has</c>, <c>exists</c> and <c>all</c>. The first mistake ends the reading.
/// </summary>
/// <remarks>Grammar: https://github.com/google/cel-spec/blob/master/doc/langdef.md. Depth and length are bounded, because tenants write these.</remarks>
internal sealed partial class CelParser
{
    /// <summary>Quantifiers within one another.</summary>
    public const int MaxVariables = 2;

    private const int MaxDepth = 32;
    private const int MaxNodes = 512;

    private static readonly CelNode Nothing = new CelLiteral(null, CelType.Any);

    private readonly CelLexer _lexer;
    private readonly List<string> _variables = [];
    private CelToken _token;
    private string? _mistake;
    private int _depth;
    private int _nodes;

    public CelParser(string text)
    {
        _lexer = new(text);
        _token = _lexer.Next();
    }

    /// <summary>Reads the whole text.</summary>
    public CelNode Parse(out string? mistake)
    {
        var root = ParseConditional();
        if (_token.Kind != CelTokenKind.End)
        {
            Fail(_token, $"unexpected {Shown(_token)}");
        }

        if (!root.CanBe(CelType.Boolean))
        {
            _mistake ??= "The expression is not true or false.";
        }

        mistake = _mistake;
        return root;
    }

    private CelNode ParseConditional()
    {
        if (++_depth > MaxDepth || ++_nodes > MaxNodes)
        {
            return Fail(_token, "too much: an expression may have 512 parts, 32 within one another");
        }

        var condition = ParseOr();
        if (Is("?"))
        {
            var at = Take();
            var then = ParseConditional();
            Expect(":");
            var otherwise = ParseConditional();
            condition = Need(condition, CelType.Boolean, at) ? new CelConditional(condition, then, otherwise) : Nothing;
        }

        _depth--;
        return condition;
    }

    private CelNode ParseOr()
    {
        var left = ParseAnd();
        while (Is("||"))
        {
            left = Logic(decisive: true, left, Take(), ParseAnd());
        }

        return left;
    }

    private CelNode ParseAnd()
    {
        var left = ParseRelation();
        while (Is("&&"))
        {
            left = Logic(decisive: false, left, Take(), ParseRelation());
        }

        return left;
    }

    private CelNode Logic(bool decisive, CelNode left, CelToken at, CelNode right) =>
        Count(at) && Need(left, CelType.Boolean, at) && Need(right, CelType.Boolean, at) ? new CelLogic(decisive, left, right) : Nothing;

    private CelNode ParseRelation()
    {
        var left = ParseUnary();
        while (_token is { Kind: CelTokenKind.Symbol, Text: "==" or "!=" or "<" or "<=" or ">" or ">=" } || _token is { Kind: CelTokenKind.Name, Text: "in" })
        {
            var at = Take();
            var right = ParseUnary();
            left = Count(at) ? Relation(at, left, right) : Nothing;
        }

        return left;
    }

    private CelNode Relation(CelToken at, CelNode left, CelNode right) => at.Text switch
    {
        "in" => right.CanBe(CelType.List) ? new CelIn(left, right) : Fail(at, "what stands behind 'in' is no list"),
        "==" or "!=" => left.CanBe(right.Type) || right.Type is CelType.Any || left.Type is CelType.Null || right.Type is CelType.Null
            ? new CelEquality(at.Text == "!=", left, right)
            : Fail(at, $"a {Shown(left.Type)} is never equal to a {Shown(right.Type)}"),
        _ when !IsOrdered(left) || !IsOrdered(right) || (left.Type != right.Type && left.Type != CelType.Any && right.Type != CelType.Any) =>
            Fail(at, $"'{at.Text}' compares two numbers or two texts"),
        "<" => new CelComparison(static order => order < 0, left, right),
        "<=" => new CelComparison(static order => order <= 0, left, right),
        ">" => new CelComparison(static order => order > 0, left, right),
        _ => new CelComparison(static order => order >= 0, left, right),
    };

    private CelNode ParseUnary()
    {
        if (Is("!"))
        {
            var at = Take();
            if (++_depth > MaxDepth)
            {
                return Fail(at, "too much: an expression may have 32 parts within one another");
            }

            var operand = ParseUnary();
            _depth--;
            return Count(at) && Need(operand, CelType.Boolean, at) ? new CelNot(operand) : Nothing;
        }

        if (Is("-"))
        {
            var at = Take();
            return _token.Kind == CelTokenKind.Number ? new CelLiteral(-Take().Number, CelType.Number) : Fail(at, "conditions do not compute: '-' stands before a number only");
        }

        return ParseMember();
    }

    private static bool IsOrdered(CelNode node) => node.Type is CelType.Any or CelType.Number or CelType.Text;

    private bool Is(string symbol) => _token.Kind == CelTokenKind.Symbol && _token.Text == symbol;

    private CelToken Take()
    {
        var token = _token;
        if (_mistake is null)
        {
            _token = _lexer.Next();
            if (_token.Kind == CelTokenKind.Unknown)
            {
                Fail(_token, _token.Text);
            }
        }

        return token;
    }

    private void Expect(string symbol)
    {
        if (Is(symbol))
        {
            Take();
        }
        else
        {
            Fail(_token, $"expected '{symbol}', found {Shown(_token)}");
        }
    }

    private bool Count(CelToken at)
    {
        if (++_nodes > MaxNodes)
        {
            Fail(at, "too much: an expression may have 512 parts");
        }

        return _mistake is null;
    }

    private bool Need(CelNode node, CelType type, CelToken at)
    {
        if (!node.CanBe(type))
        {
            Fail(at, $"'{at.Text}' takes a {Shown(type)}, not a {Shown(node.Type)}");
        }

        return _mistake is null;
    }

    // Nothing more is read: the word after a mistake is the end of the text.
    private CelNode Fail(CelToken at, string what)
    {
        _mistake ??= $"At character {at.Position + 1}: {what}.";
        _token = new(CelTokenKind.End, "", at.Position);
        return Nothing;
    }

    private static string Shown(CelToken token) => token.Kind switch
    {
        CelTokenKind.End => "the end",
        CelTokenKind.Text => "a text",
        CelTokenKind.Unknown => token.Text,
        CelTokenKind.Name or CelTokenKind.Number or CelTokenKind.Symbol => $"'{token.Text}'",
    };

    private static string Shown(CelType type) => type switch
    {
        CelType.Any => "value",
        CelType.Boolean => "truth value",
        CelType.Number => "number",
        CelType.Text => "text",
        CelType.List => "list",
        CelType.Null => "null",
    };
}
