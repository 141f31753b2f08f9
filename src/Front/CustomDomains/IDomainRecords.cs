namespace GatewayActors.Front.CustomDomains;

/// <summary>Asks the domain name system.</summary>
internal interface IDomainRecords
{
    /// <summary>The TXT records of a name; empty if there are none.</summary>
    /// <exception cref="IOException">No name server answered.</exception>
    Task<IReadOnlyList<string>> FindTextsAsync(string name, CancellationToken cancellationToken);
}
