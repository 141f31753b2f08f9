using System.Text.Json;

namespace GatewayActors.Front.Management.Models;

/// <summary>What a model takes and gives as a run's input and result, as JSON schemas.</summary>
internal sealed record ModelSchema(JsonElement Input, JsonElement Output)
{
    private static readonly ModelSchema Chat = Parse(
        """
        {"type":"object","required":["messages"],"properties":{
          "messages":{"type":"array","minItems":1,"items":{"type":"object","required":["role"],"properties":{"role":{"type":"string"},"content":{"type":["string","array","null"]}}}},
          "max_tokens":{"type":"integer","minimum":1},"temperature":{"type":"number"},"top_p":{"type":"number"},"stop":{"type":["string","array"]},
          "tools":{"type":"array","items":{"type":"object"}},"tool_choice":{"type":["string","object"]},"response_format":{"type":"object"},"stream":{"type":"boolean","default":false}}}
        """,
        """
        {"type":"object","properties":{"id":{"type":"string"},"model":{"type":"string"},
          "choices":{"type":"array","items":{"type":"object","properties":{"index":{"type":"integer"},"message":{"type":"object"},"finish_reason":{"type":["string","null"]}}}},"usage":{"type":"object"}}}
        """);

    private static readonly ModelSchema Messages = Parse(
        """
        {"type":"object","required":["messages","max_tokens"],"properties":{
          "messages":{"type":"array","minItems":1,"items":{"type":"object","required":["role","content"],"properties":{"role":{"enum":["user","assistant"]},"content":{"type":["string","array"]}}}},
          "max_tokens":{"type":"integer","minimum":1},"system":{"type":["string","array"]},"temperature":{"type":"number"},"tools":{"type":"array","items":{"type":"object"}},"stream":{"type":"boolean","default":false}}}
        """,
        """
        {"type":"object","properties":{"id":{"type":"string"},"model":{"type":"string"},"content":{"type":"array","items":{"type":"object"}},"stop_reason":{"type":["string","null"]},"usage":{"type":"object"}}}
        """);

    private static readonly ModelSchema HostedChat = Parse(
        """
        {"type":"object","oneOf":[{"required":["prompt"]},{"required":["messages"]}],"properties":{
          "prompt":{"type":"string","minLength":1},"messages":{"type":"array","items":{"type":"object","required":["role","content"]}},
          "max_tokens":{"type":"integer","minimum":1},"temperature":{"type":"number"},"tools":{"type":"array","items":{"type":"object"}},"stream":{"type":"boolean","default":false}}}
        """,
        """
        {"type":"object","properties":{"response":{"type":"string"},"tool_calls":{"type":"array","items":{"type":"object"}},"usage":{"type":"object"}}}
        """);

    private static readonly ModelSchema Embeddings = Parse(
        """
        {"type":"object","required":["input"],"properties":{"input":{"type":["string","array"]},"dimensions":{"type":"integer","minimum":1},"encoding_format":{"enum":["float","base64"]}}}
        """,
        """
        {"type":"object","properties":{"data":{"type":"array","items":{"type":"object","properties":{"index":{"type":"integer"},"embedding":{"type":["array","string"]}}}},"usage":{"type":"object"}}}
        """);

    private static readonly ModelSchema HostedEmbeddings = Parse(
        """
        {"type":"object","required":["text"],"properties":{"text":{"type":["string","array"]}}}
        """,
        """
        {"type":"object","properties":{"shape":{"type":"array","items":{"type":"integer"}},"data":{"type":"array","items":{"type":"array","items":{"type":"number"}}}}}
        """);

    // Of other tasks every model has a format of its own.
    private static readonly ModelSchema Any = Parse("""{"type":"object"}""", """{"type":"object"}""");

    /// <summary>The schemas of a model: what is common to its kind.</summary>
    public static ModelSchema Of(CatalogueModel model) => (model.Resource.Task, model.Provider.IsHosted) switch
    {
        var (task, hosted) when task == ModelTasks.TextGeneration => hosted ? HostedChat : model.Provider.MessagesPath("messages") is null ? Chat : Messages,
        var (task, hosted) when task == ModelTasks.Embeddings => hosted ? HostedEmbeddings : Embeddings,
        _ => Any,
    };

    private static ModelSchema Parse(string input, string output) => new(JsonElement.Parse(input), JsonElement.Parse(output));
}
