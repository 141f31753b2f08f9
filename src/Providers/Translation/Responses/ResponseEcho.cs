using System.Runtime.InteropServices;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Responses;

/// <summary>What an answer in the format of Responses needs to know about its request.</summary>
public sealed record ResponseEcho
{
    // The members that every answer repeats, with what they are where the request does not say.
    private static readonly (string Name, string Otherwise)[] Repeated =
    [
        ("instructions", "null"), ("max_output_tokens", "null"), ("max_tool_calls", "null"), ("metadata", "{}"), ("parallel_tool_calls", "true"), ("reasoning", """{"effort":null,"summary":null}"""),
        ("safety_identifier", "null"), ("service_tier", "\"default\""), ("temperature", "1.0"), ("text", """{"format":{"type":"text"}}"""), ("tool_choice", "\"auto\""), ("tools", "[]"),
        ("top_logprobs", "0"), ("top_p", "1.0"), ("truncation", "\"disabled\""), ("user", "null"),
    ];

    /// <summary>The members that are repeated, as JSON.</summary>
    public IReadOnlyList<KeyValuePair<string, ReadOnlyMemory<byte>>> Members { get; init; } = [];

    /// <summary>The functions that the client has as tools of free text.</summary>
    public IReadOnlySet<string> CustomTools { get; init; } = new HashSet<string>();

    /// <summary>Whether the client asks for reasoning that it can send back.</summary>
    public bool WantsEncryptedReasoning { get; init; }

    /// <summary>Copies the members of a request that its answer repeats.</summary>
    internal static KeyValuePair<string, ReadOnlyMemory<byte>>[] Of(JsonElement root) =>
    [
        .. Repeated.Select(member => KeyValuePair.Create<string, ReadOnlyMemory<byte>>(
            member.Name,
            root.Member(member.Name) is { ValueKind: not JsonValueKind.Undefined } value ? JsonMarshal.GetRawUtf8Value(value).ToArray() : System.Text.Encoding.UTF8.GetBytes(member.Otherwise))),
    ];
}
