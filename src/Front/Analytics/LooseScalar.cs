using System.Globalization;
using GraphQL.Types;
using GraphQLParser.AST;

namespace GatewayActors.Front.Analytics;

/// <summary>
/// A scalar that takes any value. What a value may be is checked where it is read, with a message of ours: real clients declare their
/// variables with types that do not fit.
/// </summary>
internal sealed class LooseScalar : ScalarGraphType
{
    public LooseScalar(string name, string description) => (Name, Description) = (name, description);

    /// <inheritdoc/>
    public override object? ParseValue(object? value) => value;

    /// <inheritdoc/>
    public override object? Serialize(object? value) => value;

    /// <inheritdoc/>
    public override bool CanParseValue(object? value) => true;

    /// <inheritdoc/>
    public override bool CanParseLiteral(GraphQLValue value) => true;

    /// <inheritdoc/>
    public override object? ParseLiteral(GraphQLValue value) => value switch
    {
        GraphQLStringValue text => (string)text.Value,
        GraphQLEnumValue name => (string)name.Name,
        GraphQLBooleanValue truth => truth.BoolValue,
        GraphQLIntValue number => long.TryParse(number.Value, CultureInfo.InvariantCulture, out var whole) ? whole : (string)number.Value,
        GraphQLFloatValue number => decimal.TryParse(number.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) ? exact : (string)number.Value,
        GraphQLListValue list => list.Values?.Select(ParseLiteral).ToList() ?? [],
        GraphQLObjectValue fields => fields.Fields?.ToDictionary(field => (string)field.Name.Value, field => ParseLiteral(field.Value), StringComparer.Ordinal) ?? [],
        _ => null,
    };
}
