namespace GatewayActors.Testing;

/// <summary>The real servers that <c>./test.sh</c> starts. Tests that use one carry <c>[Trait("Needs", "servers")]</c>.</summary>
public static class TestServers
{
    /// <summary>Redis, as <c>host:port</c>.</summary>
    public static string Redis => Read("GATEWAY_TEST_REDIS");

    /// <summary>A connection string of Azurite.</summary>
    public static string Storage => Read("GATEWAY_TEST_STORAGE");

    /// <summary>A connection string of PostgreSQL; its user may create databases.</summary>
    public static string Postgres => Read("GATEWAY_TEST_POSTGRES");

    private static string Read(string variable) =>
        Environment.GetEnvironmentVariable(variable)
        ?? throw new InvalidOperationException($"{variable} is not set: ./test.sh starts the servers that this test needs.");
}
