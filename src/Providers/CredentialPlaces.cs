namespace GatewayActors.Providers;

/// <summary>Where a provider's credential may stand in a request, and where a stored one is put.</summary>
public sealed record CredentialPlaces
{
    /// <summary><c>Authorization: Bearer</c>, in and out.</summary>
    public static CredentialPlaces Bearer { get; } = new() { Headers = ["authorization"], InjectHeader = "authorization", InjectScheme = "Bearer " };

    /// <summary>Names of headers, lower case.</summary>
    public required IReadOnlyList<string> Headers { get; init; }

    /// <summary>Names of query parameters; values of theirs never reach a log.</summary>
    public IReadOnlyList<string> QueryParameters { get; init; } = [];

    /// <summary>Headers that mean nothing without the credential and go with it (dates and hashes of a signature); lower case.</summary>
    public IReadOnlyList<string> Companions { get; init; } = [];

    /// <summary>The header a stored credential is put in.</summary>
    public required string InjectHeader { get; init; }

    /// <summary>What stands before the credential there, its blank included; empty for none.</summary>
    public string InjectScheme { get; init; } = "";

    /// <summary>Whether the request carries a credential in one of the places.</summary>
    public bool IsPresent(IHeaderSource headers, ReadOnlySpan<char> query)
    {
        foreach (var name in Headers)
        {
            if (!string.IsNullOrWhiteSpace(headers[name]))
            {
                return true;
            }
        }

        foreach (var name in QueryParameters)
        {
            if (HasParameter(query, name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Removes every credential and puts this one in.</summary>
    public void Inject(IUpstreamHeaders headers, string credential) => Inject(headers, InjectHeader, InjectScheme + credential);

    /// <summary>Removes every credential and sets this header, where one provider wants it in several places.</summary>
    public void Inject(IUpstreamHeaders headers, string name, string value)
    {
        RemoveFrom(headers);
        headers.Set(name, value);
    }

    /// <summary>Removes every credential that stands in a header.</summary>
    public void RemoveFrom(IUpstreamHeaders headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        foreach (var name in Headers)
        {
            headers.Remove(name);
        }

        foreach (var name in Companions)
        {
            headers.Remove(name);
        }
    }

    private static bool HasParameter(ReadOnlySpan<char> query, string name)
    {
        foreach (var range in query.TrimStart('?').Split('&'))
        {
            var parameter = query.TrimStart('?')[range];
            if (parameter.Length > name.Length + 1 && parameter[name.Length] == '=' && parameter.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
