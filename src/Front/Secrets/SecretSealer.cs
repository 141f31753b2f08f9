using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace GatewayActors.Front.Secrets;

/// <summary>
/// Seals the values of secrets and opens them again. Each account has keys of its own, derived from the ring: a value that was moved to
/// another account does not open there. Thread-safe.
/// </summary>
internal sealed class SecretSealer(IDataProtectionProvider protection)
{
    // Both are part of the derivation: with another word nothing that is stored would open.
    private const string Purpose = "gateway-actors.secrets-store";
    private const string Version = "v1";

    /// <summary>Seals a value.</summary>
    public byte[] Seal(string accountId, string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        try
        {
            return Of(accountId).Protect(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Opens a value; null if the key ring does not hold its key any more, or if it was sealed for another account.</summary>
    public string? Open(string accountId, byte[] value)
    {
        try
        {
            var bytes = Of(accountId).Unprotect(value);
            var text = Encoding.UTF8.GetString(bytes);
            CryptographicOperations.ZeroMemory(bytes);
            return text;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private IDataProtector Of(string accountId) => protection.CreateProtector(Purpose, Version, accountId);
}
