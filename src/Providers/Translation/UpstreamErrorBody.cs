using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace GatewayActors.Providers.Translation;

/// <summary>Puts a provider's error into OpenAI's form; the status stays, but for a few that OpenAI's clients would take wrongly.</summary>
public static partial class UpstreamErrorBody
{
    private const int MostShown = 500;

    private static readonly string[] Overflow = ["prompt is too long", "maximum context length", "input token count", "too many tokens"];

    /// <summary>Reads an error.</summary>
    /// <param name="status">The upstream's status, 400 or above.</param>
    /// <param name="body">The upstream's body.</param>
    public static ChatFault Read(int status, ReadOnlyMemory<byte> body)
    {
        var (message, code) = ReadBody(body);
        message = HideKeys(message);
        if (status == 400 && code == "API_KEY_INVALID")
        {
            status = 401;
        }
        else if (status is 424)
        {
            status = 502;
        }

        return new(status, TypeOf(status), CodeOf(status, code, message), message.Length > 0 ? message : $"The provider answered with status {status}.");
    }

    /// <summary>A provider's words without what looks like a key: some repeat the one that they refuse.</summary>
    internal static string HideKeys(string message) => Keys.Replace(message, "[hidden]");

    /// <summary>OpenAI's type of a status.</summary>
    public static string TypeOf(int status) => status switch
    {
        400 or 413 or 422 => "invalid_request_error",
        401 => "authentication_error",
        402 => "insufficient_quota",
        403 => "permission_error",
        404 => "not_found_error",
        408 or 504 => "timeout_error",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    private static string? CodeOf(int status, string? code, string message) => status switch
    {
        400 when Array.Exists(Overflow, words => message.Contains(words, StringComparison.OrdinalIgnoreCase)) => "context_length_exceeded",
        429 => code?.Contains("quota", StringComparison.OrdinalIgnoreCase) == true ? "insufficient_quota" : "rate_limit_exceeded",
        _ => code,
    };

    private static (string Message, string? Code) ReadBody(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root is { ValueKind: JsonValueKind.Array } && root.GetArrayLength() > 0)
            {
                root = root[0];
            }

            if (Message(root) is { Length: > 0 } message)
            {
                return (message, Code(root));
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Shown as text. The second one is a text with half a surrogate pair.
        }

        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, MostShown)]).Trim();
        return (text, null);
    }

    private static string? Message(JsonElement root)
    {
        if (!root.IsObject)
        {
            return null;
        }

        return root.Member("error").Text("message")
            ?? root.Text("error")
            ?? root.Text("message")
            ?? Details(root.Member("message").Member("detail"))
            ?? root.Text("Message")
            ?? Details(root.Member("detail"))
            ?? First(root.Items("errors")).Text("message")
            ?? root.Text("err_msg")
            ?? root.Text("title");
    }

    private static string? Details(JsonElement detail) => detail.ValueKind switch
    {
        JsonValueKind.String => detail.GetString(),
        JsonValueKind.Object => detail.Text("message"),
        JsonValueKind.Array => string.Join("; ", detail.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString() : item.Text("msg")).OfType<string>()),
        _ => null,
    };

    // Google states its reason beside its status; AWS and others name the class.
    private static string? Code(JsonElement root)
    {
        var error = root.Member("error");
        return First(error.Items("details")).Text("reason")
            ?? error.Text("status")
            ?? error.Text("type")
            ?? error.Text("code")
            ?? root.Text("__type")
            ?? root.Text("type")
            ?? root.Text("code");
    }

    private static JsonElement First(JsonElement.ArrayEnumerator items) => items.MoveNext() ? items.Current : default;

    [GeneratedRegex(@"\b(sk-[A-Za-z0-9_\-]{8,}|AIza[A-Za-z0-9_\-]{20,}|gw[as]_[A-Za-z0-9_\-]{16,}|AKIA[A-Z0-9]{12,}|Bearer\s+[A-Za-z0-9._\-]{12,})", RegexOptions.CultureInvariant)]
    private static partial Regex Keys { get; }
}
