namespace GatewayActors.Providers.Anthropic;

/// <summary>How a stored key travels to an endpoint that speaks Anthropic's Messages API, whoever hosts it.</summary>
internal static class AnthropicCredentials
{
    private const string Version = "2023-06-01";
    private const string OAuthBeta = "oauth-2025-04-20";

    /// <summary>Removes every credential, puts this one in, and names the API version if the client did not.</summary>
    public static void Inject(CredentialPlaces places, IUpstreamHeaders headers, string credential)
    {
        if (credential.StartsWith("sk-ant-oat", StringComparison.Ordinal)) // A token of a subscription: refused in x-api-key.
        {
            places.Inject(headers, "authorization", "Bearer " + credential);
            AddBeta(headers, OAuthBeta);
        }
        else
        {
            places.Inject(headers, "x-api-key", credential);
        }

        if (string.IsNullOrWhiteSpace(headers["anthropic-version"]))
        {
            headers.Set("anthropic-version", Version);
        }
    }

    // The header is a list: the client's own features must stay on.
    private static void AddBeta(IUpstreamHeaders headers, string beta)
    {
        var betas = headers["anthropic-beta"];
        if (string.IsNullOrWhiteSpace(betas))
        {
            headers.Set("anthropic-beta", beta);
        }
        else if (!betas.Contains(beta, StringComparison.Ordinal))
        {
            headers.Set("anthropic-beta", $"{betas},{beta}");
        }
    }
}
