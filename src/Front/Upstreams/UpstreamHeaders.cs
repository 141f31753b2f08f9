using GatewayActors.Providers;

namespace GatewayActors.Front.Upstreams;

/// <summary>The headers of one attempt as a provider adjusts them.</summary>
internal sealed class UpstreamHeaders(HttpRequestMessage attempt) : IUpstreamHeaders
{
    public string? this[string name] =>
        attempt.Headers.NonValidated.TryGetValues(name, out var values)
        || (attempt.Content is { } content && content.Headers.NonValidated.TryGetValues(name, out values))
            ? First(values)
            : null;

    public void Set(string name, string value)
    {
        Remove(name);
        if (!attempt.Headers.TryAddWithoutValidation(name, value))
        {
            attempt.Content?.Headers.TryAddWithoutValidation(name, value);
        }
    }

    public void Remove(string name)
    {
        // Asked first: removing a name that belongs to the other collection would throw.
        if (attempt.Headers.NonValidated.Contains(name))
        {
            attempt.Headers.Remove(name);
        }
        else if (attempt.Content is { } content && content.Headers.NonValidated.Contains(name))
        {
            content.Headers.Remove(name);
        }
    }

    private static string? First(System.Net.Http.Headers.HeaderStringValues values)
    {
        foreach (var value in values)
        {
            return value;
        }

        return null;
    }
}

/// <summary>The headers of an upstream's response.</summary>
internal sealed class ResponseHeaders(HttpResponseMessage response) : IHeaderSource
{
    public string? this[string name] =>
        response.Headers.NonValidated.TryGetValues(name, out var values) || response.Content.Headers.NonValidated.TryGetValues(name, out values)
            ? values.ToString()
            : null;
}
