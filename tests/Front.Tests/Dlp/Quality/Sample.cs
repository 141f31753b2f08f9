using System.Globalization;
using System.Numerics;

namespace GatewayActors.Front.Tests.Dlp.Quality;

/// <summary>A class of things to be found: how to make one, how to make what only looks like one, and what people write around both.</summary>
/// <param name="Label">The label of the entries that must find it.</param>
/// <param name="Positive">Makes one.</param>
/// <param name="NearMiss">Makes what is none.</param>
/// <param name="Sentences">Texts around either, with <c>{0}</c> for it.</param>
internal sealed record SampleClass(string Label, Func<Random, string> Positive, Func<Random, string> NearMiss, params string[] Sentences)
{
    /// <summary>One to be found, and where it stands.</summary>
    public (string Text, int Start, int Length) MakePositive(Random random)
    {
        var (value, sentence) = (Positive(random), random.Pick(Sentences));
        return (sentence.Replace("{0}", value, StringComparison.Ordinal), sentence.IndexOf("{0}", StringComparison.Ordinal), value.Length);
    }

    /// <summary>One not to be found.</summary>
    public string MakeNearMiss(Random random) => random.Pick(Sentences).Replace("{0}", NearMiss(random), StringComparison.Ordinal);
}

/// <summary>Makes parts of samples. Check digits are computed here on their own: a mistake of the detectors must not repeat itself in what they are measured by.</summary>
internal static class Make
{
    public static T Pick<T>(this Random random, params T[] items) => items[random.Next(items.Length)];

    public static string Digits(this Random random, int count) => string.Create(count, random, (span, source) =>
    {
        foreach (ref var c in span)
        {
            c = (char)('0' + source.Next(10));
        }
    });

    public static string From(this Random random, string alphabet, int count) => string.Create(count, (random, alphabet), (span, state) =>
    {
        foreach (ref var c in span)
        {
            c = state.alphabet[state.random.Next(state.alphabet.Length)];
        }
    });

    /// <summary>Divides into groups.</summary>
    public static string Grouped(string digits, string separator, params int[] groups)
    {
        var at = 0;
        return string.Join(separator, groups.Select(group => digits[at..(at += group)]));
    }

    /// <summary>The first continuation by one digit that passes a check; null if none does.</summary>
    public static string? WithCheckDigit(string digits, Func<string, bool> check) =>
        Enumerable.Range(0, 10).Select(digit => digits + digit.ToString(CultureInfo.InvariantCulture)).FirstOrDefault(check);

    /// <summary>Changes one digit so that a check fails.</summary>
    public static string Broken(Random random, string text, Func<string, bool> check)
    {
        while (true)
        {
            var place = random.Next(text.Length);
            if (!char.IsAsciiDigit(text[place]))
            {
                continue;
            }

            var changed = string.Concat(text.AsSpan(0, place), random.Digits(1), text.AsSpan(place + 1));
            if (!check(changed))
            {
                return changed;
            }
        }
    }

    /// <summary>Tries until something is made.</summary>
    public static string Until(Func<string?> make)
    {
        while (true)
        {
            if (make() is { } made)
            {
                return made;
            }
        }
    }

    public static bool Luhn(string digits) =>
        digits.Reverse().Select((c, i) => i % 2 == 0 ? c - '0' : ((c - '0') * 2 / 10) + ((c - '0') * 2 % 10)).Sum() % 10 == 0;

    public static int Sum(string digits, params int[] weights) => weights.Select((weight, i) => weight * (digits[i] - '0')).Sum();

    /// <summary>ISO/IEC 7064, MOD 97-10, over letters as two digits.</summary>
    public static int Mod97(string text) =>
        (int)(BigInteger.Parse(string.Concat(text.Select(c => char.IsAsciiDigit(c) ? c.ToString() : (c - 'A' + 10).ToString(CultureInfo.InvariantCulture))), CultureInfo.InvariantCulture) % 97);

    /// <summary>A day as digits.</summary>
    public static string Day(Random random, string format) => new DateTime(1940, 1, 1).AddDays(random.Next(30_000)).ToString(format, CultureInfo.InvariantCulture);
}
