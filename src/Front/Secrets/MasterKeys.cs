using System.Diagnostics.CodeAnalysis;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace GatewayActors.Front.Secrets;

/// <summary>The master key that wraps, and the former ones that may still open.</summary>
internal sealed class MasterKeys(MasterKey current, IReadOnlyList<MasterKey> former) : IXmlEncryptor
{
    /// <summary>The key that wraps.</summary>
    public MasterKey Current => current;

    /// <summary>Opens what one of the keys has wrapped.</summary>
    public bool TryUnwrap(XElement wrapped, [NotNullWhen(true)] out XElement? plain)
    {
        var id = MasterKey.IdOf(wrapped);
        plain = null;
        return former.Prepend(current).FirstOrDefault(key => key.Id == id)?.TryUnwrap(wrapped, out plain) == true && plain is not null;
    }

    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(current.Wrap(plaintextElement), typeof(MasterKeyXmlDecryptor));
}

/// <summary>Opens keys of the ring. The ring names this class in what it stores: neither its name nor its namespace may change.</summary>
internal sealed class MasterKeyXmlDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) =>
        services.GetRequiredService<MasterKeys>().TryUnwrap(encryptedElement, out var plain)
            ? plain
            : throw new System.Security.Cryptography.CryptographicException("No master key opens this key of the ring.");
}
