using GatewayActors.Abstractions.Secrets;

namespace GatewayActors.Grains.Secrets;

/// <summary>What may be done with the secrets of a store, and what becomes of them. Without clock and storage.</summary>
internal static class SecretsBook
{
    /// <summary>Why secrets cannot be added; null if they can.</summary>
    public static SecretsOutcome? Refusal(SecretsStoreState state, IReadOnlyList<SecretDraft> drafts, int most)
    {
        var names = state.Secrets.Select(secret => secret.Record.Name).ToHashSet(StringComparer.Ordinal);
        return !drafts.All(draft => names.Add(draft.Name)) ? SecretsOutcome.NameTaken
            : names.Count > most ? SecretsOutcome.TooMany
            : null;
    }

    /// <summary>Makes secrets of drafts. Their ids, which decide where times are the same, have the order of the drafts.</summary>
    public static IReadOnlyList<StoredSecret> New(IReadOnlyList<SecretDraft> drafts, DateTimeOffset now)
    {
        var ids = drafts.Select(_ => Guid.CreateVersion7(now).ToString("N")).Order(StringComparer.Ordinal);
        return [.. drafts.Zip(ids, (draft, id) => New(draft, id, now))];
    }

    /// <summary>A secret after a change.</summary>
    public static StoredSecret Apply(StoredSecret secret, SecretPatch patch, DateTimeOffset now) => new()
    {
        Record = secret.Record with
        {
            Preview = patch.Preview ?? secret.Record.Preview,
            Scopes = patch.Scopes ?? secret.Record.Scopes,
            Comment = patch.SetsComment ? patch.Comment : secret.Record.Comment,
            ModifiedAt = now,
        },
        Sealed = patch.Sealed ?? secret.Sealed,
    };

    /// <summary>The secrets that exchanges may use.</summary>
    public static IEnumerable<StoredSecret> Usable(SecretsStoreState state) => state.Secrets.Where(secret => secret.Record.IsUsable);

    private static StoredSecret New(SecretDraft draft, string id, DateTimeOffset now) => new()
    {
        Record = new()
        {
            Id = id,
            Name = draft.Name,
            Scopes = draft.Scopes,
            Comment = draft.Comment,
            Preview = draft.Preview,
            CreatedAt = now,
            ModifiedAt = now,
        },
        Sealed = draft.Sealed,
    };
}
