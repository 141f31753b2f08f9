using System.Text.Json;
using GatewayActors.Front.Management.Http;
using GraphQL;
using GraphQL.SystemTextJson;
using GraphQL.Types;
using GraphQL.Validation;
using GraphQL.Validation.Rules;
using GraphQL.Validation.Rules.Custom;
using GraphQLParser;
using GraphQLParser.Exceptions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Analytics;

/// <summary>Answers analytics queries in GraphQL, with status 200 even where a query is wrong.</summary>
internal sealed partial class AnalyticsEndpoint(AnalyticsResolver resolver, TimeProvider timeProvider, ILogger<AnalyticsEndpoint> logger)
{
    private const int MostTokensDeep = 64;

    private static readonly GraphQLSerializer Serializer = new();

    // All of the standard's but those that real clients break: types of variables that do not fit, variables that are not declared or not used.
    private static readonly IValidationRule[] Rules =
    [
        .. DocumentValidator.CoreRules.Where(rule => rule is not (VariablesInAllowedPosition or NoUnusedVariables or NoUndefinedVariables)),
        new ComplexityValidationRule(new() { MaxDepth = 16, MaxComplexity = 20_000, DefaultListImpactMultiplier = 4 }),
    ];

    // Made by the first query: a start does not wait for it.
    private readonly Lazy<ISchema> _schema = new(() => AnalyticsSchema.Create(resolver));
    private readonly DocumentExecuter _executer = new();

    /// <summary>Answers one query.</summary>
    public async Task<Results<GraphQLAnswer, ApiProblem>> PostAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (!body.TryGetProperty("query", out var query) || query.ValueKind != JsonValueKind.String)
        {
            return Answer(null, [new ExecutionError("query must be a text")]);
        }

        var variables = body.TryGetProperty("variables", out var given) ? given : default;
        if (variables.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined))
        {
            return Answer(null, [new ExecutionError("variables must be an object")]);
        }

        GraphQLParser.AST.GraphQLDocument document;
        try
        {
            document = Parser.Parse(query.GetString()!, new ParserOptions { MaxDepth = MostTokensDeep });
        }
        catch (Exception exception) when (exception is GraphQLSyntaxErrorException or GraphQLMaxDepthExceededException)
        {
            return Answer(null, [new ExecutionError(exception.Message)]);
        }

        LenientDocument.Relax(document);
        var result = await _executer.ExecuteAsync(new ExecutionOptions
        {
            Schema = _schema.Value,
            Query = query.GetString(),
            Document = document,
            OperationName = body.TryGetProperty("operationName", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null,
            Variables = variables.ValueKind == JsonValueKind.Object ? Serializer.ReadNode<Inputs>(variables) : null,
            User = context.User,
            ValidationRules = Rules,
            CancellationToken = cancellationToken,
            UnhandledExceptionDelegate = failure =>
            {
                LogFailed(failure.OriginalException);
                failure.ErrorMessage = "The query failed.";
                return Task.CompletedTask;
            },
        });
        return Answer((result.Data as GraphQL.Execution.ExecutionNode)?.ToValue(), result.Errors ?? []);
    }

    private GraphQLAnswer Answer(object? data, IEnumerable<ExecutionError> errors) => new(data, [.. errors], timeProvider.GetUtcNow());

    [LoggerMessage(EventId = 3101, EventName = "AnalyticsQueryFailed", Level = LogLevel.Error, Message = "An analytics query failed.")]
    private partial void LogFailed(Exception exception);
}
