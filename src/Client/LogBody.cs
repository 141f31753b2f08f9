namespace GatewayActors.Client;

/// <summary>The body of a logged request or answer, as it was. Read once; disposing it ends the download.</summary>
public sealed class LogBody : IDisposable
{
    private readonly HttpResponseMessage _response;

    internal LogBody(HttpResponseMessage response) => _response = response;

    /// <summary>The content type that it had; null if it had none.</summary>
    public string? ContentType => _response.Content.Headers.ContentType?.ToString();

    /// <summary>The whole body.</summary>
    public Task<byte[]> ReadBytesAsync(CancellationToken cancellationToken = default) => _response.Content.ReadAsByteArrayAsync(cancellationToken);

    /// <summary>The body as it comes in; ends with this object.</summary>
    public Task<Stream> OpenStreamAsync(CancellationToken cancellationToken = default) => _response.Content.ReadAsStreamAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _response.Dispose();
}
