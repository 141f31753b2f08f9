namespace GatewayActors.Providers.AwsBedrock;

/// <summary>Reads what an AWS Signature Version 4 of the client covers.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html</remarks>
public static class SignedRequest
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Whether the client signed the request, so that its headers, path and body must not change.</summary>
    public static bool IsSigned(IHeaderSource headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        return !SignedHeaders(headers).IsEmpty;
    }

    /// <summary>
    /// Whether the signature covers a header that must be kept for it. The gateway's own headers never are: that would carry a
    /// gateway credential to AWS. Nor is the host: the client signed the one of AWS, which the upstream's URL brings by itself, while
    /// the header it sent names this gateway.
    /// </summary>
    public static bool Covers(IHeaderSource headers, string name)
    {
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentNullException.ThrowIfNull(name);
        var signed = SignedHeaders(headers);
        if (signed.IsEmpty || name.Equals("host", StringComparison.OrdinalIgnoreCase) || name.StartsWith("cf-aig-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("cf-access-", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        // The values that carry the signature itself.
        if (name.Equals("authorization", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        foreach (var range in signed.Split(';'))
        {
            if (signed[range].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    // "host;x-amz-date" of "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=host;x-amz-date, Signature=…".
    private static ReadOnlySpan<char> SignedHeaders(IHeaderSource headers)
    {
        const string member = "SignedHeaders=";
        var value = headers["authorization"].AsSpan();
        if (!value.StartsWith(Algorithm))
        {
            return [];
        }

        var start = value.IndexOf(member);
        if (start < 0)
        {
            return [];
        }

        value = value[(start + member.Length)..];
        var end = value.IndexOf(',');
        return (end < 0 ? value : value[..end]).Trim();
    }
}
