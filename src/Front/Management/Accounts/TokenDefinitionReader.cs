using System.Globalization;
using System.Text.Json;
using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Logs;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Accounts;

/// <summary>Reads what a token may do out of a body, with one error for every mistake.</summary>
/// <remarks>As with gateways, an optional field that is absent keeps its stored value and null clears it.</remarks>
internal sealed class TokenDefinitionReader(string accountId, DateTimeOffset now)
{
    private const int MaxPolicies = 50;
    private const int MaxNetworks = 100;

    private static readonly Words<Effect> Effects = new((Effect.Allow, "allow"), (Effect.Deny, "deny"));
    private static readonly Words<Status> Statuses = new((Status.Active, "active"), (Status.Disabled, "disabled"), (Status.Expired, "expired"));

    private enum Effect
    {
        Allow,
        Deny,
    }

    private enum Status
    {
        Active,
        Disabled,
        Expired,
    }

    /// <summary>Reads a definition; of no use if a mistake was noted.</summary>
    public ApiTokenDefinition Read(JsonElement body, ApiTokenDefinition? stored, List<ApiError> errors)
    {
        var reader = new ObjectReader(body, ["body"], errors);
        var status = reader.Word("status", Statuses).Value;
        var (notBefore, expiresOn) = (ReadTime(reader, "not_before", stored?.NotBefore), ReadTime(reader, "expires_on", stored?.ExpiresOn));
        if (notBefore >= expiresOn)
        {
            reader.Fail("expires_on", "expires_on must be later than not_before");
        }
        else if (stored is null && expiresOn <= now)
        {
            reader.Fail("expires_on", "expires_on must be in the future");
        }

        var (allowed, denied) = ReadNetworks(reader, stored);
        return new()
        {
            Name = reader.Text("name", 1, 120, Need.NotNull).Value ?? "",

            // Expired is not a state that can be set: it follows from the time. Clients that send back what they got mean no change.
            Disabled = status switch
            {
                Status.Active => false,
                Status.Disabled => true,
                Status.Expired or null => stored?.Disabled ?? false,
            },
            Policies = reader.Items("policies", 1, MaxPolicies, ReadPolicy, Need.NotNull).Value ?? [],
            NotBefore = notBefore,
            ExpiresOn = expiresOn,
            AllowedNetworks = allowed,
            DeniedNetworks = denied,
        };
    }

    private static DateTimeOffset? ReadTime(ObjectReader reader, string name, DateTimeOffset? stored)
    {
        var text = reader.Text(name, 0, 64);
        if (!text.IsSet || text.Value is null)
        {
            return text.IsSet ? null : stored;
        }

        if (Times.TryParse(text.Value, out var time))
        {
            return time;
        }

        reader.Fail(name, "Invalid datetime: RFC 3339 is expected");
        return stored;
    }

    private ApiTokenPolicy? ReadPolicy(JsonElement item, ItemReader items)
    {
        if (items.Object(item) is not { } reader)
        {
            return null;
        }

        var id = reader.Text("id", 0, 64).Value;
        return new()
        {
            Id = id is not null && Identifiers.IsAccountId(id) ? id : Guid.CreateVersion7(now).ToString("N", CultureInfo.InvariantCulture),
            Deny = reader.Word("effect", Effects, Need.NotNull).Value == Effect.Deny,
            PermissionGroupIds = reader.Items("permission_groups", 1, PermissionGroups.All.Count, ReadGroup, Need.NotNull).Value ?? [],
            Resources = ReadResources(reader),
        };
    }

    private static string? ReadGroup(JsonElement item, ItemReader items)
    {
        if (items.Object(item) is not { } reader)
        {
            return null;
        }

        var id = reader.Text("id", 1, 64, Need.NotNull).Value;
        if (id is not null && PermissionGroups.Find(id) is null)
        {
            reader.Fail("id", "Unknown permission group");
        }

        return id ?? "";
    }

    private Dictionary<string, string> ReadResources(ObjectReader policy)
    {
        Dictionary<string, string> resources = new(StringComparer.Ordinal);
        if (policy.Object("resources", Need.NotNull).Value is not { } reader)
        {
            return resources;
        }

        foreach (var name in reader.Names)
        {
            if (name != PermissionGroups.AccountResource(accountId) && name != PermissionGroups.AnyAccountResource)
            {
                reader.Fail(name, $"A token of this account can name '{PermissionGroups.AccountResource(accountId)}' only");
            }
            else if (reader.Text(name, 1, 16, Need.NotNull).Value is { } scope)
            {
                if (scope != "*")
                {
                    reader.Fail(name, "The only scope of an account is '*'");
                }

                resources[name] = scope;
            }
        }

        if (!reader.Names.Any())
        {
            policy.Fail("resources", "At least one resource is needed");
        }

        return resources;
    }

    private static (IReadOnlyList<string>? Allowed, IReadOnlyList<string>? Denied) ReadNetworks(ObjectReader reader, ApiTokenDefinition? stored)
    {
        var condition = reader.Object("condition");
        if (!condition.IsSet)
        {
            return (stored?.AllowedNetworks, stored?.DeniedNetworks);
        }

        return condition.Value?.Object("request_ip").Value is { } networks ? (ReadList(networks, "in"), ReadList(networks, "not_in")) : (null, null);
    }

    private static IReadOnlyList<string>? ReadList(ObjectReader networks, string name) => networks.Items(name, 0, MaxNetworks, static (item, items) =>
    {
        var text = items.Text(item, 64);
        if (text is not null && !ClientNetworks.TryParse(text, out _))
        {
            items.Fail("Invalid network: an IP address or CIDR range is expected");
        }

        return text;
    }).Value is { Count: > 0 } list ? list : null;
}
