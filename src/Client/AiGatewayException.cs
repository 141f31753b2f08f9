using System.Net;

namespace GatewayActors.Client;

/// <summary>The gateway has refused a call, or answered what is no answer of its.</summary>
public sealed class AiGatewayException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="message">What the gateway says.</param>
    /// <param name="status">The status.</param>
    /// <param name="code">The code of the first error; 0 if there is none.</param>
    /// <param name="requestId">The id that finds the request in the gateway's log; null if the answer has none.</param>
    /// <param name="innerException">Why the answer could not be read; null for an answer that could.</param>
    public AiGatewayException(string message, HttpStatusCode status, int code, string? requestId, Exception? innerException = null)
        : base(message, innerException) => (Status, Code, RequestId) = (status, code, requestId);

    /// <summary>The status of the answer.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>The code of the first error, such as 7002 for what does not exist; 0 if there is none.</summary>
    public int Code { get; }

    /// <summary>The id that finds the request in the gateway's log; null if the answer has none.</summary>
    public string? RequestId { get; }

    /// <summary>Whether what was asked for does not exist.</summary>
    public bool IsNotFound => Status == HttpStatusCode.NotFound;
}
