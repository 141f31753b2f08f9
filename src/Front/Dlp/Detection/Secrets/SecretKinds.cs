using System.Buffers;

namespace GatewayActors.Front.Dlp.Detection.Secrets;

/// <summary>A secret that says by its first characters what it is.</summary>
/// <param name="Entry">What it is.</param>
/// <param name="Prefix">How it begins; case counts.</param>
/// <param name="Alphabet">What follows.</param>
/// <param name="Min">Fewest characters that follow.</param>
/// <param name="Max">Most of them.</param>
internal sealed record SecretKind(DlpEntry Entry, string Prefix, SearchValues<char> Alphabet, int Min, int Max);

/// <summary>The secrets of services, by their published prefixes.</summary>
internal static class SecretKinds
{
    private const string LettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> Upper = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    private static readonly SearchValues<char> Plain = SearchValues.Create(LettersAndDigits);
    private static readonly SearchValues<char> Underscored = SearchValues.Create(LettersAndDigits + "_");
    private static readonly SearchValues<char> Dashed = SearchValues.Create(LettersAndDigits + "-");
    private static readonly SearchValues<char> UrlSafe = SearchValues.Create(LettersAndDigits + "_-");
    private static readonly SearchValues<char> Dotted = SearchValues.Create(LettersAndDigits + "_-.");
    private static readonly SearchValues<char> Slashed = SearchValues.Create(LettersAndDigits + "/");
    private static readonly SearchValues<char> Base64 = SearchValues.Create(LettersAndDigits + "+/=");

    private static readonly DlpEntry AwsKey = Entry(1, "AWS access key id", "AWS_ACCESS_KEY");
    private static readonly DlpEntry Google = Entry(3, "Google Cloud API key or token", "GOOGLE_API_KEY");
    private static readonly DlpEntry GitHub = Entry(4, "GitHub token", "GITHUB_TOKEN");
    private static readonly DlpEntry GitLab = Entry(5, "GitLab token", "GITLAB_TOKEN");
    private static readonly DlpEntry Slack = Entry(6, "Slack token or webhook", "SLACK_TOKEN");
    private static readonly DlpEntry Stripe = Entry(7, "Stripe secret key", "STRIPE_KEY");
    private static readonly DlpEntry OpenAI = Entry(8, "OpenAI API key", "OPENAI_API_KEY");
    private static readonly DlpEntry Anthropic = Entry(9, "Anthropic API key", "ANTHROPIC_API_KEY");
    private static readonly DlpEntry ModelProvider = Entry(10, "API key of another model provider", "MODEL_API_KEY");
    private static readonly DlpEntry Packages = Entry(11, "Token of a package registry", "PACKAGE_TOKEN");
    private static readonly DlpEntry Mail = Entry(12, "API key of a mail or message service", "MESSAGING_API_KEY");
    private static readonly DlpEntry Azure = Entry(13, "Azure storage or service key", "AZURE_KEY");
    private static readonly DlpEntry Hosting = Entry(14, "Token of a hosting service", "HOSTING_TOKEN");

    public static IReadOnlyList<SecretKind> All { get; } =
    [
        new(AwsKey, "AKIA", Upper, 16, 16), new(AwsKey, "ASIA", Upper, 16, 16), new(AwsKey, "ABIA", Upper, 16, 16), new(AwsKey, "ACCA", Upper, 16, 16),
        new(AwsKey, "ABSKQmVkcm9ja0FQSUtleS", Base64, 80, 260), new(AwsKey, "bedrock-api-key-", Base64, 60, 4_000),
        new(Google, "AIza", UrlSafe, 35, 35), new(Google, "ya29.", Dotted, 30, 2_048), new(Google, "GOCSPX-", UrlSafe, 28, 28), new(Google, "AQ.Ab", UrlSafe, 40, 80),
        new(GitHub, "ghp_", Plain, 36, 255), new(GitHub, "gho_", Plain, 36, 255), new(GitHub, "ghu_", Plain, 36, 255), new(GitHub, "ghs_", Plain, 36, 255), new(GitHub, "ghr_", Plain, 36, 255),
        new(GitHub, "github_pat_", Underscored, 60, 255),
        new(GitLab, "glpat-", Dotted, 20, 64), new(GitLab, "gldt-", UrlSafe, 20, 64), new(GitLab, "glrt-", UrlSafe, 20, 64), new(GitLab, "glptt-", UrlSafe, 20, 64),
        new(Slack, "xoxb-", Dashed, 24, 250), new(Slack, "xoxp-", Dashed, 24, 250), new(Slack, "xoxa-", Dashed, 24, 250), new(Slack, "xoxr-", Dashed, 24, 250), new(Slack, "xoxs-", Dashed, 24, 250),
        new(Slack, "xapp-", Dashed, 24, 250), new(Slack, "https://hooks.slack.com/services/", Slashed, 40, 120),
        new(Stripe, "sk_live_", Plain, 24, 255), new(Stripe, "sk_test_", Plain, 24, 255), new(Stripe, "rk_live_", Plain, 24, 255), new(Stripe, "rk_test_", Plain, 24, 255), new(Stripe, "whsec_", Base64, 32, 64),
        new(OpenAI, "sk-proj-", UrlSafe, 40, 256), new(OpenAI, "sk-svcacct-", UrlSafe, 40, 256), new(OpenAI, "sk-admin-", UrlSafe, 40, 256), new(OpenAI, "sk-", Plain, 48, 64),
        new(Anthropic, "sk-ant-", UrlSafe, 60, 256),
        new(ModelProvider, "sk-or-v1-", Plain, 64, 64), new(ModelProvider, "gsk_", Plain, 48, 64), new(ModelProvider, "xai-", Plain, 60, 100), new(ModelProvider, "hf_", Plain, 34, 40),
        new(ModelProvider, "r8_", Plain, 37, 40), new(ModelProvider, "pplx-", Plain, 40, 64), new(ModelProvider, "csk-", Plain, 40, 64), new(ModelProvider, "fw_", Plain, 20, 40),
        new(Packages, "npm_", Plain, 36, 36), new(Packages, "pypi-AgEIcHlwaS5vcmc", UrlSafe, 50, 1_000), new(Packages, "dckr_pat_", UrlSafe, 27, 40), new(Packages, "oy2", Plain, 43, 43), new(Packages, "rubygems_", Plain, 48, 48),
        new(Mail, "SG.", Dotted, 60, 70), new(Mail, "key-", Plain, 32, 32), new(Mail, "xkeysib-", Dashed, 80, 90), new(Mail, "https://discord.com/api/webhooks/", SearchValues.Create(LettersAndDigits + "/_-"), 80, 120),
        new(Azure, "AccountKey=", Base64, 80, 100), new(Azure, "SharedAccessKey=", Base64, 40, 100),
        new(Hosting, "dop_v1_", Plain, 64, 64), new(Hosting, "doo_v1_", Plain, 64, 64), new(Hosting, "shpat_", Plain, 32, 32), new(Hosting, "shpss_", Plain, 32, 32), new(Hosting, "dapi", Plain, 32, 34),
        new(Hosting, "hvs.", UrlSafe, 24, 200), new(Hosting, "sntrys_", Base64, 80, 300), new(Hosting, "lin_api_", Plain, 40, 40), new(Hosting, "sbp_", Plain, 40, 40),
    ];

    private static DlpEntry Entry(byte id, string name, string label) => new(DlpEntry.BuiltInId(5, id), name, label) { IsCertain = true };
}
