using System.Buffers;

namespace GatewayActors.Front.Dlp.Detection.Secrets;

/// <summary>Secrets that only their surroundings give away: the key of an AWS account beside its name, the password in a URL.</summary>
internal sealed class Passwords : IDetector
{
    private const int AwsLength = 40;
    private const int MaxUserInfo = 256;

    private static readonly SearchValues<char> AwsAlphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    private static readonly SearchValues<char> UserInfoEnd = SearchValues.Create(" \t\r\n\"'<>@/\\`");

    private static readonly ContextWords AwsWords = new("aws_secret_access_key", "secret_access_key", "secretaccesskey", "aws_secret", "secret access key", "aws secret", "aws_secret_key", "awssecretkey");

    private static readonly DlpEntry AwsSecret = new(DlpEntry.BuiltInId(5, 2), "AWS secret access key", "AWS_SECRET_KEY") { Context = AwsWords, IsCertain = true };

    private static readonly DlpEntry UrlPassword = new(DlpEntry.BuiltInId(5, 22), "URL with a password", "URL_PASSWORD") { IsCertain = true };

    public IReadOnlyList<DlpEntry> Entries { get; } = [AwsSecret, UrlPassword];

    public void Find(in ScannedText text, List<DlpMatch> matches)
    {
        FindAwsSecrets(text, matches);
        FindUrls(text.Text, matches);
    }

    private static void FindAwsSecrets(in ScannedText text, List<DlpMatch> matches)
    {
        var all = text.Text;
        var taken = 0;
        foreach (var token in text.Tokens)
        {
            if (token.Start < taken)
            {
                continue;
            }

            var start = token.Start;
            while (start > taken && AwsAlphabet.Contains(all[start - 1]))
            {
                start--;
            }

            var length = all[start..].IndexOfAnyExcept(AwsAlphabet) is >= 0 and var end ? end : all.Length - start;
            taken = start + length;
            if (length == AwsLength && (taken == all.Length || all[taken] != '=') && all.Slice(start, length).ContainsAnyInRange('a', 'z') && all.Slice(start, length).ContainsAnyInRange('A', 'Z') && AwsWords.IsNear(all, start, taken))
            {
                matches.Add(new(start, length, AwsSecret));
            }
        }
    }

    private static void FindUrls(ReadOnlySpan<char> text, List<DlpMatch> matches)
    {
        for (var at = 0; text[at..].IndexOf("://", StringComparison.Ordinal) is >= 0 and var found;)
        {
            var user = at + found + 3;
            at = user;
            var rest = text[user..Math.Min(text.Length, user + MaxUserInfo)];
            var length = rest.IndexOfAny(UserInfoEnd);
            if (length <= 0 || rest[length] != '@' || rest[..length].IndexOf(':') is not (>= 0 and var colon) || colon == length - 1)
            {
                continue;
            }

            // The password alone: which host it is for may be what the question is about.
            var password = rest[(colon + 1)..length];
            if (!IsPlaceholder(password))
            {
                matches.Add(new(user + colon + 1, password.Length, UrlPassword));
            }

            at = user + length;
        }
    }

    private static bool IsPlaceholder(ReadOnlySpan<char> password) =>
        password[0] is '$' or '{' or '[' or '%' or '*'
        || password.IndexOfAnyExcept(password[0]) < 0
        || password.Equals("password", StringComparison.OrdinalIgnoreCase)
        || password.Equals("pass", StringComparison.OrdinalIgnoreCase)
        || password.Equals("pwd", StringComparison.OrdinalIgnoreCase);
}
