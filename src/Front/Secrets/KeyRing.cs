using System.Diagnostics.CodeAnalysis;
using System.Xml;
using System.Xml.Linq;
using GatewayActors.Front.Configuration;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace GatewayActors.Front.Secrets;

/// <summary>
/// The keys that encrypt stored secrets. Opened once, when the process starts: every key must open with a master key of the operator's, and
/// is wrapped with the current one from then on.
/// </summary>
internal sealed class KeyRing : IXmlRepository
{
    private static readonly XName Wrapping = XName.Get("encryptedSecret", "http://schemas.asp.net/2015/03/dataProtection");

    private readonly IKeyRingStore _store;

    private KeyRing(IKeyRingStore store, MasterKeys masterKeys) => (_store, MasterKeys) = (store, masterKeys);

    /// <summary>The master keys.</summary>
    public MasterKeys MasterKeys { get; }

    /// <summary>Opens the ring.</summary>
    /// <param name="options">What the operator says about master keys.</param>
    /// <param name="store">Where the ring lies.</param>
    /// <param name="ring">The ring.</param>
    /// <param name="problem">Why it cannot be opened: a line for the operator without a secret.</param>
    /// <exception cref="IOException">The store cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not.</exception>
    public static bool TryOpen(
        SecretsOptions options, IKeyRingStore store, [NotNullWhen(true)] out KeyRing? ring, [NotNullWhen(false)] out string? problem)
    {
        var (entries, generated) = Load(store);
        if (options.MasterKey is null && generated is null)
        {
            store.TryAdd(new(KeyRingEntry.GeneratedMasterKey, MasterKey.Generate()));
            (entries, generated) = Load(store); // That of another process, if it was faster.
        }

        // The generated key is a former one as soon as the operator has set one.
        var former = (options.PreviousMasterKeys ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        if (options.MasterKey is not null && generated is not null)
        {
            former.Add(generated);
        }

        var keys = new MasterKeys(new(options.MasterKey ?? generated!), [.. former.Select(text => new MasterKey(text))]);
        foreach (var entry in entries)
        {
            if (!TryRewrap(entry, keys, store))
            {
                (ring, problem) = (null, $"Gateway:Secrets:MasterKey (value not shown) does not open the key '{entry.Name}' of the key ring; accepted: the master key that has wrapped it, here or in Gateway:Secrets:PreviousMasterKeys.");
                return false;
            }
        }

        if (options.MasterKey is not null)
        {
            store.Remove(KeyRingEntry.GeneratedMasterKey); // It opens nothing any more; with it here, a stolen disk of before would open too.
        }

        (ring, problem) = (new(store, keys), null);
        return true;
    }

    public IReadOnlyCollection<XElement> GetAllElements() => [.. Load(_store).Keys.Select(entry => XElement.Parse(entry.Content))];

    public void StoreElement(XElement element, string friendlyName) =>
        _store.Put(new(friendlyName, element.ToString(SaveOptions.DisableFormatting)));

    private static (IReadOnlyList<KeyRingEntry> Keys, string? Generated) Load(IKeyRingStore store)
    {
        var all = store.Load();
        return (
            [.. all.Where(entry => entry.Name != KeyRingEntry.GeneratedMasterKey)],
            all.FirstOrDefault(entry => entry.Name == KeyRingEntry.GeneratedMasterKey)?.Content.Trim());
    }

    private static bool TryRewrap(KeyRingEntry entry, MasterKeys keys, IKeyRingStore store)
    {
        try
        {
            var element = XElement.Parse(entry.Content);
            var isChanged = false;
            foreach (var wrapped in element.Descendants(Wrapping).Elements().ToArray())
            {
                if (!keys.TryUnwrap(wrapped, out var plain))
                {
                    return false;
                }

                if (MasterKey.IdOf(wrapped) != keys.Current.Id)
                {
                    wrapped.ReplaceWith(keys.Current.Wrap(plain));
                    isChanged = true;
                }
            }

            if (isChanged)
            {
                store.Put(entry with { Content = element.ToString(SaveOptions.DisableFormatting) });
            }

            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }
}
