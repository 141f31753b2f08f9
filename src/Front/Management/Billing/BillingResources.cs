using System.Text.Json.Serialization;
using GatewayActors.Abstractions.Billing;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Billing;

/// <summary>The credits of an account. Money in US cents.</summary>
internal sealed record CreditBalanceResource(
    decimal Balance, bool HasDefaultPaymentMethod, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] PaymentMethod? PaymentMethod, TopUpConfigResource TopupConfig, bool FirstTopupSuccess)
{
    public static CreditBalanceResource From(CreditBalance balance) =>
        new(Math.Round(balance.Usd * 100, 4), HasDefaultPaymentMethod: false, null, TopUpConfigResource.From(balance.AutoTopUp), balance.HasToppedUp);
}

/// <summary>A card; there are none here.</summary>
internal sealed record PaymentMethod(string? Brand, string? Last4);

/// <summary>When credits are added by themselves.</summary>
internal sealed record TopUpConfigResource(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? Amount, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? Threshold)
{
    public static TopUpConfigResource From(AutoTopUp? auto) => new(auto?.AmountCents, auto?.ThresholdCents);
}

/// <summary>A top-up, which needs no payment: it is complete at once.</summary>
internal sealed record TopUpResource(
    string PaymentIntentId, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? ClientSecret, bool Onboarding);

/// <summary>How far a top-up is.</summary>
internal sealed record TopUpStatusResource(string PaymentIntentId, string Status);

/// <summary>What may be added at once, in US cents.</summary>
internal sealed record TopUpLimitsResource(long Min, long Max, long MinThreshold);

/// <summary>What exchanges with the operator's credentials have cost, by day or hour.</summary>
internal sealed record UsageHistoryResource(IReadOnlyList<UsageHistoryItem> History);

/// <summary>One day or hour: US cents, and milliseconds since 1970.</summary>
internal sealed record UsageHistoryItem(string Id, decimal AggregatedValue, long StartTime, long EndTime);

/// <summary>Invoices; there are none here.</summary>
internal sealed record InvoiceHistoryResource(IReadOnlyList<NoContent> Invoices, InvoicePagination Pagination);

/// <summary>Which page of the invoices.</summary>
internal sealed record InvoicePagination(bool HasMore, int Page, int PerPage, int TotalCount);

/// <summary>The invoice of the month, which is never sent: seconds since 1970.</summary>
internal sealed record InvoicePreviewResource(
    string Id, long AmountDue, long AmountPaid, long AmountRemaining, string Currency, long PeriodStart, long PeriodEnd, string Status, IReadOnlyList<NoContent> InvoiceLines);

/// <summary>The spending limit of the account, which the reference has given up.</summary>
internal sealed record SpendingLimitResource(bool Enabled, SpendingLimitConfig Config);

/// <summary>Unset.</summary>
internal sealed record SpendingLimitConfig(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? Amount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Duration,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Strategy);

/// <summary>An empty object.</summary>
internal sealed record NoContent;

/// <summary>How answers about billing are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Envelope<CreditBalanceResource>))]
[JsonSerializable(typeof(Envelope<TopUpConfigResource>))]
[JsonSerializable(typeof(Envelope<TopUpResource>))]
[JsonSerializable(typeof(Envelope<TopUpStatusResource>))]
[JsonSerializable(typeof(Envelope<TopUpLimitsResource>))]
[JsonSerializable(typeof(Envelope<UsageHistoryResource>))]
[JsonSerializable(typeof(Envelope<InvoiceHistoryResource>))]
[JsonSerializable(typeof(Envelope<InvoicePreviewResource>))]
[JsonSerializable(typeof(Envelope<SpendingLimitResource>))]
[JsonSerializable(typeof(Envelope<NoContent>))]
internal sealed partial class BillingJson : JsonSerializerContext;
