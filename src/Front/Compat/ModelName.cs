namespace GatewayActors.Front.Compat;

/// <summary>A model as clients of more than one provider name it: <c>{provider}/{model}</c>, or a hosted model by its own name, <c>@cf/…</c>.</summary>
/// <param name="Provider">The slug or alias before the first slash.</param>
/// <param name="Model">What follows it; it may hold slashes itself.</param>
internal readonly record struct ModelName(string Provider, string Model)
{
    private const string HostedBy = "workers-ai";

    /// <summary>Takes a name apart; null if it cannot be one.</summary>
    public static ModelName? Parse(string? name)
    {
        var slash = name?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        return name is null || slash <= 0 || slash == name.Length - 1 ? null
            : name[0] == '@' ? new(HostedBy, name)
            : new(name[..slash], name[(slash + 1)..]);
    }
}
