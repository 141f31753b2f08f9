using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Accounts;

/// <summary>Finds the accounts that a caller may see: a token's own, a person's, or all of them.</summary>
internal static class AccountCatalog
{
    /// <summary>One page of the accounts, oldest first unless asked otherwise.</summary>
    public static async Task<(IReadOnlyList<AccountRecord> Accounts, long TotalCount)> ListAsync(
        IGrainFactory grains, TokenPrincipal token, AccountQuery query, CancellationToken cancellationToken)
    {
        var person = token.Person;
        var ids = token.AccountId is { } own ? [own]
            : person is { HasEveryAccount: false } ? person.AccountIds
            : await grains.GetGrain<IAccountDirectoryGrain>(GrainKeys.AccountDirectory).ListAsync(cancellationToken);
        if (query.Direction == SortDirection.Descending)
        {
            ids = [.. ids.Reverse()];
        }

        // Names live with the accounts, so a search by name must read them all; without one only the page is read. The accounts that an operator
        // has named for somebody may not exist.
        if (query.Name is null && person is not { HasEveryAccount: false })
        {
            return (await ReadAsync(grains, query.Paging.Of(ids), cancellationToken), ids.Count);
        }

        var found = (await ReadAsync(grains, ids, cancellationToken))
            .Where(account => query.Name is null || account.Name.Contains(query.Name, StringComparison.OrdinalIgnoreCase))
            .ToArray();
        return ([.. query.Paging.Of(found)], found.Length);
    }

    private static async Task<IReadOnlyList<AccountRecord>> ReadAsync(IGrainFactory grains, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        List<AccountRecord> accounts = [];
        foreach (var chunk in ids.Chunk(100))
        {
            var read = await Task.WhenAll(chunk.Select(id => grains.GetGrain<IAccountGrain>(GrainKeys.Account(id)).GetAsync(cancellationToken)));
            accounts.AddRange(read.OfType<AccountRecord>());
        }

        return accounts;
    }
}

/// <summary>Which accounts, and in which order.</summary>
internal sealed record AccountQuery(Paging Paging, string? Name, SortDirection Direction)
{
    /// <summary>Reads the query of a list.</summary>
    public static AccountQuery Read(QueryReader query) => new(
        query.Paging(maxPerPage: 1000), query.Text("name"), query.Word("direction", SortDirections.Words) ?? SortDirection.Ascending);
}
