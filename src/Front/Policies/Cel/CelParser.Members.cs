namespace GatewayActors.Front.Policies.Cel;

/// <summary>Values, and what stands behind them.</summary>
internal sealed partial class CelParser
{
    private CelNode ParseMember()
    {
        var node = ParsePrimary();
        while (Is(".") || Is("["))
        {
            var at = Take();
            node = !Count(at) ? Nothing : at.Text == "[" ? ParseIndex(node) : ParseSelection(node);
        }

        return node;
    }

    private CelNode ParsePrimary()
    {
        var at = Take();
        switch (at.Kind)
        {
            case CelTokenKind.Text:
                return new CelLiteral(at.Text, CelType.Text);
            case CelTokenKind.Number:
                return new CelLiteral(at.Number, CelType.Number);
            case CelTokenKind.Name:
                return ParseNamed(at);
            case CelTokenKind.Symbol when at.Text == "(":
                var inner = ParseConditional();
                Expect(")");
                return inner;
            case CelTokenKind.Symbol when at.Text == "[":
                return new CelList(ParseArguments("]"));
            case CelTokenKind.End or CelTokenKind.Unknown or CelTokenKind.Symbol:
            default:
                return Fail(at, $"expected a value, found {Shown(at)}");
        }
    }

    private CelNode ParseNamed(CelToken name)
    {
        switch (name.Text)
        {
            case "true" or "false":
                return new CelLiteral(name.Text == "true", CelType.Boolean);
            case "null":
                return new CelLiteral(null, CelType.Null);
            case "cf" or "metadata":
                return ParseField(name);
            default:
                break;
        }

        if (_variables.IndexOf(name.Text) is >= 0 and var depth)
        {
            return new CelVariable(depth);
        }

        if (!Is("("))
        {
            return Fail(name, $"'{name.Text}' is no field: there are cf.user.id, cf.user.email, cf.user.groups, cf.country, cf.custom.<claim> and metadata.<key>");
        }

        Take();
        var arguments = ParseArguments(")");
        return (name.Text, arguments) switch
        {
            ("has", [CelField or CelIndex]) => new CelHas(arguments[0]),
            ("has", _) => Fail(name, "has() takes one field"),
            ("size", [var operand]) => new CelSize(operand),
            ("string", [var operand]) => new CelText(operand),
            _ => Fail(name, $"there is no function '{name.Text}' of {arguments.Count} value(s)"),
        };
    }

    /// <summary>A field of the request. Its path ends where a field is; what follows looks into its value.</summary>
    private CelNode ParseField(CelToken root)
    {
        List<string> path = [root.Text];
        while (PolicyField.IsBeginning(path) && (Is(".") || Is("[")))
        {
            var isIndex = Take().Text == "[";
            if (_token.Kind != (isIndex ? CelTokenKind.Text : CelTokenKind.Name))
            {
                return Fail(_token, isIndex ? "expected the name of a field in quotes" : $"expected the name of a field, found {Shown(_token)}");
            }

            path.Add(Take().Text);
            if (isIndex)
            {
                Expect("]");
            }
        }

        return PolicyField.Find(path) is { } field
            ? new CelField(field)
            : Fail(root, $"'{string.Join('.', path)}' is no field: there are cf.user.id, cf.user.email, cf.user.groups, cf.country, cf.custom.<claim> and metadata.<key>");
    }

    private CelIndex ParseIndex(CelNode target)
    {
        var index = ParseConditional();
        Expect("]");
        return new CelIndex(target, index);
    }

    private CelNode ParseSelection(CelNode target)
    {
        var name = Take();
        if (name.Kind != CelTokenKind.Name)
        {
            return Fail(name, $"expected a name, found {Shown(name)}");
        }

        if (!Is("("))
        {
            return target.Type == CelType.Any ? new CelIndex(target, new CelLiteral(name.Text, CelType.Text)) : Fail(name, $"a {Shown(target.Type)} has no '{name.Text}'");
        }

        Take();
        if (name.Text is "exists" or "all")
        {
            return ParseQuantifier(name, target);
        }

        var arguments = ParseArguments(")");
        if (name.Text == "size" && arguments.Count == 0)
        {
            return new CelSize(target);
        }

        if (arguments is not [var argument])
        {
            return Fail(name, $"there is no function '{name.Text}' of {arguments.Count} value(s)");
        }

        if (!Need(target, CelType.Text, name) || !Need(argument, CelType.Text, name))
        {
            return Nothing;
        }

        if (name.Text == "matches")
        {
            return argument is CelLiteral { Value: string pattern } && CelMatches.Compile(pattern) is { } compiled
                ? new CelMatches(compiled, target)
                : Fail(name, $"matches() takes a regular expression of at most {CelMatches.MaxPatternLength} characters in quotes, without look-around and back-references");
        }

        return CelTextFunction.Find(name.Text) is { } function
            ? new CelTextFunction(function, target, argument)
            : Fail(name, $"there is no function '{name.Text}' of a text");
    }

    private CelNode ParseQuantifier(CelToken name, CelNode target)
    {
        var variable = Take();
        if (variable.Kind != CelTokenKind.Name || variable.Text is "cf" or "metadata" or "true" or "false" or "null" or "in")
        {
            return Fail(variable, $"expected a name for the items, found {Shown(variable)}");
        }

        if (_variables.Count == MaxVariables || _variables.Contains(variable.Text))
        {
            return Fail(variable, $"at most {MaxVariables} of exists() and all() within one another, each with a name of its own");
        }

        Expect(",");
        _variables.Add(variable.Text);
        var predicate = ParseConditional();
        _variables.RemoveAt(_variables.Count - 1);
        Expect(")");
        return Need(target, CelType.List, name) && Need(predicate, CelType.Boolean, name)
            ? new CelQuantifier(decisive: name.Text == "exists", target, _variables.Count, predicate)
            : Nothing;
    }

    private List<CelNode> ParseArguments(string end)
    {
        List<CelNode> arguments = [];
        while (!Is(end) && _mistake is null)
        {
            arguments.Add(ParseConditional());
            if (!Is(","))
            {
                break;
            }

            Take();
        }

        Expect(end);
        return arguments;
    }
}
