using System.Text.Json;
using GatewayActors.Providers.Mapping;

namespace GatewayActors.Providers.AwsBedrock;

/// <summary>
/// AWS access keys as a client or a stored key gives them: JSON with <c>accessKeyId</c>, <c>secretAccessKey</c>, <c>region</c> and, of
/// temporary keys, <c>sessionToken</c>. Immutable; its text form shows no secret.
/// </summary>
internal sealed class AwsCredential
{
    private AwsCredential(string accessKeyId, string secretAccessKey, string? sessionToken, string? region) =>
        (AccessKeyId, SecretAccessKey, SessionToken, Region) = (accessKeyId, secretAccessKey, sessionToken, region);

    public string AccessKeyId { get; }

    public string SecretAccessKey { get; }

    public string? SessionToken { get; }

    /// <summary>The region requests go to where their path names none; null if the credential does not say.</summary>
    public string? Region { get; }

    /// <summary>Reads a value.</summary>
    /// <param name="value">A header's value or a stored key.</param>
    /// <param name="credential">The access keys; null if they cannot be used.</param>
    /// <returns>Whether the value is meant for access keys; a Bedrock API key is not.</returns>
    public static bool TryParse(string value, out AwsCredential? credential)
    {
        credential = null;
        using var document = JsonCredential.TryParse(value);
        if (document is null)
        {
            return false;
        }

        try
        {
            var root = document.RootElement;
            var (id, secret) = (Text(root, "accessKeyId", "AccessKeyId", "aws_access_key_id"), Text(root, "secretAccessKey", "SecretAccessKey", "aws_secret_access_key"));
            var token = Text(root, "sessionToken", "SessionToken", "aws_session_token");
            var region = Text(root, "region", "Region", "aws_region");
            if (id is not null && secret is not null && IsPrintable(id) && IsPrintable(token ?? "x") && (region is null || HostNames.IsAwsRegion(region)))
            {
                credential = new(id, secret, token, region);
            }
        }
        catch (InvalidOperationException)
        {
            // Text that is no text: access keys that cannot be used.
        }

        return true;
    }

    public override string ToString() => $"access key {AccessKeyId}";

    // The names of AWS's own tools are taken too: that is where people copy them from.
    private static string? Text(JsonElement root, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (JsonCredential.Text(root, name) is { } text)
            {
                return text.Trim();
            }
        }

        return null;
    }

    // It becomes part of a header.
    private static bool IsPrintable(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
