using GatewayActors.Providers.Requests;

namespace GatewayActors.Front.Pipeline;

/// <summary>Finds the model that a request's body names.</summary>
internal static class RequestModel
{
    public static string? Find(ReadOnlySpan<byte> head, string? contentType, UpstreamRoute route)
    {
        if (head.IsEmpty)
        {
            return null;
        }

        var member = route.Provider.ModelMemberAt(route.Address);
        return contentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) == true
            ? MultipartInspector.Inspect(head, contentType).Model
            : RequestInspector.Inspect(head, member).Model;
    }
}
