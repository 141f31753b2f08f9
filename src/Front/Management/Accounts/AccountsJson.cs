using System.Text.Json.Serialization;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Accounts;

/// <summary>How answers about accounts, tokens and identities are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Envelope<AccountResource>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<AccountResource>>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<MembershipResource>>))]
[JsonSerializable(typeof(Envelope<UserResource>))]
[JsonSerializable(typeof(Envelope<Reference>))]
[JsonSerializable(typeof(Envelope<TokenResource>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<TokenResource>>))]
[JsonSerializable(typeof(Envelope<TokenStatusResource>))]
[JsonSerializable(typeof(Envelope<IReadOnlyList<PermissionGroupResource>>))]
[JsonSerializable(typeof(Envelope<string>))]
internal sealed partial class AccountsJson : JsonSerializerContext;
