using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Logs;

/// <summary>The words of queries for log entries.</summary>
internal static class LogWords
{
    /// <summary>What a list can be ordered by.</summary>
    public static Words<LogOrder> ListOrders { get; } = new(
        (LogOrder.CreatedAt, "created_at"), (LogOrder.Provider, "provider"), (LogOrder.Model, "model"), (LogOrder.ModelType, "model_type"),
        (LogOrder.Success, "success"), (LogOrder.Cached, "cached"));

    /// <summary>What a deletion can be ordered by.</summary>
    public static Words<LogOrder> DeletionOrders { get; } = new(
        (LogOrder.CreatedAt, "created_at"), (LogOrder.Provider, "provider"), (LogOrder.Model, "model"), (LogOrder.ModelType, "model_type"),
        (LogOrder.Success, "success"), (LogOrder.Cached, "cached"), (LogOrder.Cost, "cost"), (LogOrder.TokensIn, "tokens_in"),
        (LogOrder.TokensOut, "tokens_out"), (LogOrder.Duration, "duration"), (LogOrder.Feedback, "feedback"));

    /// <summary>How filters compare.</summary>
    public static Words<LogFilterOperator> Operators { get; } = new(
        (LogFilterOperator.Equal, "eq"), (LogFilterOperator.NotEqual, "neq"), (LogFilterOperator.Contains, "contains"),
        (LogFilterOperator.LessThan, "lt"), (LogFilterOperator.GreaterThan, "gt"));

    /// <summary>What filters compare.</summary>
    public static Words<LogFilterKey> Keys { get; } = new(
        (LogFilterKey.Id, "id"), (LogFilterKey.EventId, "event_id"), (LogFilterKey.CreatedAt, "created_at"),
        (LogFilterKey.RequestContentType, "request_content_type"), (LogFilterKey.ResponseContentType, "response_content_type"),
        (LogFilterKey.RequestType, "request_type"), (LogFilterKey.Success, "success"), (LogFilterKey.Cached, "cached"),
        (LogFilterKey.Provider, "provider"), (LogFilterKey.Model, "model"), (LogFilterKey.ModelType, "model_type"),
        (LogFilterKey.Cost, "cost"), (LogFilterKey.Tokens, "tokens"), (LogFilterKey.TokensIn, "tokens_in"),
        (LogFilterKey.TokensOut, "tokens_out"), (LogFilterKey.Duration, "duration"), (LogFilterKey.Feedback, "feedback"),
        (LogFilterKey.MetadataKey, "metadata.key"), (LogFilterKey.MetadataValue, "metadata.value"),
        (LogFilterKey.Authentication, "authentication"), (LogFilterKey.Wholesale, "wholesale"),
        (LogFilterKey.CompatibilityMode, "compatibilityMode"), (LogFilterKey.DlpAction, "dlp_action"), (LogFilterKey.UserAgent, "user_agent"),
        (LogFilterKey.StatusCode, "status_code"), (LogFilterKey.PromptId, "prompts.prompt_id"), (LogFilterKey.PromptId, "prompts.version_id"));

    /// <summary>What a key's values are.</summary>
    public static LogFilterType TypeOf(LogFilterKey key) => key switch
    {
        LogFilterKey.CreatedAt => LogFilterType.Time,
        LogFilterKey.Success or LogFilterKey.Cached or LogFilterKey.Authentication or LogFilterKey.Wholesale
            or LogFilterKey.CompatibilityMode => LogFilterType.Boolean,
        LogFilterKey.Cost or LogFilterKey.Tokens or LogFilterKey.TokensIn or LogFilterKey.TokensOut or LogFilterKey.Duration
            or LogFilterKey.Feedback or LogFilterKey.StatusCode => LogFilterType.Number,
        LogFilterKey.Id or LogFilterKey.EventId or LogFilterKey.RequestContentType or LogFilterKey.ResponseContentType
            or LogFilterKey.RequestType or LogFilterKey.Provider or LogFilterKey.Model or LogFilterKey.ModelType or LogFilterKey.MetadataKey
            or LogFilterKey.MetadataValue or LogFilterKey.DlpAction or LogFilterKey.UserAgent or LogFilterKey.PromptId => LogFilterType.Text,
    };

    /// <summary>Whether an operator makes sense for a type.</summary>
    public static bool Suits(LogFilterOperator @operator, LogFilterType type) => @operator switch
    {
        LogFilterOperator.Equal or LogFilterOperator.NotEqual => true,
        LogFilterOperator.Contains => type == LogFilterType.Text,
        LogFilterOperator.LessThan or LogFilterOperator.GreaterThan or LogFilterOperator.AtLeast or LogFilterOperator.AtMost =>
            type is LogFilterType.Number or LogFilterType.Time,
    };
}

/// <summary>What a filter's values are.</summary>
internal enum LogFilterType
{
    Text,
    Number,
    Boolean,
    Time,
}
