using GatewayActors.Providers;

namespace GatewayActors.Front.Pipeline;

/// <summary>A step's headers as its provider will see them: without our tokens, placeholders and empty keys.</summary>
internal sealed class UnconsumedHeaders(Step step) : IHeaderSource
{
    public string? this[string name] =>
        !AuthenticationStage.IsConsumed(step.ConsumedHeaders, name) && step[name] is { } value && !HeaderPolicy.IsEmptyCredential(value)
            ? value
            : null;
}
