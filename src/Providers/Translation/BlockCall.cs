using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>A call of an answer that is being written.</summary>
/// <param name="id">Its id.</param>
/// <param name="name">The function, as the client has it.</param>
/// <param name="thoughtSignature">What Google wants back with it; null for none.</param>
public sealed class BlockCall(string id, string name, string? thoughtSignature)
{
    private readonly StringBuilder _arguments = new();

    /// <summary>Its id.</summary>
    public string Id { get; } = id;

    /// <summary>The function, as the client has it.</summary>
    public string Name { get; } = name;

    /// <summary>What Google wants back with it; null for none.</summary>
    public string? ThoughtSignature { get; } = thoughtSignature;

    /// <summary>All arguments so far.</summary>
    public string Arguments => _arguments.ToString();

    /// <summary>Whether nothing more comes.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Whether there are no arguments.</summary>
    public bool IsEmpty => _arguments.Length == 0;

    /// <summary>Whether the arguments are an object from begin to end, to which nothing can be added.</summary>
    public bool IsWhole => _arguments.Length > 1 && ParseArguments() is not null;

    /// <summary>Adds a piece of the arguments.</summary>
    public void Append(string json) => _arguments.Append(json);

    /// <summary>The arguments as an object; null if they are none.</summary>
    public JsonElement? ParseArguments()
    {
        try
        {
            var parsed = JsonElement.Parse(Arguments);
            return parsed.ValueKind == JsonValueKind.Object ? parsed : null;
        }
        catch (JsonException)
        {
            return null; // A model may write what is no JSON, and a limit may cut it off.
        }
    }
}
