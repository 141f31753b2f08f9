using LinqToDB;
using LinqToDB.Data;

namespace GatewayActors.Storage.Logs;

/// <summary>The tables of the request log for queries. Belongs to one connection, and like it to one thread at a time.</summary>
internal sealed class LogDatabase(DataOptions options) : DataConnection(options)
{
    public ITable<GatewayRow> Gateways => this.GetTable<GatewayRow>();

    public ITable<LogRow> Entries => this.GetTable<LogRow>();

    public ITable<RollupRow> MinuteRollups => this.GetTable<RollupRow>().TableName(RollupTables.Minute);

    public ITable<RollupRow> HourRollups => this.GetTable<RollupRow>().TableName(RollupTables.Hour);

    public ITable<MetadataRollupRow> MetadataRollups => this.GetTable<MetadataRollupRow>();

    public GatewayRow? FindGateway(string accountId, string gatewayId) =>
        Gateways.FirstOrDefault(gateway => gateway.AccountId == accountId && gateway.GatewayId == gatewayId);
}

/// <summary>The names of the tables with sums.</summary>
internal static class RollupTables
{
    public const string Minute = "rollup_minute";
    public const string Hour = "rollup_hour";
    public const string Metadata = "rollup_metadata";
}
