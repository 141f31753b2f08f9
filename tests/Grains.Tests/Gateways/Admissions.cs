using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Grains.Tests.Gateways;

internal static class Admissions
{
    extension(IGatewayGrain gateway)
    {
        /// <summary>Asks for an admission that counts against no rate limit.</summary>
        public ValueTask<Admission> AdmitAsync(long seenVersion, Caller caller, CancellationToken cancellationToken) =>
            gateway.AdmitAsync(new() { SeenVersion = seenVersion, Caller = caller }, cancellationToken);
    }
}
