namespace GatewayActors.Providers.Translation;

/// <summary>Tells which of the texts that a request sent ended its answer.</summary>
internal static class StopSequences
{
    /// <summary>The text that a provider names, if it is one of the request's; or the only one there is, where the provider names none.</summary>
    /// <param name="sent">Those of the request, as the provider got them.</param>
    /// <param name="named">What the provider names; null if it only says that it was one of them.</param>
    public static string? Find(IReadOnlyList<string> sent, string? named) =>
        named is null ? sent.Count == 1 ? sent[0] : null : sent.Contains(named) ? named : null;
}
