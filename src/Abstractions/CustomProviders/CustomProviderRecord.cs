namespace GatewayActors.Abstractions.CustomProviders;

/// <summary>What a tenant says about a provider of its own. Null means "never set".</summary>
[GenerateSerializer, Immutable, Alias("gateway.custom-providers.definition")]
public sealed record CustomProviderDefinition
{
    /// <summary>What people call it.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>1 to 64 letters, digits and hyphens, unique within the account without regard to case; requests name it <c>custom-{slug}</c>.</summary>
    [Id(1)] public required string Slug { get; init; }

    /// <summary>Where requests go: an absolute URL without query, as the tenant wrote it.</summary>
    [Id(2)] public required string BaseUrl { get; init; }

    /// <summary>Whether exchanges may use it.</summary>
    [Id(3)] public required bool Enable { get; init; }

    /// <summary>For people.</summary>
    [Id(4)] public string? Description { get; init; }

    /// <summary>For people.</summary>
    [Id(5)] public bool? Beta { get; init; }

    /// <summary>A JSON object of headers, as the tenant wrote it, that requests carry which do not bring them themselves. May hold a credential.</summary>
    [Id(6)] public string? Headers { get; init; }

    /// <summary>For people.</summary>
    [Id(7)] public string? Link { get; init; }

    /// <summary>An image in base64.</summary>
    [Id(8)] public string? Logo { get; init; }

    /// <summary>For people.</summary>
    [Id(9)] public string? CurlExample { get; init; }

    /// <summary>For people.</summary>
    [Id(10)] public string? JsExample { get; init; }

    /// <summary>Where it stands in lists; those without one come last.</summary>
    [Id(11)] public int? Position { get; init; }
}

/// <summary>A provider of an account, as it is stored.</summary>
[GenerateSerializer, Immutable, Alias("gateway.custom-providers.record")]
public sealed record CustomProviderRecord
{
    /// <summary>Never used again.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>The version of the account's providers in which it was last changed.</summary>
    [Id(1)] public required long Version { get; init; }

    /// <summary>What the tenant says.</summary>
    [Id(2)] public required CustomProviderDefinition Definition { get; init; }

    /// <summary>When it was created.</summary>
    [Id(3)] public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    [Id(4)] public required DateTimeOffset ModifiedAt { get; init; }
}

/// <summary>What all exchanges of an account need to know of its providers.</summary>
[GenerateSerializer, Immutable, Alias("gateway.custom-providers.routes")]
public sealed record CustomProviderRoutes
{
    /// <summary>Grows with every change, never repeats for one account, also over deletion; 0 before the first.</summary>
    [Id(0)] public required long Version { get; init; }

    /// <summary>The providers, disabled ones too.</summary>
    [Id(1)] public required IReadOnlyList<CustomProviderRoute> Providers { get; init; }
}

/// <summary>What exchanges need to know of one provider.</summary>
[GenerateSerializer, Immutable, Alias("gateway.custom-providers.route")]
public sealed record CustomProviderRoute
{
    /// <summary>The id of the provider.</summary>
    [Id(0)] public required Guid Id { get; init; }

    /// <summary>The version of <see cref="CustomProviderRecord.Version"/>: answers cached under another one are void.</summary>
    [Id(1)] public required long Version { get; init; }

    /// <summary>The slug, without <c>custom-</c>.</summary>
    [Id(2)] public required string Slug { get; init; }

    /// <summary>Where requests go.</summary>
    [Id(3)] public required string BaseUrl { get; init; }

    /// <summary>Whether exchanges may use it.</summary>
    [Id(4)] public required bool IsEnabled { get; init; }

    /// <summary>See <see cref="CustomProviderDefinition.Headers"/>.</summary>
    [Id(5)] public string? Headers { get; init; }

    /// <summary>The pricing rules that apply.</summary>
    [Id(6)] public required IReadOnlyList<PricingRuleDefinition> Rules { get; init; }
}
