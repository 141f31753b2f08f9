using System.Text.Json;

namespace GatewayActors.Providers.Translation.Embeddings;

/// <summary>Takes a request for embeddings in OpenAI's format apart.</summary>
public static class EmbeddingRequestReader
{
    /// <summary>Most texts of a request: OpenAI's own limit.</summary>
    public const int MaxInputs = 2048;

    /// <summary>Reads a body.</summary>
    /// <param name="body">The body.</param>
    /// <param name="model">The model, without its provider.</param>
    /// <exception cref="RefusedRequestException">It is no request for embeddings of text.</exception>
    public static EmbeddingRequest Read(ReadOnlyMemory<byte> body, string model)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.IsObject ? Read(document.RootElement, model) : throw new RefusedRequestException("The body must be a JSON object.", null);
        }
        catch (JsonException)
        {
            throw new RefusedRequestException("The body is not valid JSON.", null);
        }
        catch (InvalidOperationException)
        {
            // The parser lets escapes through that are no characters, and throws when they are read.
            throw new RefusedRequestException("The body holds text that is not valid Unicode.", null);
        }
    }

    private static EmbeddingRequest Read(JsonElement root, string model)
    {
        var taskType = Word(root, "task_type");
        return new()
        {
            Model = model,
            Inputs = ReadInputs(root.Member("input")),
            Dimensions = ReadDimensions(root),
            IsBase64 = Word(root, "encoding_format") switch
            {
                null or "float" => false,
                "base64" => true,
                _ => throw new RefusedRequestException("It must be float or base64.", "encoding_format"),
            },
            Purpose = Word(root, "input_type") is { } type ? ReadPurpose(type) : PurposeOf(taskType),
            TaskType = taskType,
            Truncate = Word(root, "truncate")?.ToUpperInvariant() switch
            {
                null => null,
                "NONE" or "START" or "END" => root.Text("truncate")!.ToUpperInvariant(),
                _ => throw new RefusedRequestException("It must be NONE, START or END.", "truncate"),
            },
            Others = [.. root.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null).Select(member => member.Name).Where(IsOther).Distinct()],
        };
    }

    private static bool IsOther(string name) =>
        name is not ("model" or "input" or "dimensions" or "encoding_format" or "input_type" or "task_type" or "truncate");

    private static List<string> ReadInputs(JsonElement input)
    {
        switch (input.ValueKind)
        {
            case JsonValueKind.String:
                return [ReadInput(input, "input")];
            case JsonValueKind.Array when input.GetArrayLength() > 0:
                if (input.GetArrayLength() > MaxInputs && input[0].ValueKind == JsonValueKind.String)
                {
                    throw new RefusedRequestException($"It holds more than {MaxInputs} texts.", "input");
                }

                var inputs = new List<string>(input.GetArrayLength());
                foreach (var item in input.EnumerateArray())
                {
                    inputs.Add(ReadInput(item, $"input[{inputs.Count}]"));
                }

                return inputs;
            default:
                throw new RefusedRequestException("It must be a text or an array of texts.", "input");
        }
    }

    private static string ReadInput(JsonElement input, string place) => input.ValueKind switch
    {
        JsonValueKind.String => input.GetString() is { Length: > 0 } text ? text : throw new RefusedRequestException("A text must not be empty.", place),
        JsonValueKind.Number or JsonValueKind.Array => throw new RefusedRequestException(
            "Ids of tokens mean nothing to this provider, whose models cut text in their own way: send the text.", "input"),
        _ => throw new RefusedRequestException("It must be a text.", place),
    };

    private static int? ReadDimensions(JsonElement root) => root.Member("dimensions") switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var number) && number > 0 => number,
        _ => throw new RefusedRequestException("It must be a whole number above 0.", "dimensions"),
    };

    private static string? Word(JsonElement root, string name) =>
        root.Text(name) ?? (root.Member(name).IsDefined ? throw new RefusedRequestException("It must be a text.", name) : null);

    private static EmbeddingPurpose ReadPurpose(string type) => type switch
    {
        "search_document" => EmbeddingPurpose.Document,
        "search_query" => EmbeddingPurpose.Query,
        "classification" => EmbeddingPurpose.Classification,
        "clustering" => EmbeddingPurpose.Clustering,
        _ => throw new RefusedRequestException("It must be search_document, search_query, classification or clustering.", "input_type"),
    };

    private static EmbeddingPurpose? PurposeOf(string? taskType) => taskType switch
    {
        "RETRIEVAL_DOCUMENT" => EmbeddingPurpose.Document,
        "RETRIEVAL_QUERY" => EmbeddingPurpose.Query,
        "CLASSIFICATION" => EmbeddingPurpose.Classification,
        "CLUSTERING" => EmbeddingPurpose.Clustering,
        _ => null,
    };
}
