using GatewayActors.Abstractions.Limits;
using GatewayActors.Grains.Limits;

namespace GatewayActors.Grains.Tests.Limits;

/// <summary>Claims for tests that do not care who asks.</summary>
internal static class Claims
{
    /// <summary>The claim of a call of its own that takes two hours at most.</summary>
    public static QuotaClaim Of(decimal amount) => new() { Id = Guid.CreateVersion7(), Amount = amount, Longest = TimeSpan.FromHours(2) };

    public static QuotaDecision Reserve(this QuotaBook book, QuotaRule rule, decimal amount, long now) => book.Reserve(rule, Of(amount), now);

    public static ValueTask<QuotaDecision> ReserveAsync(this IQuotaGrain quota, QuotaRule rule, decimal amount, CancellationToken cancellationToken) =>
        quota.ReserveAsync(rule, Of(amount), cancellationToken);
}
