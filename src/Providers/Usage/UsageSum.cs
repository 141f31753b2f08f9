namespace GatewayActors.Providers.Usage;

/// <summary>Adds up what the turns of a session have used.</summary>
public static class UsageSum
{
    extension(TokenUsage? usage)
    {
        /// <summary>Both together. Of units that cannot be added to those before only the first stay.</summary>
        public TokenUsage? Plus(TokenUsage? more)
        {
            if (usage is null || more is null)
            {
                return usage ?? more;
            }

            var isSameUnit = usage.UnitKind is null || more.UnitKind is null || usage.UnitKind == more.UnitKind;
            return new()
            {
                InputTotal = Plus(usage.InputTotal, more.InputTotal),
                CacheRead = usage.CacheRead + more.CacheRead,
                CacheWrite5m = usage.CacheWrite5m + more.CacheWrite5m,
                CacheWrite1h = usage.CacheWrite1h + more.CacheWrite1h,
                OutputTotal = Plus(usage.OutputTotal, more.OutputTotal),
                Reasoning = Plus(usage.Reasoning, more.Reasoning),
                AudioIn = usage.AudioIn + more.AudioIn,
                AudioOut = usage.AudioOut + more.AudioOut,
                ImageIn = usage.ImageIn + more.ImageIn,
                Units = isSameUnit ? Plus(usage.Units, more.Units) : usage.Units,
                UnitKind = usage.UnitKind ?? more.UnitKind,
                ReportedCostUsd = Plus(usage.ReportedCostUsd, more.ReportedCostUsd),
                Source = usage.Source == UsageSource.Estimated ? more.Source : usage.Source,
            };
        }
    }

    private static long? Plus(long? left, long? right) => left is null ? right : left + (right ?? 0);

    private static decimal? Plus(decimal? left, decimal? right) => left is null ? right : left + (right ?? 0);
}
