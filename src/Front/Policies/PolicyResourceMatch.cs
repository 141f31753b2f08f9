using System.Text;
using System.Text.Json;

namespace GatewayActors.Front.Policies;

/// <summary>What a policy is about: models, providers, or everything. Immutable, thread-safe.</summary>
internal sealed class PolicyResourceMatch
{
    private readonly string[]? _models;
    private readonly string[]? _providers;

    private PolicyResourceMatch(string[]? models, string[]? providers)
    {
        (_models, _providers) = (models, providers);
        Name = NameOf(models, providers);
    }

    /// <summary>Tells resources apart: the same whatever the order in which its author has written it. Empty for everything.</summary>
    public string Name { get; }

    /// <summary>The resource that stands in a policy: checked when it was written.</summary>
    public static PolicyResourceMatch Of(string json)
    {
        var resource = JsonElement.Parse(json);
        return resource.ValueKind == JsonValueKind.Object ? new(Names(resource, "model"), Names(resource, "provider")) : new(null, null);
    }

    /// <summary>Whether a request is about it. One that names no model is about no model.</summary>
    public bool Matches(PolicySubject subject) =>
        (_providers is null || _providers.Any(subject.IsProvider)) && (_models is null || _models.Any(subject.IsModel));

    private static string[]? Names(JsonElement resource, string member) =>
        !resource.TryGetProperty(member, out var value) ? null
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(item => item.GetString()!)]
        : [value.GetString()!];

    private static string NameOf(string[]? models, string[]? providers)
    {
        var name = new StringBuilder();
        Append(name, "model", models);
        Append(name, "provider", providers);
        return name.ToString();
    }

    private static void Append(StringBuilder text, string member, string[]? names)
    {
        if (names is not null)
        {
            text.Append(text.Length > 0 ? " " : "").Append(member).Append('=')
                .AppendJoin(',', names.Select(name => name.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal));
        }
    }
}
