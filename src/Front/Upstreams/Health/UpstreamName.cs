using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Upstreams.Health;

/// <summary>Names what can be ill or busy by itself: a provider's host, called with one credential for one model.</summary>
/// <remarks>
/// The model is part of it because providers limit and lose models one by one: a step that falls back to another model with the same key
/// must not be left out.
/// </remarks>
internal static class UpstreamName
{
    private const int MaxModelLength = 128; // A client can send anything.

    /// <summary>The name of a step's upstream: the same on every front, and it reveals no credential.</summary>
    public static string Of(Step step)
    {
        var provider = step.Route.Provider;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // Of the account too: nobody outside it could compare hashes of keys.
        Append(hash, step.Exchange.Gateway.AccountId);
        Append(hash, step.StoredKey?.SecretId);
        foreach (var name in step.StoredKey is null ? provider.Credentials.Headers : [])
        {
            Append(hash, AuthenticationStage.IsConsumed(step.ConsumedHeaders, name) ? null : step[name]);
        }

        if (step.StoredKey is null && provider.Credentials.QueryParameters.Count > 0)
        {
            Append(hash, step.Route.Uri.Query);
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        var model = step.RequestedModel.AsSpan();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{provider.Slug} {step.Route.Uri.Authority} {Convert.ToHexStringLower(digest[..8])} {model[..Math.Min(model.Length, MaxModelLength)]}");
    }

    private static void Append(IncrementalHash hash, string? text)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(text ?? ""));
        hash.AppendData([0]); // No text of a header holds it.
    }
}
