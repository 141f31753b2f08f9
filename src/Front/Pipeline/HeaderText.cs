using System.Text;
using System.Text.Unicode;

namespace GatewayActors.Front.Pipeline;

/// <summary>Headers pass as bytes, each a character of Latin-1; what the gateway itself reads may be text of clients that write UTF-8.</summary>
internal static class HeaderText
{
    /// <summary>The text of a value; one that is not UTF-8 stays as it is.</summary>
    public static string FromUtf8(string value)
    {
        if (Ascii.IsValid(value))
        {
            return value;
        }

        var bytes = Encoding.Latin1.GetBytes(value);
        return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : value;
    }

    /// <summary>A text as it would have come in a header, for values that came in JSON.</summary>
    public static string ToUtf8(string text) => Ascii.IsValid(text) ? text : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}
