using GatewayActors.Providers.Mapping;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Providers.Simulator;

/// <summary>The built-in upstream that answers like OpenAI without leaving the process.</summary>
/// <remarks>Its host is resolved by the front, never by DNS: the name ends in <c>.internal</c>, which is reserved for such uses.</remarks>
internal sealed class SimulatorProvider() : SingleHostProvider("simulator", "http://simulator.internal/v1")
{
    public override bool AllowsAnonymous => true;

    public override UsageReader? CreateUsageReader(in ResponseFacts response) => UsageReaders.OpenAI(response);

    protected override IReadOnlyList<string> Endpoints => OpenAIEndpoints.All;
}
