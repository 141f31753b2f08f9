using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Gateways;

/// <summary>The words of the gateway object.</summary>
internal static class GatewayWords
{
    public static Words<LimitTechnique> LimitTechniques { get; } = new((LimitTechnique.Fixed, "fixed"), (LimitTechnique.Sliding, "sliding"));

    public static Words<LogManagementStrategy> LogManagementStrategies { get; } =
        new((LogManagementStrategy.StopInserting, "STOP_INSERTING"), (LogManagementStrategy.DeleteOldest, "DELETE_OLDEST"));

    public static Words<RetryBackoff> RetryBackoffs { get; } =
        new((RetryBackoff.Constant, "constant"), (RetryBackoff.Linear, "linear"), (RetryBackoff.Exponential, "exponential"));

    public static Words<WorkersAiBillingMode> BillingModes { get; } =
        new((WorkersAiBillingMode.Postpaid, "postpaid"), (WorkersAiBillingMode.Unified, "unified"));

    public static Words<CompatibilityLevel> CompatibilityLevels { get; } =
        new((CompatibilityLevel.Standard, "standard"), (CompatibilityLevel.Strict, "strict"));

    public static Words<PolicyFailureMode> PolicyFailureModes { get; } = new((PolicyFailureMode.Open, "open"), (PolicyFailureMode.Closed, "closed"));

    public static Words<RuleAction> Actions { get; } = new((RuleAction.Flag, "FLAG"), (RuleAction.Block, "BLOCK"));

    public static Words<InspectedStreamMode> StreamModes { get; } =
        new((InspectedStreamMode.Buffer, "buffer"), (InspectedStreamMode.Json, "json"), (InspectedStreamMode.Incremental, "incremental"));

    public static Words<OtelContentType> OtelContentTypes { get; } = new((OtelContentType.Json, "json"), (OtelContentType.Protobuf, "protobuf"));

    public static Words<SelectorMode> SelectorModes { get; } = new((SelectorMode.Partition, "partition"), (SelectorMode.Filter, "filter"));

    public static Words<LimitType> SpendLimitTypes { get; } = new((LimitType.Cost, "cost"));

    public static Words<LimitType> TokenLimitTypes { get; } = new((LimitType.Tokens, "tokens"));

    public static Words<CheckedSide> CheckedSides { get; } = new((CheckedSide.Request, "REQUEST"), (CheckedSide.Response, "RESPONSE"));
}

/// <summary>How a spend limit's selector counts.</summary>
internal enum SelectorMode
{
    Partition,
    Filter,
}

/// <summary>What a limit counts.</summary>
internal enum LimitType
{
    Cost,
    Tokens,
}

/// <summary>What a DLP policy looks at.</summary>
internal enum CheckedSide
{
    Request,
    Response,
}
