namespace GatewayActors.Providers.AwsBedrock;

/// <summary>Signs requests to one of Bedrock's services in one region.</summary>
/// <param name="credential">The access keys.</param>
/// <param name="places">Where the client's credential may stand.</param>
/// <param name="service">The service's name in signatures.</param>
/// <param name="region">The region.</param>
internal sealed class BedrockSigner(AwsCredential credential, CredentialPlaces places, string service, string region) : RequestSigner
{
    public override void Sign(IUpstreamHeaders headers, string method, Uri uri, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        places.RemoveFrom(headers);
        var timestamp = SignatureV4.Timestamp(now);
        var bodyHash = SignatureV4.HashOf(body);
        headers.Set("x-amz-date", timestamp);
        headers.Set("x-amz-content-sha256", bodyHash);
        List<(string Name, string Value)> signed = [];
        if (headers["content-type"] is { } contentType)
        {
            signed.Add(("content-type", contentType));
        }

        signed.Add(("host", uri.IsDefaultPort ? uri.IdnHost : $"{uri.IdnHost}:{uri.Port}"));
        signed.Add(("x-amz-content-sha256", bodyHash));
        signed.Add(("x-amz-date", timestamp));
        if (credential.SessionToken is { } token)
        {
            headers.Set("x-amz-security-token", token);
            signed.Add(("x-amz-security-token", token));
        }

        headers.Set("authorization", SignatureV4.Authorization(credential, region, service, method, uri, signed, timestamp, bodyHash));
    }

    public override string ToString() => $"{service} in {region} with {credential}";
}
