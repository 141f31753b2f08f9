using System.Collections.Immutable;
using System.Text;

namespace GatewayActors.Testing.Upstreams;

/// <summary>What a fake upstream got. Complete once <see cref="BodyReceived"/> has ended.</summary>
public sealed class RecordedRequest
{
    /// <summary>Bytes of the body that are kept; longer bodies are only counted and hashed.</summary>
    public const int MaxKeptBodyBytes = 8 * 1024 * 1024;

    internal readonly TaskCompletionSource BodyReceivedSource = new(TaskCreationOptions.RunContinuationsAsynchronously);
    internal readonly TaskCompletionSource AbortedSource = new(TaskCreationOptions.RunContinuationsAsynchronously);
    internal readonly TaskCompletionSource FinishedSource = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The method.</summary>
    public required string Method { get; init; }

    /// <summary>Path and query exactly as they were on the wire.</summary>
    public required string Target { get; init; }

    /// <summary>The headers in the order of the server, a line for each value.</summary>
    public required ImmutableArray<KeyValuePair<string, string>> Headers { get; init; }

    /// <summary>When the headers had arrived, as <see cref="TimeProvider.GetTimestamp"/> of the system.</summary>
    public required long ReceivedAt { get; init; }

    /// <summary>The kept part of the body.</summary>
    public byte[] Body { get; internal set; } = [];

    /// <summary>The whole body's length in bytes.</summary>
    public long BodyLength { get; internal set; }

    /// <summary>The whole body's SHA-256 in lower-case hex.</summary>
    public string BodySha256 { get; internal set; } = "";

    /// <summary>The kept part of the body as text.</summary>
    public string BodyText => Encoding.UTF8.GetString(Body);

    /// <summary>Ends when the whole body is here; fails when the client went away before that.</summary>
    public Task BodyReceived => BodyReceivedSource.Task;

    /// <summary>Ends when the connection is gone before the script was done; never ends otherwise.</summary>
    public Task Aborted => AbortedSource.Task;

    /// <summary>Ends when the script was played to its end or was interrupted.</summary>
    public Task Finished => FinishedSource.Task;

    /// <summary>The first value of a header, or null.</summary>
    public string? Header(string name) =>
        Headers.FirstOrDefault(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Value;
}
