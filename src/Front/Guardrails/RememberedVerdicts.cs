using System.Security.Cryptography;
using System.Text;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Inspection;

namespace GatewayActors.Front.Guardrails;

/// <summary>
/// What scanners said about texts, by the hash of each: a conversation brings its earlier turns again with every request. Of one account's
/// texts nobody else learns anything. Bounded: the oldest makes room. Thread-safe; a restart forgets everything.
/// </summary>
internal sealed class RememberedVerdicts(GatewayOptions options, TimeProvider timeProvider)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _byName = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _oldestFirst = new();

    /// <summary>The name of a text as an engine sees it in an account.</summary>
    public static string NameOf(in ScannerQuery query, string engine)
    {
        var scope = $"{query.Step.Exchange.Gateway.AccountId}\n{engine}\n{query.Side}\n{(int)query.Wanted}\n{query.Text.Length}\n";
        return Convert.ToBase64String(SHA256.HashData(Encoding.Unicode.GetBytes(scope + query.Text + query.Context)));
    }

    /// <summary>What was said before.</summary>
    public bool TryGet(string name, out Hazards found)
    {
        lock (_lock)
        {
            if (_byName.TryGetValue(name, out var node) && timeProvider.GetUtcNow() - node.Value.At < Lifetime)
            {
                found = node.Value.Found;
                return true;
            }
        }

        found = Hazards.None;
        return false;
    }

    /// <summary>Remembers what was said.</summary>
    public void Add(string name, Hazards found)
    {
        var most = options.Guardrails.RememberedResults;
        if (most == 0)
        {
            return;
        }

        lock (_lock)
        {
            if (_byName.Remove(name, out var known))
            {
                _oldestFirst.Remove(known);
            }
            else if (_byName.Count >= most && _oldestFirst.First is { } oldest)
            {
                _byName.Remove(oldest.Value.Name);
                _oldestFirst.RemoveFirst();
            }

            _byName[name] = _oldestFirst.AddLast(new Entry(name, found, timeProvider.GetUtcNow()));
        }
    }

    private readonly record struct Entry(string Name, Hazards Found, DateTimeOffset At);
}
