using System.Globalization;
using GatewayActors.Front.Dlp;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Pipeline;

/// <summary>What the gateway itself says in the headers of an answer.</summary>
internal static class ExchangeResponseHeaders
{
    /// <summary>What data loss prevention found.</summary>
    public const string Dlp = "cf-aig-dlp";

    // Browsers show a script only the headers that are listed here.
    private const string Exposed =
        "cf-aig-cache-status, cf-aig-cache-stale, cf-aig-log-id, cf-aig-event-id, cf-aig-request-id, cf-aig-step, cf-aig-model, cf-aig-provider, cf-aig-routed-model, cf-aig-routing-reason, cf-aig-routing-decision-id, cf-aig-dlp, cf-aig-guardrails, cf-aig-dropped-params, "
        + "cf-aig-trace-id, cf-aig-cost, cf-aig-tokens-in, cf-aig-tokens-out, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, retry-after, x-request-id, request-id";

    /// <summary>Ids and, for browsers, access rights.</summary>
    public static void Write(Exchange exchange, IHeaderDictionary headers)
    {
        headers["cf-aig-event-id"] = exchange.Step?.Headers.EventId ?? exchange.Headers.EventId ?? exchange.IdText; // As the log entry has it.
        headers["cf-aig-request-id"] = exchange.IdText;
        if (exchange.Snapshot is { Exporters: not null })
        {
            headers["cf-aig-trace-id"] = exchange.ExportTrace.TraceId;
        }

        if (exchange.Step is { Route: not null } step)
        {
            headers["cf-aig-step"] = step.Index == 0 ? "0" : step.Index.ToString(CultureInfo.InvariantCulture);
            headers["cf-aig-cache-status"] = step.Source == AnswerSource.Upstream ? "MISS" : "HIT";
            if (step.Source == AnswerSource.StaleCache)
            {
                headers["cf-aig-cache-stale"] = "true";
            }

            if (step.FoundByGuardrails?.ToHeader() is { } guardrails)
            {
                headers["cf-aig-guardrails"] = guardrails;
            }

            if (DlpReport.ToHeader(step) is { } dlp)
            {
                headers["cf-aig-dlp"] = dlp;
            }

            if (step.ResolvedModel is { } model)
            {
                headers["cf-aig-model"] = model;
                headers["cf-aig-provider"] = step.Route.Provider.Slug;
            }

            if (step.AutoDecision is { } decision)
            {
                headers["cf-aig-routed-model"] = decision.Model;
                headers["cf-aig-routing-reason"] = decision.Reason;
                headers["cf-aig-routing-decision-id"] = decision.Id.ToString("D");
            }

            if ((step.Translation?.Dropped ?? step.Embeddings?.Call.Dropped) is { Count: > 0 } dropped)
            {
                headers["cf-aig-dropped-params"] = string.Join(", ", dropped);
            }
        }

        if (exchange.Step is { IsLogged: true } logged)
        {
            headers["cf-aig-log-id"] = logged.LogIdText;
        }

        if (exchange.Rate is { } rate)
        {
            Set(headers, "x-ratelimit-limit", rate.Limit);
            Set(headers, "x-ratelimit-remaining", rate.Remaining);
            Set(headers, "x-ratelimit-reset", (long)Math.Ceiling(rate.ResetAfter.TotalSeconds));
        }

        WriteCors(exchange.Http.Request, headers);
    }

    /// <summary>Usage and cost, where they are known before the head of the answer goes out.</summary>
    public static void WriteCost(Step step, IHeaderDictionary headers)
    {
        if (step.Usage.Usage is { } usage)
        {
            Set(headers, "cf-aig-tokens-in", usage.InputTotal);
            Set(headers, "cf-aig-tokens-out", usage.OutputTotal);
        }

        if (step.Cost is { } cost)
        {
            headers["cf-aig-cost"] = Plain(cost.Usd);
        }
    }

    /// <summary>Lets scripts of any origin read the answer: what protects it is the token, not the origin.</summary>
    public static void WriteCors(HttpRequest request, IHeaderDictionary headers)
    {
        if (request.Headers.Origin.Count > 0)
        {
            headers.AccessControlAllowOrigin = "*";
            headers.AccessControlExposeHeaders = Exposed;
        }
    }

    /// <summary>A number without an exponent and without zeros at its end; formats that do the same take several times as long.</summary>
    internal static string Plain(decimal number)
    {
        Span<char> text = stackalloc char[32];
        number.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        ReadOnlySpan<char> written = text[..length];
        return (written.Contains('.') ? written.TrimEnd('0').TrimEnd('.') : written).ToString();
    }

    private static void Set(IHeaderDictionary headers, string name, long? value)
    {
        if (value is { } number)
        {
            headers[name] = number.ToString(CultureInfo.InvariantCulture);
        }
    }
}
