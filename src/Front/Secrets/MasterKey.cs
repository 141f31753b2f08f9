using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace GatewayActors.Front.Secrets;

/// <summary>Wraps and unwraps keys of the ring (AES-256-GCM). Its text form shows no secret.</summary>
internal sealed class MasterKey
{
    private const string ElementName = "wrapped";
    private const string IdAttribute = "master";
    private const int KeyBytes = 32;
    private const int IdBytes = 8;

    private readonly byte[] _key;

    /// <param name="text">What the operator has configured, or what was generated.</param>
    public MasterKey(string text)
    {
        var material = Encoding.UTF8.GetBytes(text);
        _key = Derive(material, KeyBytes, "gateway-actors key ring: wrap");
        Id = Convert.ToHexStringLower(Derive(material, IdBytes, "gateway-actors key ring: id"));
    }

    /// <summary>Tells master keys apart; derived from the key and reveals nothing of it.</summary>
    public string Id { get; }

    /// <summary>A new one.</summary>
    public static string Generate() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>The id of the master key that has wrapped an element; null if none has.</summary>
    public static string? IdOf(XElement element) => element.Name == ElementName ? element.Attribute(IdAttribute)?.Value : null;

    /// <summary>Wraps an element.</summary>
    public XElement Wrap(XElement plain)
    {
        var text = Encoding.UTF8.GetBytes(plain.ToString(SaveOptions.DisableFormatting));
        var nonce = RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize);
        var (tag, sealedText) = (new byte[AesGcm.TagByteSizes.MaxSize], new byte[text.Length]);
        using var aes = new AesGcm(_key, tag.Length);
        aes.Encrypt(nonce, text, sealedText, tag, Encoding.ASCII.GetBytes(Id));
        CryptographicOperations.ZeroMemory(text);
        return new(ElementName, new XAttribute(IdAttribute, Id), Convert.ToBase64String([.. nonce, .. tag, .. sealedText]));
    }

    /// <summary>Opens an element that this key has wrapped; false if it was another key, or if something has changed the element.</summary>
    public bool TryUnwrap(XElement wrapped, [NotNullWhen(true)] out XElement? plain)
    {
        plain = null;
        try
        {
            ReadOnlySpan<byte> bytes = Convert.FromBase64String(wrapped.Value);
            var (nonce, tag) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
            if (bytes.Length <= nonce + tag)
            {
                return false;
            }

            var text = new byte[bytes.Length - nonce - tag];
            using var aes = new AesGcm(_key, tag);
            aes.Decrypt(bytes[..nonce], bytes[(nonce + tag)..], bytes[nonce..(nonce + tag)], text, Encoding.ASCII.GetBytes(Id));
            plain = XElement.Parse(Encoding.UTF8.GetString(text));
            CryptographicOperations.ZeroMemory(text);
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or XmlException)
        {
            return false;
        }
    }

    public override string ToString() => $"master key {Id}";

    private static byte[] Derive(byte[] material, int length, string use) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, material, length, info: Encoding.ASCII.GetBytes(use));
}
