using GraphQL;
using GraphQLParser.AST;

namespace GatewayActors.Front.Analytics;

/// <summary>What a query wants to know about each group, which decides how they are made.</summary>
internal sealed class SelectedFields
{
    private readonly GraphQLDocument _document;
    private readonly HashSet<string> _dimensions = new(StringComparer.Ordinal);

    private SelectedFields(GraphQLDocument document) => _document = document;

    /// <summary>The dimensions, by name.</summary>
    public IReadOnlySet<string> Dimensions => _dimensions;

    /// <summary>Whether percentiles are asked for.</summary>
    public bool WithQuantiles { get; private set; }

    /// <summary>Looks through fragments too. Directives that leave a field out were applied to the groups' own fields already.</summary>
    public static SelectedFields Of(IResolveFieldContext context)
    {
        var selected = new SelectedFields(context.Document);
        foreach (var (_, (field, _)) in context.SubFields ?? [])
        {
            if (field.Name == "quantiles")
            {
                selected.WithQuantiles = true;
            }
            else if (field.Name == "dimensions")
            {
                selected.Collect(field.SelectionSet, context.Variables);
            }
        }

        return selected;
    }

    private void Collect(GraphQLSelectionSet? selection, GraphQL.Validation.Variables variables)
    {
        foreach (var item in selection?.Selections ?? [])
        {
            if (item is IHasDirectivesNode { Directives: { } directives } && directives.Any(directive => LeavesOut(directive, variables)))
            {
                continue;
            }

            switch (item)
            {
                case GraphQLField field:
                    _dimensions.Add((string)field.Name.Value);
                    break;
                case GraphQLInlineFragment inline:
                    Collect(inline.SelectionSet, variables);
                    break;
                case GraphQLFragmentSpread spread:
                    Collect(
                        _document.Definitions.OfType<GraphQLFragmentDefinition>().FirstOrDefault(fragment => fragment.FragmentName.Name == spread.FragmentName.Name)?.SelectionSet,
                        variables);
                    break;
            }
        }
    }

    private static bool LeavesOut(GraphQLDirective directive, GraphQL.Validation.Variables variables)
    {
        var condition = directive.Arguments?.FirstOrDefault(argument => argument.Name == "if")?.Value switch
        {
            GraphQLBooleanValue literal => literal.BoolValue,
            GraphQLVariable variable => variables.ValueFor(variable.Name, out var value) && value.Value is true,
            _ => (bool?)null,
        };
        return condition is { } truth && ((directive.Name == "skip" && truth) || (directive.Name == "include" && !truth));
    }
}
