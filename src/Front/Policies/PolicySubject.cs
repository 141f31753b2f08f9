using System.Text.Json;
using GatewayActors.Front.Compat;
using GatewayActors.Front.Policies.Cel;

namespace GatewayActors.Front.Policies;

/// <summary>What policies look at in a request. Used by one request.</summary>
internal sealed class PolicySubject
{
    private IReadOnlyDictionary<string, object?>? _metadata;

    /// <summary>Who asks; null where nobody has proved to be anybody.</summary>
    public RequestIdentity? Identity { get; init; }

    /// <summary>The caller's tags: a JSON object; null for none. Not verified.</summary>
    public string? Metadata { get; init; }

    /// <summary>The provider's slug.</summary>
    public required string Provider { get; init; }

    /// <summary>The model that the request names; null if it names none.</summary>
    public string? Model { get; init; }

    /// <summary>The value of a field; a fault if the request does not have it.</summary>
    public CelResult Find(PolicyField field) => field.Kind switch
    {
        PolicyFieldKind.UserId => Of(Identity?.Subject),
        PolicyFieldKind.UserEmail => Of(Identity?.Email),
        PolicyFieldKind.UserGroups => Of(Identity?.Groups),
        PolicyFieldKind.Country => Of(Identity?.Country),
        PolicyFieldKind.Custom => Identity?.Custom is { } claims && claims.TryGetValue(field.Name, out var claim) ? CelResult.Of(CelValues.Of(claim)) : CelResult.Missing,
        PolicyFieldKind.Metadata => MetadataValues.TryGetValue(field.Name, out var value) ? CelResult.Of(value) : CelResult.Missing,
    };

    /// <summary>Whether a pattern means the model: <c>provider/model</c> or <c>model</c>, where <c>*</c> stands for anything but <c>/</c>.</summary>
    public bool IsModel(string pattern) =>
        Model is { } model && (Wildcards.Matches(pattern, model) || Wildcards.Matches(pattern, string.Concat(Provider, "/", model)));

    /// <summary>Whether it goes to the provider.</summary>
    public bool IsProvider(string slug) => string.Equals(slug, Provider, StringComparison.OrdinalIgnoreCase);

    private IReadOnlyDictionary<string, object?> MetadataValues => _metadata ??= Metadata is null
        ? new Dictionary<string, object?>()
        : (IReadOnlyDictionary<string, object?>)CelValues.Of(JsonElement.Parse(Metadata))!;

    private static CelResult Of(object? value) => value is null ? CelResult.Missing : CelResult.Of(value);
}
