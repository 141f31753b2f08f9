using GatewayActors.Abstractions.Accounts;

namespace GatewayActors.Grains.Tests.Accounts;

internal static class Tokens
{
    public static ApiTokenDefinition Definition(string name = "token") => new()
    {
        Name = name,
        Disabled = false,
        Policies =
        [
            new()
            {
                Id = new string('a', 32),
                Deny = false,
                PermissionGroupIds = [PermissionGroups.All[2].Id],
                Resources = new Dictionary<string, string> { [PermissionGroups.AnyAccountResource] = "*" },
            },
        ],
    };
}
