using LinqToDB;
using LinqToDB.Data;

namespace GatewayActors.Storage.Logs;

/// <summary>The tables of the request log for queries. Belongs to one connection, and like it to one thread at a time.</summary>
internal sealed class LogDatabase(DataOptions options) : DataConnection(options)
{
    public ITable<GatewayRow> Gateways => this.GetTable<GatewayRow>();

    public ITable<LogRow> Entries => this.GetTable<LogRow>();

    public ITable<RollupRow> Rollups => this.GetTable<RollupRow>();

    public GatewayRow? FindGateway(string accountId, string gatewayId) =>
        Gateways.FirstOrDefault(gateway => gateway.AccountId == accountId && gateway.GatewayId == gatewayId);
}
