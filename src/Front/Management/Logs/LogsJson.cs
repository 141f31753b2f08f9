using System.Text.Json.Serialization;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Logs;

/// <summary>How answers about log entries are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogListEnvelope))]
[JsonSerializable(typeof(Envelope<LogResource>))]
[JsonSerializable(typeof(Envelope<Nothing>))]
[JsonSerializable(typeof(Accepted))]
[JsonSerializable(typeof(string))]
internal sealed partial class LogsJson : JsonSerializerContext;
