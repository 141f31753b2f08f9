using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace GatewayActors.Front.Configuration;

/// <summary>What an option accepts beyond its type; checked when the process starts.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal abstract class SettingRuleAttribute : Attribute
{
    /// <summary>What is accepted, as it stands after "accepted:" in a message.</summary>
    public abstract string Accepted { get; }

    /// <summary>Whether a value, already converted to the option's type, is accepted.</summary>
    public abstract bool Accepts(object value);
}

/// <summary>Marks an option whose value is never shown.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;

/// <summary>A closed range.</summary>
internal sealed class BetweenAttribute : SettingRuleAttribute
{
    private readonly Func<object, bool> _accepts;

    /// <summary>A range of whole numbers.</summary>
    public BetweenAttribute(long minimum, long maximum)
    {
        _accepts = value => Convert.ToInt64(value, CultureInfo.InvariantCulture) is var number && number >= minimum && number <= maximum;
        Accepted = string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum} to {maximum}");
    }

    /// <summary>A range of times, as <c>[d.]hh:mm:ss[.fff]</c>.</summary>
    public BetweenAttribute(string minimum, string maximum)
    {
        var (shortest, longest) = (TimeSpan.Parse(minimum, CultureInfo.InvariantCulture), TimeSpan.Parse(maximum, CultureInfo.InvariantCulture));
        _accepts = value => value is TimeSpan time && time >= shortest && time <= longest;
        Accepted = $"a time from {minimum} to {maximum}, such as 00:00:05, 5s or 500ms";
    }

    public override string Accepted { get; }

    public override bool Accepts(object value) => _accepts(value);
}

/// <summary>Text of one form.</summary>
internal sealed class PatternAttribute(string pattern, string accepted) : SettingRuleAttribute
{
    // \z in place of $: .NET's $ also matches before a final line feed.
    private readonly Regex _pattern = new(pattern.EndsWith('$') ? pattern[..^1] + @"\z" : pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    public override string Accepted => accepted;

    public override bool Accepts(object value) => _pattern.IsMatch((string)value);
}

/// <summary>An absolute URL without user information, query and fragment.</summary>
internal sealed class HttpAddressAttribute(params string[] schemes) : SettingRuleAttribute
{
    public override string Accepted =>
        $"an absolute {string.Join(" or ", schemes.Select(scheme => scheme + "://"))} URL without user information, query or fragment";

    public override bool Accepts(object value) =>
        Uri.TryCreate((string)value, UriKind.Absolute, out var uri)
        && schemes.Contains(uri.Scheme, StringComparer.Ordinal)
        && uri.Host.Length > 0
        && uri.UserInfo.Length == 0
        && !((string)value).AsSpan().ContainsAny("?#@ ");
}

/// <summary>An address to listen on: scheme, host and port.</summary>
internal sealed class ListenAddressAttribute : SettingRuleAttribute
{
    public override string Accepted => "http://{host}:{port} without a path, where host may be *";

    public override bool Accepts(object value)
    {
        try
        {
            var text = (string)value;
            var address = BindingAddress.Parse(text);
            return address.Scheme == "http"
                && address.PathBase.Length == 0
                && !address.IsUnixPipe
                && !address.IsNamedPipe
                && address.Port is > 0 and <= 65_535
                && text.AsSpan(text.IndexOf("://", StringComparison.Ordinal) + 3).Contains(':')
                && !text.AsSpan().ContainsAny("?#@ ");
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
