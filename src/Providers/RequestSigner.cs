namespace GatewayActors.Providers;

/// <summary>Signs requests with a credential that does not travel itself. Immutable; its text form shows no secret.</summary>
public abstract class RequestSigner
{
    /// <summary>Signs one attempt. What is signed must not change afterwards.</summary>
    /// <param name="headers">All headers of the attempt; credentials of the client are taken away.</param>
    /// <param name="method">The method.</param>
    /// <param name="uri">Where it goes, percent-encoded as it is sent.</param>
    /// <param name="body">The whole body.</param>
    /// <param name="now">The current time; a signature is good for minutes only.</param>
    public abstract void Sign(IUpstreamHeaders headers, string method, Uri uri, ReadOnlySpan<byte> body, DateTimeOffset now);
}

/// <summary>A signer, or why a credential that is meant for signing cannot be used; neither for a credential of another kind.</summary>
/// <param name="Signer">The signer.</param>
/// <param name="Problem">A sentence for the client; shows nothing of the credential.</param>
public readonly record struct SignerResult(RequestSigner? Signer, string? Problem);
