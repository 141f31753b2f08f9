using GatewayActors.Providers.Requests;

namespace GatewayActors.Front.Pipeline;

/// <summary>Finds the model that a request's body names, and whether it asks for a stream.</summary>
internal static class RequestModel
{
    public static RequestFacts Find(ReadOnlySpan<byte> head, string? contentType, UpstreamRoute route)
    {
        if (head.IsEmpty)
        {
            return RequestFacts.None;
        }

        var member = route.Provider.ModelMemberAt(route.Address);
        return contentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) == true
            ? MultipartInspector.Inspect(head, contentType)
            : RequestInspector.Inspect(head, member);
    }
}
