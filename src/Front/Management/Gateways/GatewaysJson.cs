using System.Text.Json.Serialization;
using GatewayActors.Front.Binding;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Gateways;

/// <summary>How answers about gateways are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Envelope<GatewayResource>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<GatewayResource>>))]
[JsonSerializable(typeof(Envelope<string>))]
[JsonSerializable(typeof(Envelope<BindingUrl>))]
internal sealed partial class GatewaysJson : JsonSerializerContext;
