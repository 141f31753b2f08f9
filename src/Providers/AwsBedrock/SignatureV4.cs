using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>AWS Signature Version 4, as far as requests with a whole body need it.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html</remarks>
internal static class SignatureV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";

    /// <summary>A time as AWS writes it.</summary>
    public static string Timestamp(DateTimeOffset now) => now.ToUniversalTime().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The hash of a body.</summary>
    public static string HashOf(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));

    /// <summary>The value of the header <c>Authorization</c>.</summary>
    /// <param name="credential">The access keys.</param>
    /// <param name="region">The region.</param>
    /// <param name="service">The service's name in signatures.</param>
    /// <param name="method">The method.</param>
    /// <param name="uri">Where the request goes, percent-encoded as it is sent.</param>
    /// <param name="headers">The headers to sign, names in lower case, sorted; the host and <c>x-amz-date</c> among them.</param>
    /// <param name="timestamp">The value of <c>x-amz-date</c>.</param>
    /// <param name="bodyHash">The hash of the body.</param>
    public static string Authorization(
        AwsCredential credential, string region, string service, string method, Uri uri, IReadOnlyList<(string Name, string Value)> headers, string timestamp, string bodyHash)
    {
        var date = timestamp[..8];
        var scope = $"{date}/{region}/{service}/aws4_request";
        var names = string.Join(';', headers.Select(header => header.Name));
        var canonical = CanonicalRequest(method, uri, headers, names, bodyHash);
        var toSign = $"{Algorithm}\n{timestamp}\n{scope}\n{HashOf(Encoding.UTF8.GetBytes(canonical))}";

        Span<byte> key = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes("AWS4" + credential.SecretAccessKey), Encoding.UTF8.GetBytes(date), key);
        foreach (var part in (ReadOnlySpan<string>)[region, service, "aws4_request", toSign])
        {
            HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part), key);
        }

        return $"{Algorithm} Credential={credential.AccessKeyId}/{scope}, SignedHeaders={names}, Signature={Convert.ToHexStringLower(key)}";
    }

    private static string CanonicalRequest(string method, Uri uri, IReadOnlyList<(string Name, string Value)> headers, string names, string bodyHash)
    {
        var canonical = new StringBuilder(512);
        canonical.Append(method).Append('\n');

        // Encoded a second time, as every service but S3 wants it: what is %3A on the wire is %253A here.
        AppendEncoded(canonical, uri.AbsolutePath, keepsSlashes: true);
        canonical.Append('\n').Append(CanonicalQuery(uri.Query)).Append('\n');
        foreach (var (name, value) in headers)
        {
            canonical.Append(name).Append(':');
            AppendTrimmed(canonical, value);
            canonical.Append('\n');
        }

        return canonical.Append('\n').Append(names).Append('\n').Append(bodyHash).ToString();
    }

    private static string CanonicalQuery(string query)
    {
        if (query.Length <= 1)
        {
            return "";
        }

        var parameters = query[1..].Split('&', StringSplitOptions.RemoveEmptyEntries).Select(parameter =>
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            return (Name: Recode(equals < 0 ? parameter : parameter[..equals]), Value: equals < 0 ? "" : Recode(parameter[(equals + 1)..]));
        });
        return string.Join('&', parameters
            .OrderBy(parameter => parameter.Name, StringComparer.Ordinal)
            .ThenBy(parameter => parameter.Value, StringComparer.Ordinal)
            .Select(parameter => $"{parameter.Name}={parameter.Value}"));
    }

    private static string Recode(string text)
    {
        var encoded = new StringBuilder(text.Length + 8);
        AppendEncoded(encoded, Uri.UnescapeDataString(text), keepsSlashes: false);
        return encoded.ToString();
    }

    private static void AppendEncoded(StringBuilder target, string text, bool keepsSlashes)
    {
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            var character = (char)value;
            if (Unreserved.Contains(character, StringComparison.Ordinal) || (keepsSlashes && character == '/'))
            {
                target.Append(character);
            }
            else
            {
                target.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
            }
        }
    }

    /// <summary>Without blanks at the ends, and with one where there are several.</summary>
    private static void AppendTrimmed(StringBuilder target, string value)
    {
        var wasBlank = false;
        foreach (var character in value.AsSpan().Trim())
        {
            if (character != ' ' || !wasBlank)
            {
                target.Append(character);
            }

            wasBlank = character == ' ';
        }
    }
}
