using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Accounts;

/// <summary>An account as the admin API shows it.</summary>
internal sealed record AccountResource(string Id, string Name, string Type, AccountSettings Settings, string CreatedOn)
{
    public static AccountResource From(AccountRecord account) => new(account.Id, account.Name, "standard", new(), Times.Format(account.CreatedAt));
}

/// <summary>Empty: this gateway knows no settings of accounts.</summary>
internal sealed record AccountSettings;

/// <summary>An id on its own: what is left of something deleted.</summary>
internal sealed record Reference(string Id);

/// <summary>The person who calls.</summary>
internal sealed record UserResource(string Id, string? Email, string? FirstName, string? LastName);

/// <summary>That the caller may act on an account.</summary>
internal sealed record MembershipResource(string Id, string Status, MembershipAccount Account, IReadOnlyList<string> Roles);

/// <summary>The account of a membership.</summary>
internal sealed record MembershipAccount(string Id, string Name);
