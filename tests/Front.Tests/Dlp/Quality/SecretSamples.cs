using System.Text;

namespace GatewayActors.Front.Tests.Dlp.Quality;

internal static class SecretSamples
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string Plain = Letters + "0123456789";
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private static readonly string[] Sentences = ["key={0}", "export TOKEN={0}\nnext", "Use {0} for it.", "\"{0}\"", "Authorization: Bearer {0}", "{0}"];

    public static IEnumerable<SampleClass> All =>
    [
        Of("AWS_ACCESS_KEY", random => random.Pick("AKIA", "ASIA") + random.From(Upper, 15) + "7", random => random.Pick("AKIAXXXXXXXXXXXXXXXX", "AKIA" + random.From(Upper, 9), "AKIA" + random.From(Upper, 30), "XAKIA" + random.From(Upper, 16), "akia" + random.From(Upper, 16))),
        new("AWS_SECRET_KEY", random => "a" + random.From(Plain + "/+", 37) + "Z9", random => random.From(Plain, random.Pick(20, 39, 41, 64)), "aws_secret_access_key = {0}", "AWS secret: {0}"),
        Of("GOOGLE_API_KEY", random => "AIza" + random.From(Plain + "_-", 33) + "a1", random => random.Pick("AIza" + random.From(Plain, 20), "AIzaYOUR_API_KEY_GOES_HERE_PLEASE_INSERT", "xAIza" + random.From(Plain, 35))),
        Of("GITHUB_TOKEN", random => random.Pick("ghp_", "gho_", "ghs_") + random.From(Plain, 35) + "5", random => random.Pick("ghp_your_token_here", "ghp_" + new string('x', 36), "ghp_" + random.From(Plain, 20), "aghp_" + random.From(Plain, 36))),
        Of("SLACK_TOKEN", random => "xoxb-" + random.Digits(12) + "-" + random.Digits(12) + "-" + random.From(Plain, 24), random => random.Pick("xoxb-your-token", "xoxb-" + new string('x', 30), "xox-" + random.From(Plain, 30))),
        Of("STRIPE_KEY", random => random.Pick("sk_live_", "sk_test_", "rk_live_") + random.From(Plain, 23) + "4", random => random.Pick("sk_live_xxxxxxxxxxxxxxxxxxxxxxxx", "pk_live_" + random.From(Plain, 24), "sk_live_" + random.From(Plain, 10), "task_live_" + random.From(Plain, 24))),
        Of("OPENAI_API_KEY", random => random.Pick("sk-proj-" + random.From(Plain + "_-", 60) + "a1", "sk-" + random.From(Plain, 20) + "T3BlbkFJ" + random.From(Plain, 19) + "3"),
            random => random.Pick("sk-" + random.From(Plain, 12), "sk-your-key-goes-here", "sk-XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX", "task-" + random.From(Plain, 48), "risk-" + random.From(Plain, 48))),
        Of("ANTHROPIC_API_KEY", random => "sk-ant-api03-" + random.From(Plain + "_-", 92) + "8AA", random => random.Pick("sk-ant-api03-...", "sk-ant-" + random.From(Plain, 12), "sk-ant-your-key-goes-here-please-do-not-share-it-with-anybody-else-ever")),
        Of("MODEL_API_KEY", random => random.Pick("gsk_" + random.From(Plain, 51) + "1", "hf_" + random.From(Plain, 33) + "2", "xai-" + random.From(Plain, 79) + "3", "sk-or-v1-" + random.From("0123456789abcdef", 64)),
            random => random.Pick("hf_token", "gsk_" + random.From(Plain, 10), "xai-" + random.From(Plain, 20), "hf_hub_download")),
        Of("PACKAGE_TOKEN", random => "npm_" + random.From(Plain, 35) + "5", random => random.Pick("npm_config_registry", "npm_" + random.From(Plain, 10), "npm_lifecycle_event")),
        Of("MESSAGING_API_KEY", random => "SG." + random.From(Plain + "_-", 22) + "." + random.From(Plain, 42) + "1", random => random.Pick("SG.", "SG.xxx.yyy", "MSG." + random.From(Plain, 66), "key-value-pair")),
        Of("AZURE_KEY", random => "AccountKey=" + random.From(Plain + "+/", 85) + "1==", random => random.Pick("AccountKey=secret", "AccountKey=<your key>", "AccountKey=" + random.From(Plain, 20))),
        Of("HOSTING_TOKEN", random => random.Pick("dop_v1_" + random.From("0123456789abcdef", 64), "shpat_" + random.From("0123456789abcdef", 32), "hvs." + random.From(Plain, 30) + "9"), random => random.Pick("dop_v1_token", "shpat_" + random.From("0123456789abcdef", 12), "dapi", "rapid" + random.From("0123456789abcdef", 30))),
        Of("JWT", Jwt, random => random.Pick("eyJ" + random.From(Plain, 40), "eyJhbGciOiJIUzI1NiJ9.abc", Encode("{\"name\":\"x\"}") + "." + Encode("{\"a\":\"" + random.From(Plain, 10) + "\"}") + "." + random.From(Plain, 40), "a.b.c")),
        Of("PRIVATE_KEY", random => Pem(random, random.Pick("RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "EC PRIVATE KEY")), random => Pem(random, random.Pick("CERTIFICATE", "PUBLIC KEY", "RSA PUBLIC KEY"))),
        new("URL_PASSWORD", random => random.From(Plain, random.Next(6, 20)), random => random.Pick("$DB_PASSWORD", "password", "****", "{password}"), "postgres://app:{0}@db.example.com:5432/orders", "https://admin:{0}@example.com/", "amqp://u1:{0}@mq"),
    ];

    private static SampleClass Of(string label, Func<Random, string> positive, Func<Random, string> nearMiss) => new(label, positive, nearMiss, Sentences);

    private static string Jwt(Random random) =>
        Encode("{\"alg\":\"" + random.Pick("HS256", "RS256", "ES256") + "\",\"typ\":\"JWT\"}") + "." + Encode("{\"sub\":\"" + random.Digits(10) + "\",\"name\":\"" + random.From(Letters, 8) + "\"}") + "." + random.From(Plain + "-_", 42) + "a";

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string Pem(Random random, string kind)
    {
        var line = random.Pick("\n", "\\n");
        var body = string.Join(line, Enumerable.Range(0, random.Next(3, 26)).Select(_ => random.From(Plain + "+/", 64)));
        return $"-----BEGIN {kind}-----{line}{body}{line}-----END {kind}-----";
    }
}
