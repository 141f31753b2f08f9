using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>A request to count the tokens of another one, in a provider's own format, and how its answer is read.</summary>
/// <param name="Path">The provider's own path, without a leading slash.</param>
/// <param name="Body">The body in the provider's format.</param>
/// <param name="Member">The member of the answer that holds the count.</param>
public sealed record CountCall(string Path, ReadOnlyMemory<byte> Body, string Member)
{
    /// <summary>The count of an answer; null if it holds none.</summary>
    public long? Read(ReadOnlySpan<byte> answer)
    {
        try
        {
            return JsonElement.Parse(answer).Integer(Member) is >= 0 and var count ? count : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
