using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Front.StoredKeys;

/// <summary>The stored key that a step uses. Its text form shows no secret.</summary>
/// <param name="name">What clients may be told it is called: its alias, or the name of its secret.</param>
/// <param name="secretId">The secret: tells keys apart where the key itself must not stand.</param>
/// <param name="config">The provider config that it comes by; null for a secret that was named by itself.</param>
/// <param name="value">The key.</param>
internal sealed class StoredKey(string name, string secretId, ProviderConfig? config, string value)
{
    public string Name => name;

    public string SecretId => secretId;

    public ProviderConfig? Config => config;

    /// <summary>Takes the key out of what an upstream answers.</summary>
    public SecretScrubber Scrubber { get; private set; } = new(value);

    /// <summary>Notes what else goes upstream in place of the key.</summary>
    public void HideToo(string? token)
    {
        if (token is not null && token != value)
        {
            Scrubber = Scrubber.With(token);
        }
    }

    public override string ToString() => $"stored key {name}";
}
