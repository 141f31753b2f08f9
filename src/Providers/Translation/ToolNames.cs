using System.Security.Cryptography;
using System.Text;

namespace GatewayActors.Providers.Translation;

/// <summary>Names of functions as a provider takes them, and back as the client has them. Belongs to one exchange.</summary>
public sealed class ToolNames
{
    private const int HashCharacters = 6;

    private readonly Func<char, int, bool> _allows;
    private readonly int _maxLength;
    private Dictionary<string, string>? _clients; // by the provider's name; only those that were changed

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

        if (builder.Length > _maxLength || builder.Length == 0)
        {
            // What is cut off may be what tells two names apart.
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
            builder.Length = Math.Min(builder.Length, _maxLength - HashCharacters - 1);
            builder.Append('_').Append(hash, 0, HashCharacters);
        }

        var provider = builder.ToString();
        if (provider != name)
        {
            (_clients ??= new(StringComparer.Ordinal))[provider] = name;
        }

        return provider;
    }

    /// <summary>The client's form of a name.</summary>
    public string ToClient(string name) => _clients?.GetValueOrDefault(name) ?? name;
}
