using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Telemetry;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Messages;
using GatewayActors.Providers.Translation.Responses;

namespace GatewayActors.Front.Export.Otlp;

/// <summary>The attributes of a span, in the types that collectors expect.</summary>
internal static class SpanAttributes
{
    // What the reference sets; a client's metadata must not pass for it.
    private const string Reserved = "gen_ai.";

    public static List<KeyValuePair<string, SpanValue>> Of(ExportedSpan span)
    {
        var entry = span.Entry;
        List<KeyValuePair<string, SpanValue>> attributes = new(24);
        Add("gen_ai.request.model", entry.Model);
        Add("gen_ai.model.provider", entry.Provider);
        Add("gen_ai.usage.input_tokens", entry.TokensIn);
        Add("gen_ai.usage.output_tokens", entry.TokensOut);
        if (entry.CostUsd is { } cost)
        {
            attributes.Add(new("gen_ai.usage.cost", SpanValue.Of((double)cost)));
        }

        Add("gen_ai.prompt_json", Text(span.Prompt));
        Add("gen_ai.completion_json", Completion(span));
        Add("gen_ai.operation.name", span.Operation);
        Add("gen_ai.provider.name", TelemetryLabels.GenAIProvider(entry.Provider));
        Add("gen_ai.response.model", span.ResponseModel);
        Add("http.response.status_code", entry.StatusCode);
        Add("cf.aig.gateway", entry.GatewayId);
        Add("cf.aig.log_id", entry.IsOnlyCounted ? null : entry.Id.ToString("D"));
        Add("cf.aig.event_id", entry.EventId);
        attributes.Add(new("cf.aig.cached", SpanValue.Of(entry.Cached)));
        Add("cf.aig.step", entry.Step);
        Add("error.type", span.ErrorType);
        AddMetadata(entry.MetadataJson, attributes);
        return attributes;

        void Add<T>(string key, T? value)
        {
            switch (value)
            {
                case string { Length: > 0 } text:
                    attributes.Add(new(key, SpanValue.Of(text)));
                    break;
                case long or int:
                    attributes.Add(new(key, SpanValue.Of(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture))));
                    break;
            }
        }
    }

    private static void AddMetadata(string? metadata, List<KeyValuePair<string, SpanValue>> attributes)
    {
        if (metadata is null)
        {
            return;
        }

        var ours = attributes.Count;
        using var document = JsonDocument.Parse(metadata);
        foreach (var entry in document.RootElement.EnumerateObject())
        {
            // Keys of a span are unique, and ours say what is.
            if (!entry.Name.StartsWith(Reserved, StringComparison.Ordinal)
                && !attributes.Take(ours).Any(known => known.Key == entry.Name)
                && SpanValue.Of(entry.Value) is { } value)
            {
                attributes.Add(new(entry.Name, value));
            }
        }
    }

    private static string? Text(ReadOnlyMemory<byte> compressed) => compressed.IsEmpty ? null : Encoding.UTF8.GetString(LogBody.Decompress(compressed.Span));

    /// <summary>The answer as JSON: a stream is put together into the object that it was, where its format is known.</summary>
    private static string? Completion(ExportedSpan span)
    {
        if (span.Completion.IsEmpty)
        {
            return null;
        }

        var body = LogBody.Decompress(span.Completion.Span);
        var whole = BodyCapture.IsEventStream(span.Entry.ResponseContentType)
            ? StoredChat.ToCompletion(body) ?? StoredMessage.ToMessage(body) ?? StoredResponse.ToResponse(body) ?? body
            : body;
        return Encoding.UTF8.GetString(whole.Span);
    }
}
