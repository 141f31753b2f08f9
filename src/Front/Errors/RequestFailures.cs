using Microsoft.AspNetCore.Connections;

namespace GatewayActors.Front.Errors;

/// <summary>What the server found wrong with a request's body.</summary>
internal static class RequestFailures
{
    // The server's only sign that the client closed or reset the connection in the middle of its body; the reason itself is internal
    // to the server. A test holds it to this text.
    private const string UnexpectedEnd = "Unexpected end of request content.";

    /// <summary>Whether the client went away while its body was read. Known here earlier than by the token of the aborted request.</summary>
    public static bool IsClientGone(IOException exception) =>
        exception is ConnectionResetException or BadHttpRequestException { Message: UnexpectedEnd };

    /// <summary>
    /// Whether the body itself is to blame. The server has no exception of its own for the size of a chunk that is no number it can hold.
    /// </summary>
    public static bool IsMalformed(IOException exception) => exception is BadHttpRequestException or { InnerException: OverflowException };

    /// <summary>The error of a body that a client who is still there has sent.</summary>
    public static GatewayError Of(IOException exception) => exception is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }
        ? new(GatewayErrorKind.RequestTooLarge, "The request's body is larger than this gateway accepts.")
        : new(GatewayErrorKind.MalformedRequest, "The request's body ended early or is not well formed.");
}
