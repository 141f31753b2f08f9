using System.Text.Json.Serialization;

namespace GatewayActors.Front.Management.Http;

/// <summary>How the envelopes without a result are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorEnvelope))]
internal sealed partial class HttpJson : JsonSerializerContext;
