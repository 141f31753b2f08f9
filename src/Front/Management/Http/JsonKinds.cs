using System.Text.Json;

namespace GatewayActors.Front.Management.Http;

/// <summary>Names of JSON types in messages, as clients of the reference see them.</summary>
internal static class JsonKinds
{
    /// <summary>The name of a kind of value.</summary>
    public static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Null => "null",
        JsonValueKind.Undefined => "undefined",
    };
}
