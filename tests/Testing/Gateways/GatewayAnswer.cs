using System.Net;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Testing.Gateways;

/// <summary>A whole answer of the gateway.</summary>
public sealed record GatewayAnswer(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The status as a number.</summary>
    public int StatusCode => (int)Status;

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The body as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Body);

    /// <summary>The first code of a gateway error (<c>error[0].code</c>) or of an API error (<c>errors[0].code</c>); null if there is none.</summary>
    public int? ErrorCode
    {
        get
        {
            var json = Json;
            return (json.TryGetProperty("error", out var errors) || json.TryGetProperty("errors", out errors))
                && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0
                ? errors[0].GetProperty("code").GetInt32()
                : null;
        }
    }

    /// <summary>A header's value, or null.</summary>
    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
