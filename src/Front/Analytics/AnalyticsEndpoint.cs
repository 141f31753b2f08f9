using System.Globalization;
using System.Text.Json;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Http;
using GraphQL;
using GraphQL.SystemTextJson;
using GraphQL.Types;
using GraphQL.Validation;
using GraphQL.Validation.Rules;
using GraphQL.Validation.Rules.Custom;
using GraphQLParser;
using GraphQLParser.Exceptions;

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
    public async Task<IResult> PostAsync(HttpContext context, CancellationToken cancellationToken)
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

    /// <summary>Both keys are always there: clients look at either.</summary>
    private sealed class GraphQLAnswer(object? data, IReadOnlyList<ExecutionError> errors, DateTimeOffset now) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.ContentType = "application/json; charset=utf-8";
            await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter);
            json.WriteStartObject();
            json.WritePropertyName("data"u8);
            Write(json, data);
            json.WritePropertyName("errors"u8);
            if (errors.Count == 0)
            {
                json.WriteNullValue();
            }
            else
            {
                json.WriteStartArray();
                foreach (var error in errors)
                {
                    WriteError(json, error);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
            await json.FlushAsync(httpContext.RequestAborted);
        }

        private void WriteError(Utf8JsonWriter json, ExecutionError error)
        {
            json.WriteStartObject();
            json.WriteString("message"u8, error.Message);
            json.WritePropertyName("path"u8);
            Write(json, error.Path);
            json.WriteStartObject("extensions"u8);
            if (error.Code is { } code)
            {
                json.WriteString("code"u8, code);
            }

            json.WriteString("timestamp"u8, now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        private static void Write(Utf8JsonWriter json, object? value)
        {
            switch (value)
            {
                case null:
                    json.WriteNullValue();
                    break;
                case string text:
                    json.WriteStringValue(text);
                    break;
                case bool truth:
                    json.WriteBooleanValue(truth);
                    break;
                case int number:
                    json.WriteNumberValue(number);
                    break;
                case long number:
                    json.WriteNumberValue(number);
                    break;
                case decimal number:
                    json.WriteNumberValue(number); // Every digit of a cost.
                    break;
                case IReadOnlyDictionary<string, object?> fields:
                    json.WriteStartObject();
                    foreach (var (name, field) in fields)
                    {
                        json.WritePropertyName(name);
                        Write(json, field);
                    }

                    json.WriteEndObject();
                    break;
                case System.Collections.IEnumerable items:
                    json.WriteStartArray();
                    foreach (var item in items)
                    {
                        Write(json, item);
                    }

                    json.WriteEndArray();
                    break;
                default:
                    throw new InvalidOperationException($"A value of type {value.GetType()} has no form in JSON.");
            }
        }
    }
}

/// <summary>Registration of the analytics endpoint.</summary>
internal static class AnalyticsExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>Adds what the endpoint needs besides an <see cref="Abstractions.Analytics.IAnalyticsStore"/>.</summary>
        public IServiceCollection AddAnalytics() => services.AddSingleton<AnalyticsResolver>().AddSingleton<AnalyticsEndpoint>();
    }

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the endpoint. Which account a token may see is checked for the account of the query.</summary>
        public void MapAnalytics() => routes
            .MapPost("/graphql", (HttpContext context, AnalyticsEndpoint endpoint, CancellationToken cancellationToken) => endpoint.PostAsync(context, cancellationToken))
            .WithName("QueryAnalytics")
            .WithTags("Analytics")
            .RequireAnyToken()
            .WithBody(["query"], "variables:object", "operationName");
    }
}
