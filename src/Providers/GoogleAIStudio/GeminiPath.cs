using GatewayActors.Providers.Mapping;

namespace GatewayActors.Providers.GoogleAIStudio;

/// <summary>Reads Google's paths, which end with <c>models/{model}:{operation}</c>; AI Studio and Vertex share them.</summary>
internal static class GeminiPath
{
    /// <summary>The model between <c>models/</c> or <c>tunedModels/</c> and the last colon; null if the path names none.</summary>
    public static string? FindModel(ReadOnlySpan<char> path)
    {
        while (!path.IsEmpty)
        {
            if (RequestPath.TakeSegment(ref path) is "models" or "tunedModels")
            {
                var segment = RequestPath.FirstSegment(path);
                var colon = segment.LastIndexOf(':');
                return RequestPath.DecodeOrNull(colon < 0 ? segment : segment[..colon]);
            }
        }

        return null;
    }

    /// <summary>The kind of model by operation, and by name where an operation serves several.</summary>
    public static string? ModelType(UpstreamAddress address)
    {
        var path = address.Path.AsSpan();
        var operation = path[(path.LastIndexOf(':') + 1)..]; // the whole path if there is no colon
        return operation switch
        {
            "embedContent" or "batchEmbedContents" or "asyncBatchEmbedContent" => ModelTypes.Embeddings,
            "predictLongRunning" or "fetchPredictOperation" => ModelTypes.Video,
            "generateContent" or "streamGenerateContent" or "countTokens" or "batchGenerateContent" or "rawPredict" or "streamRawPredict" =>
                ModelTypes.TextGeneration,
            "predict" => ModelTypes.OfModel(address.Model),
            _ => ModelTypes.OfPath(path),
        };
    }
}
