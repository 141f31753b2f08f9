using System.Collections.Frozen;
using System.Globalization;
using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Usage;

/// <summary>Reads error objects and knows which kinds another attempt may get past.</summary>
internal static class StreamErrors
{
    private const int MaxKindLength = 64;
    private const int Type = 0, Code = 1, Status = 2;

    private static readonly JsonPaths Paths = new(("type", Type), ("code", Code), ("status", Status));

    private static readonly FrozenSet<string> Retryable = new[]
    {
        "overloaded_error", "overloaded", "rate_limit_error", "api_error", "timeout_error", "server_error", "internal_server_error",
        "internal_error", "service_unavailable", "service_unavailable_error", "rate_limit_exceeded", "too_many_requests", "timeout",
        "engine_overloaded", "engine_overloaded_error", "server_is_overloaded", "slow_down", "vector_store_timeout",
        "RESOURCE_EXHAUSTED", "UNAVAILABLE", "INTERNAL", "DEADLINE_EXCEEDED", "ABORTED",
        "throttlingException", "modelStreamErrorException", "serviceUnavailableException", "internalServerException",
        "modelTimeoutException", "modelNotReadyException",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // What no later attempt with the same credential gets past, whatever else the object says.
    private static readonly FrozenSet<string> Final = new[] { "insufficient_quota", "billing_error", "billing_hard_limit_reached" }
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>An error of a known kind.</summary>
    public static StreamError Of(string kind) => new(Clean(kind), IsRetryable(kind));

    /// <summary>Reads an error member: an object, or a text that is not repeated (it may quote a prompt).</summary>
    public static StreamError Parse(ReadOnlySpan<byte> raw)
    {
        var members = new CapturedMembers();
        if (raw.StartsWith("{"u8))
        {
            var scanner = new JsonMemberScanner(Paths);
            scanner.Read(raw, members);
            scanner.Reset(members);
        }

        var (type, code, status) = (members.Text(Type), members.Text(Code), members.Text(Status));
        members.Release();
        string?[] names = [type, code, status];
        var isRetryable = names.Any(name => name is not null && IsRetryable(name)) && !names.Any(name => name is not null && Final.Contains(name));
        return new(Clean(Name(type) ?? Name(status) ?? Name(code) ?? code ?? status ?? type ?? "error"), isRetryable);
    }

    private static string? Name(string? text) => text is null || IsNumber(text, out _) ? null : text;

    private static bool IsRetryable(string kind) =>
        Retryable.Contains(kind) || (IsNumber(kind, out var status) && (status is 408 or 409 or 425 or 429 or 498 || status is >= 500 and <= 599));

    private static bool IsNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string Clean(string kind) =>
        kind.Length is > 0 and <= MaxKindLength && kind.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.' or ':')
            ? kind
            : "error";
}
