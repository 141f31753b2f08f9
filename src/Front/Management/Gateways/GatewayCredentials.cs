using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Secrets;

namespace GatewayActors.Front.Management.Gateways;

/// <summary>
/// Seals the credentials within configurations: the addresses (with a query), headers and authorizations of exporters and the authorization
/// of <c>stripe</c>. Grains and files have the sealed form only.
/// </summary>
internal static class GatewayCredentials
{
    extension(SecretSealer sealer)
    {
        /// <summary>A configuration as grains keep it. What <paramref name="stored"/> has sealed already stays as it is there: nothing changes that was not changed.</summary>
        public GatewayConfiguration Seal(string accountId, GatewayConfiguration configuration, GatewayConfiguration? stored)
        {
            Dictionary<string, string> known = new(StringComparer.Ordinal);
            if (stored is not null)
            {
                Map(stored, text =>
                {
                    if (SealedTexts.IsSealed(text))
                    {
                        known[sealer.OpenText(accountId, text) ?? text] = text;
                    }

                    return text;
                });
            }

            return Map(configuration, text => known.TryGetValue(text, out var before) ? before : known[text] = sealer.SealText(accountId, text));
        }

        /// <summary>A configuration as clients see it. What cannot be opened any more stays sealed, so that sending it back keeps it.</summary>
        public GatewayConfiguration Open(string accountId, GatewayConfiguration configuration) =>
            Map(configuration, text => sealer.OpenText(accountId, text) ?? text);

        /// <summary>A gateway as clients see it.</summary>
        public GatewayRecord Open(GatewayRecord gateway) => gateway with { Configuration = sealer.Open(gateway.AccountId, gateway.Configuration) };
    }

    private static GatewayConfiguration Map(GatewayConfiguration configuration, Func<string, string> map) =>
        configuration is { Otel: null, Stripe: null } ? configuration : configuration with
        {
            Otel = configuration.Otel is { } exporters ? [.. exporters.Select(exporter => Map(exporter, map))] : null,
            Stripe = configuration.Stripe is { } stripe ? stripe with { Authorization = map(stripe.Authorization) } : null,
        };

    private static OtelExporter Map(OtelExporter exporter, Func<string, string> map) => exporter with
    {
        // An address without a query holds no credential (user information is refused), and operators can read it in the state.
        Url = SealedTexts.IsSealed(exporter.Url) || exporter.Url.Contains('?', StringComparison.Ordinal) ? map(exporter.Url) : exporter.Url,
        Headers = exporter.Headers.ToDictionary(header => header.Key, header => map(header.Value), StringComparer.OrdinalIgnoreCase),
        Authorization = exporter.Authorization is { } authorization ? map(authorization) : null,
    };
}
