using System.Text.Json;

namespace GatewayActors.Providers.Realtime;

/// <summary>Finds what people and models say in the messages of realtime sessions. Stateless; thread-safe.</summary>
public abstract class RealtimeTexts
{
    /// <summary>What a message of the client tells the model.</summary>
    public abstract IEnumerable<RealtimeText> OfClient(JsonElement message);

    /// <summary>What a message of the provider holds: pieces of what the model says, or all of what the user has said.</summary>
    public abstract IEnumerable<RealtimeText> OfProvider(JsonElement message);

    /// <summary>Whether a message of the provider ends what the model has said in pieces.</summary>
    public abstract bool EndsAnswer(JsonElement message);

    /// <summary>The message that tells a client in the provider's own form why the session ends.</summary>
    public abstract string Error(string message);

    /// <summary>A member, if an object has it.</summary>
    protected static JsonElement? Get(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } parent && parent.TryGetProperty(name, out var value) ? value : null;

    /// <summary>The elements of an array; none of anything else.</summary>
    protected static IEnumerable<JsonElement> Items(JsonElement? element) => element is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>A text; none of anything else.</summary>
    protected static IEnumerable<RealtimeText> Text(JsonElement? element, RealtimeRole role) =>
        element is { ValueKind: JsonValueKind.String } text && text.GetString() is { Length: > 0 } said ? [new(role, said)] : [];
}

/// <summary>A text of a session.</summary>
/// <param name="Role">Whose it is.</param>
/// <param name="Text">The text.</param>
public readonly record struct RealtimeText(RealtimeRole Role, string Text);

/// <summary>Whose a <see cref="RealtimeText"/> is.</summary>
public enum RealtimeRole
{
    /// <summary>The user's.</summary>
    User,

    /// <summary>The instructions to the model.</summary>
    System,

    /// <summary>A piece of the model's.</summary>
    Assistant,

    /// <summary>What a tool returned.</summary>
    Tool,
}
