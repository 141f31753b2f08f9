namespace GatewayActors.Front.Errors;

/// <summary>What the server found wrong with a request's body.</summary>
internal static class RequestFailures
{
    public static GatewayError Of(BadHttpRequestException exception) => exception.StatusCode == StatusCodes.Status413PayloadTooLarge
        ? new(GatewayErrorKind.RequestTooLarge, "The request's body is larger than this gateway accepts.")
        : new(GatewayErrorKind.MalformedRequest, "The request's body ended early or is not well formed.");
}
