using System.Text.Json;
using System.Text.Json.Serialization;

namespace GatewayActors.Providers.Tests.Translation.Typed;

/// <summary>Reads bodies into types that know every member: one that they do not know, or that lacks, is an error, as it is to the provider.</summary>
internal static class StrictJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNameCaseInsensitive = false,
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    private static readonly JsonSerializerOptions SnakeCase = new(Options) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static T CamelCased<T>(ReadOnlyMemory<byte> body) => JsonSerializer.Deserialize<T>(body.Span, Options)!;

    public static T SnakeCased<T>(ReadOnlyMemory<byte> body) => JsonSerializer.Deserialize<T>(body.Span, SnakeCase)!;
}
