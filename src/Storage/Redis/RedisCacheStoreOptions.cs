namespace GatewayActors.Storage.Redis;

/// <summary>Where cached answers are kept besides the memory of silos.</summary>
public sealed class RedisCacheStoreOptions
{
    /// <summary>A connection string of StackExchange.Redis, such as <c>cache.internal:6379,defaultDatabase=1</c>.</summary>
    public string ConnectionString { get; set; } = "";
}
