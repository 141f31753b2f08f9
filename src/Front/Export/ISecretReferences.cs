namespace GatewayActors.Front.Export;

/// <summary>Finds the values that references in a gateway's configuration stand for. Thread-safe.</summary>
internal interface ISecretReferences
{
    /// <summary>The value of a reference; null if it stands for nothing that the account's exporters may use.</summary>
    ValueTask<string?> FindAsync(string accountId, string reference, CancellationToken cancellationToken);
}
