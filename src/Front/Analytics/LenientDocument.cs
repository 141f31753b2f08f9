using GraphQLParser.AST;
using GraphQLParser.Visitors;

namespace GatewayActors.Front.Analytics;

/// <summary>
/// Makes a query's variables fit whatever they are used for: real clients declare them as <c>string!</c> where the type is <c>String</c> or
/// a time, and some do not declare them at all.
/// </summary>
internal static class LenientDocument
{
    /// <summary>The type that every variable gets.</summary>
    public const string AnyType = "Any";

    /// <summary>Changes a parsed document.</summary>
    public static void Relax(GraphQLDocument document)
    {
        var used = new VariableNames();
        var visited = used.VisitAsync(document, new(CancellationToken.None));
        if (!visited.IsCompletedSuccessfully)
        {
            visited.AsTask().GetAwaiter().GetResult(); // It only looks at what is in memory; this only passes its failure on.
        }

        foreach (var operation in document.Definitions.OfType<GraphQLOperationDefinition>())
        {
            var declared = operation.Variables?.Items ?? [];
            foreach (var variable in declared)
            {
                variable.Type = Any();
            }

            var names = declared.Select(variable => (string)variable.Variable.Name.Value).ToHashSet(StringComparer.Ordinal);
            var missing = used.Names.Where(name => !names.Contains(name)).Select(name => new GraphQLVariableDefinition(new(new(name)), Any()));
            List<GraphQLVariableDefinition> all = [.. declared, .. missing];
            if (all.Count > 0)
            {
                operation.Variables = new(all);
            }
        }
    }

    private static GraphQLNamedType Any() => new(new(AnyType));

    private readonly record struct Context(CancellationToken CancellationToken) : IASTVisitorContext;

    private sealed class VariableNames : ASTVisitor<Context>
    {
        public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

        protected override ValueTask VisitVariableAsync(GraphQLVariable variable, Context context)
        {
            Names.Add((string)variable.Name.Value);
            return default;
        }
    }
}
