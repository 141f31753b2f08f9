using LinqToDB;
using LinqToDB.Mapping;

namespace GatewayActors.Storage.Logs;

/// <summary>What queries need beyond LINQ, written for each database. The one place with a database's own SQL in queries.</summary>
internal static class LogSql
{
    /// <summary>The function that <see cref="ContainsAny"/> calls in SQLite, registered on each connection.</summary>
    public const string SqliteContains = "contains_ignoring_case";

    /// <summary>Whether a text contains another, ignoring case.</summary>
    /// <remarks>Looks twice: most needles are ASCII, for which SQLite's own functions are right and many times faster than a call back.</remarks>
    public static bool IsAscii(string needle) => needle.All(char.IsAscii);

    /// <summary>Whether a text contains a lower-case ASCII needle, ignoring case.</summary>
    [Sql.Expression(ProviderName.SQLite, "(instr(lower({0}), {1}) > 0)", IsPredicate = true, ServerSideOnly = true, IsNullable = Sql.IsNullableType.NotNullable)]
    public static bool ContainsAscii(string? text, string lowerNeedle) => throw ServerSideOnly();

    /// <summary>Whether a text contains any needle, ignoring case.</summary>
    [Sql.Expression(ProviderName.SQLite, "(" + SqliteContains + "({0}, {1}) = 1)", IsPredicate = true, ServerSideOnly = true, IsNullable = Sql.IsNullableType.NotNullable)]
    public static bool ContainsAny(string? text, string needle) => throw ServerSideOnly();

    /// <summary>The usual text of an id.</summary>
    [Sql.Expression(
        ProviderName.SQLite,
        "lower(substr(hex({0}), 1, 8) || '-' || substr(hex({0}), 9, 4) || '-' || substr(hex({0}), 13, 4) || '-' || substr(hex({0}), 17, 4) || '-' || substr(hex({0}), 21))",
        ServerSideOnly = true,
        IsNullable = Sql.IsNullableType.NotNullable)]
    public static string IdText(byte[] id) => throw ServerSideOnly();

    /// <summary>Whether an entry comes after another in the order of the table, in a form that finds its place in there.</summary>
    [Sql.Expression(ProviderName.SQLite, "(({0}, {1}) > ({2}, {3}))", IsPredicate = true, ServerSideOnly = true, IsNullable = Sql.IsNullableType.NotNullable)]
    public static bool IsAfter(long createdUs, byte[] id, long otherUs, byte[] otherId) => throw ServerSideOnly();

    /// <summary>Whether an entry comes before another in the order of the table.</summary>
    [Sql.Expression(ProviderName.SQLite, "(({0}, {1}) < ({2}, {3}))", IsPredicate = true, ServerSideOnly = true, IsNullable = Sql.IsNullableType.NotNullable)]
    public static bool IsBefore(long createdUs, byte[] id, long otherUs, byte[] otherId) => throw ServerSideOnly();

    /// <summary>The members of a JSON object; none where the text is absent or is not JSON, so that one bad entry cannot stop every query.</summary>
    [Sql.TableExpression(ProviderName.SQLite, "json_each(CASE WHEN json_valid({3}) THEN {3} END) {1}")]
    public static IQueryable<JsonMember> Members(IDataContext database, [ExprParameter] string? json) =>
        database.TableFromExpression<JsonMember>(() => (ITable<JsonMember>)Members(database, json));

    /// <summary>A member's value as text: strings without quotes, <c>true</c> and <c>false</c>, numbers as SQLite writes them.</summary>
    [Sql.Expression(
        ProviderName.SQLite,
        "CASE WHEN {0} IN ('true', 'false') THEN {0} ELSE CAST({1} AS TEXT) END",
        ServerSideOnly = true,
        IsNullable = Sql.IsNullableType.Nullable)]
    public static string? MemberText(string type, string? atom) => throw ServerSideOnly();

    private static InvalidOperationException ServerSideOnly() => new("This runs in the database only.");
}

/// <summary>A row of SQLite's <c>json_each</c>.</summary>
internal sealed class JsonMember
{
    [Column("key"), NotNull] public string Key { get; set; } = "";

    [Column("type"), NotNull] public string Type { get; set; } = "";

    /// <summary>The value; null for JSON null, arrays and objects.</summary>
    [Column("atom")] public string? Atom { get; set; }
}
