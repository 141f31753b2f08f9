using System.Text;

namespace GatewayActors.Front.Management.Logs;

/// <summary>The beginning of a stored body.</summary>
/// <param name="Text">At most <see cref="MaxBytes"/> bytes, cut between characters.</param>
/// <param name="Complete">Whether nothing was cut.</param>
internal readonly record struct LogHead(string Text, bool Complete)
{
    /// <summary>Most bytes of a head.</summary>
    public const int MaxBytes = 4096;

    /// <summary>Cuts a body; what is not UTF-8 becomes replacement characters.</summary>
    public static LogHead Of(ReadOnlySpan<byte> body)
    {
        if (body.Length <= MaxBytes)
        {
            return new(Encoding.UTF8.GetString(body), true);
        }

        var end = MaxBytes;

        // At most three continuation bytes belong to one character; more of them are no UTF-8, where any cut is as good.
        for (var back = 0; back < 3 && (body[end] & 0xC0) == 0x80; back++)
        {
            end--;
        }

        return new(Encoding.UTF8.GetString(body[..((body[end] & 0xC0) == 0x80 ? MaxBytes : end)]), false);
    }
}
