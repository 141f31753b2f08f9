using System.Collections.Concurrent;
using GatewayActors.Front.CustomDomains;

namespace GatewayActors.Front.Tests.CustomDomains;

/// <summary>The records that a test sets.</summary>
internal sealed class FakeDomainRecords : IDomainRecords
{
    public ConcurrentDictionary<string, string[]> Texts { get; } = [];

    /// <summary>Names that no server answers about.</summary>
    public ConcurrentDictionary<string, bool> Silent { get; } = [];

    public Task<IReadOnlyList<string>> FindTextsAsync(string name, CancellationToken cancellationToken) => Silent.ContainsKey(name)
        ? Task.FromException<IReadOnlyList<string>>(new IOException("No name server answered."))
        : Task.FromResult<IReadOnlyList<string>>(Texts.GetValueOrDefault(name) ?? []);
}
