using System.Security.Cryptography;
using System.Text;

namespace GatewayActors.Providers.Translation;

/// <summary>Names of functions as a provider takes them, and back as the client has them. Belongs to one exchange.</summary>
public sealed class ToolNames
{
    private const int HashCharacters = 6;

    private readonly Func<char, int, bool> _allows;
    private readonly int _maxLength;
    private Dictionary<string, string>? _clients; // by the provider's name; of all that were given, so that no two become one

    /// <param name="allows">Whether a character may stand at a position.</param>
    /// <param name="maxLength">The longest name.</param>
    public ToolNames(Func<char, int, bool> allows, int maxLength) => (_allows, _maxLength) = (allows, maxLength);

    /// <summary>Every name is as it is.</summary>
    public static ToolNames Unchanged { get; } = new((_, _) => true, int.MaxValue);

    /// <summary>The provider's form of a name.</summary>
    public string ToProvider(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var builder = new StringBuilder(name);
        for (var index = 0; index < builder.Length; index++)
        {
            if (!_allows(builder[index], index))
            {
                builder[index] = '_';
            }
        }

        var provider = builder.Length > _maxLength || builder.Length == 0 ? Hashed(builder, name) : builder.ToString();
        if (ReferenceEquals(this, Unchanged))
        {
            return name; // It belongs to everybody and keeps nothing.
        }

        _clients ??= new(StringComparer.Ordinal);
        if (_clients.TryGetValue(provider, out var other) && other != name)
        {
            provider = Hashed(builder, name);
        }

        _clients[provider] = name;
        return provider;
    }

    /// <summary>The client's form of a name.</summary>
    public string ToClient(string name) => _clients?.GetValueOrDefault(name) ?? name;

    /// <summary>With a hash of the whole name, because what was cut off or replaced may be what tells two names apart.</summary>
    private string Hashed(StringBuilder builder, string name)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        builder.Length = Math.Min(builder.Length, _maxLength - HashCharacters - 1);
        return builder.Append('_').Append(hash, 0, HashCharacters).ToString();
    }
}
