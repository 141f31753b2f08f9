using GatewayActors.Front.DynamicRoutes.Running;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.Compat;

/// <summary>A request in OpenAI's format whose model says what is called: a provider's model, a dynamic route, or whatever fits best.</summary>
/// <param name="Exchange">The exchange.</param>
internal sealed record ModelCall(Exchange Exchange)
{
    private static readonly HeaderDictionary NoHeaders = [];

    /// <summary>The client's body.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The model that is called; null for the one that the body names.</summary>
    public string? Name { get; init; }

    /// <summary>OpenAI's endpoint, such as <c>chat/completions</c>.</summary>
    public required string Endpoint { get; init; }

    /// <summary>The query with its question mark, or empty.</summary>
    public string Query { get; init; } = "";

    /// <summary>What may go upstream.</summary>
    public IHeaderDictionary RequestHeaders { get; init; } = Exchange.Http.Request.Headers;

    /// <summary>Those of <see cref="RequestHeaders"/> that hold tokens of ours.</summary>
    public GatewayCredentialHeaders ConsumedHeaders { get; init; } = Exchange.ConsumedHeaders;

    /// <summary>What the client asks of the gateway.</summary>
    public ExchangeHeaders Headers { get; init; } = Exchange.Headers;

    /// <summary>The place among the steps of a universal request; null for a call of its own.</summary>
    public int? Index { get; init; }

    /// <summary>Whether a step of a universal request follows.</summary>
    public bool HasFallback { get; init; }

    /// <summary>Makes one of the steps in which the call is answered.</summary>
    public Step CreateStep(TimeProvider timeProvider, StepPlan plan)
    {
        var isFirst = Exchange.Step is null;
        var now = timeProvider.GetUtcNow();
        return new(Exchange, RequestHeaders)
        {
            Index = Index ?? plan.Index,
            HasFallback = HasFallback || plan.HasFallback,
            HasOwnBody = true,
            Method = HttpMethods.Post,
            LogId = isFirst ? Exchange.Id : ExchangeIds.Create(now),
            StartedAt = isFirst ? Exchange.ArrivedAt : now,
            StartTimestamp = isFirst ? Exchange.StartTimestamp : timeProvider.GetTimestamp(),
            Headers = isFirst ? Headers : Headers.With(NoHeaders, []), // Each with warnings of its own.
            ConsumedHeaders = ConsumedHeaders,
            AttemptPolicy = plan.Policy ?? Headers.Override(Exchange.Snapshot.Attempts),
            Body = new MemoryRequestBody(Body, Exchange.Body as BufferedRequestBody),
            Trace = plan.Trace,
            ResolvedModel = plan.ResolvedModel,
            KeyAlias = plan.KeyAlias,
        };
    }
}

/// <summary>What is special about one step of a call.</summary>
internal readonly record struct StepPlan
{
    /// <summary>Its place among the steps of the call, from 0.</summary>
    public int Index { get; init; }

    /// <summary>Whether another one follows if it fails.</summary>
    public bool HasFallback { get; init; }

    /// <summary>How often and how patiently its upstream is tried; null for what the request and the gateway say.</summary>
    public AttemptPolicy? Policy { get; init; }

    /// <summary>The way through a dynamic route that led to it; null for none.</summary>
    public RouteTrace? Trace { get; init; }

    /// <summary>The model that was chosen in place of what the client named; null where the client named it.</summary>
    public string? ResolvedModel { get; init; }

    /// <summary>The alias of the stored key that it uses; null for what the request says.</summary>
    public string? KeyAlias { get; init; }
}
