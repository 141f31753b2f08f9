using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Abstractions.Limits;
using GatewayActors.Front.Compat;

namespace GatewayActors.Front.Limits;

/// <summary>What a limit counts.</summary>
internal enum LimitKind
{
    /// <summary>US dollars.</summary>
    Spend,

    /// <summary>Tokens, in and out.</summary>
    Tokens,
}

/// <summary>One spend or token limit of a gateway, as exchanges need it.</summary>
internal sealed class LimitRule
{
    private const int PartitionBytes = 16;

    private readonly GatewayRecord _gateway;
    private readonly SpendLimitRule _rule;
    private readonly KeyValuePair<string, SpendLimitSelector>[] _metadata;
    private readonly bool _isPartitioned;
    private readonly string _onlyKey;

    public LimitRule(LimitKind kind, GatewayRecord gateway, SpendLimitRule rule)
    {
        (Kind, _gateway, _rule) = (kind, gateway, rule);
        _metadata = [.. (rule.Metadata ?? new Dictionary<string, SpendLimitSelector>()).OrderBy(selector => selector.Key, StringComparer.Ordinal)];
        _isPartitioned = _metadata.Any(selector => selector.Value.FilterValues is null) || rule.Model is { FilterValues: null } || rule.Provider is { FilterValues: null };
        Quota = new() { Limit = rule.Limit, Window = TimeSpan.FromSeconds(rule.Window), Technique = rule.Technique };
        _onlyKey = KeyOf(new() { Provider = "" }, partitioned: false);
    }

    public LimitKind Kind { get; }

    public string Id => _rule.Id;

    public QuotaRule Quota { get; }

    /// <summary>Whether the rule looks at metadata.</summary>
    public bool UsesMetadata => _metadata.Length > 0;

    /// <summary>
    /// Whether the rule counts an exchange; null if that depends on its model, and it names none. A filter on metadata that the exchange
    /// does not have does not match.
    /// </summary>
    public bool? Counts(LimitSubject subject)
    {
        if (_rule.Provider?.FilterValues is { } providers && !providers.Contains(subject.Provider, StringComparer.OrdinalIgnoreCase))
        {
            return false;
        }

        foreach (var (key, selector) in _metadata)
        {
            if (selector.FilterValues is { } values && !(subject.Metadata?.TryGetValue(key, out var value) == true && values.Contains(value, StringComparer.Ordinal)))
            {
                return false;
            }
        }

        return _rule.Model?.FilterValues is not { } models ? true : subject.Model is null ? null : models.Any(subject.IsModel);
    }

    /// <summary>The key of the quota that counts an exchange.</summary>
    public string KeyOf(LimitSubject subject) => _isPartitioned ? KeyOf(subject, partitioned: true) : _onlyKey;

    /// <summary>The rule, as messages name it.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"rule '{Id}' ({(Kind == LimitKind.Spend ? "cost" : "token")} limit {_rule.Limit:0.############################} per {_rule.Window}s, {(_rule.Technique == LimitTechnique.Fixed ? "fixed" : "sliding")})");

    private string KeyOf(LimitSubject subject, bool partitioned)
    {
        // Every part with its length in front: no value can pretend to be two. The gateway's internal id, because one that is created
        // anew under the same name begins with nothing spent.
        var text = new StringBuilder(_gateway.InternalId.ToString("N"));
        if (partitioned)
        {
            foreach (var (key, selector) in _metadata)
            {
                if (selector.FilterValues is null)
                {
                    Append(text, "metadata", key);
                    Append(text, "value", subject.Metadata?.GetValueOrDefault(key) ?? "");
                }
            }

            if (_rule.Model is { FilterValues: null })
            {
                // Providers do not care about the case of a model's name; a budget that did could be had twice.
                Append(text, "model", subject.Model?.ToUpperInvariant() ?? "");
            }

            if (_rule.Provider is { FilterValues: null })
            {
                Append(text, "provider", subject.Provider);
            }
        }

        var partition = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, PartitionBytes));
        return GrainKeys.Quota(_gateway.AccountId, _gateway.Id, Kind == LimitKind.Spend ? "spend" : "tokens", Id, partition);
    }

    private static void Append(StringBuilder text, string name, string value) =>
        text.Append('/').Append(name).Append(':').Append(value.Length.ToString(CultureInfo.InvariantCulture)).Append(':').Append(value);
}

/// <summary>What rules look at in an exchange.</summary>
internal sealed record LimitSubject
{
    /// <summary>The provider's slug.</summary>
    public required string Provider { get; init; }

    /// <summary>The model that the request names; null if it names none.</summary>
    public string? Model { get; init; }

    /// <summary>The caller's tags, as text and in full length; null for none.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>Whether a pattern means the model: <c>provider/model</c> or <c>model</c>, where <c>*</c> stands for anything but <c>/</c>.</summary>
    public bool IsModel(string pattern) => Model is { } model && (Wildcards.Matches(pattern, model) || Wildcards.Matches(pattern, string.Concat(Provider, "/", model)));
}
