using GatewayActors.Providers.Mapping;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>The address of the Live API.</summary>
/// <remarks>https://ai.google.dev/api/live</remarks>
internal static class GeminiLive
{
    // Ephemeral tokens are known to the alpha version alone.
    private const string Plain = "ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";
    private const string Constrained = "ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained";

    /// <summary>The path of a session that names none.</summary>
    public static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> query) =>
        QueryString.Find(query, "access_token") is null ? Plain : Constrained;

    /// <summary>The query as Google reads it: the key is called <c>key</c>.</summary>
    public static string QueryOf(ReadOnlySpan<char> query)
    {
        if (QueryString.Find(query, "api_key") is not { } key)
        {
            return query.ToString();
        }

        var others = QueryString.Without(query, ["api_key", "key"]);
        return $"{(others.Length > 1 ? others + "&" : "?")}key={Uri.EscapeDataString(key)}";
    }
}
