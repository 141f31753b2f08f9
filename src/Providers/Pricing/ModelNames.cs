using System.Text.RegularExpressions;

namespace GatewayActors.Providers.Pricing;

/// <summary>The names under which a model may be listed.</summary>
internal static partial class ModelNames
{
    private const string ApiCatalogue = "openrouter";

    private static readonly string[] BedrockGeographies = ["us.", "eu.", "apac.", "jp.", "au.", "ca.", "global.", "us-gov."];

    private static readonly Dictionary<string, string> Vendors = new(StringComparer.OrdinalIgnoreCase)
    {
        ["openai"] = "openai",
        ["anthropic"] = "anthropic",
        ["google"] = "google-ai-studio",
        ["x-ai"] = "grok",
        ["mistralai"] = "mistral",
        ["deepseek"] = "deepseek",
        ["cohere"] = "cohere",
        ["perplexity"] = "perplexity-ai",
        ["minimax"] = "minimax",
    };

    /// <summary>The slug that prices are listed under.</summary>
    public static string Provider(string provider) => provider switch
    {
        "xai" => "grok",
        "azure" => "azure-openai",
        "google" => "google-ai-studio",
        "google-vertex" => "google-vertex-ai",
        "bedrock" => "aws-bedrock",
        "perplexity" => "perplexity-ai",
        _ => provider,
    };

    /// <summary>The places to look, the closest first. The last ones are other models or other providers: approximate.</summary>
    public static IEnumerable<(string Provider, string Model, bool IsApproximate)> Candidates(string provider, string model)
    {
        model = model.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(model) : model;
        yield return (provider, model, false);
        foreach (var name in Spellings(provider, Plain(provider, model)))
        {
            yield return (provider, name, false);
        }

        if (model.StartsWith("ft:", StringComparison.Ordinal))
        {
            // A tuned model costs more than its base; no list says how much more.
            foreach (var name in Spellings(provider, model.Split(':')[1]))
            {
                yield return (provider, name, true);
            }
        }

        if (provider == ApiCatalogue && model.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && Vendors.TryGetValue(model[..slash], out var vendor))
        {
            foreach (var name in Spellings(vendor, WithoutVariant(model)[(slash + 1)..]))
            {
                yield return (vendor, name, true);
            }
        }
    }

    private static IEnumerable<string> Spellings(string provider, string model)
    {
        yield return model;
        var undated = Dated().Replace(model, "");
        if (undated.Length != model.Length)
        {
            yield return undated;
        }

        if (!model.Contains("claude", StringComparison.OrdinalIgnoreCase))
        {
            yield break;
        }

        // Anthropic's ids have dashes where routers and REST names have dots, and one generation is also listed as claude-4-sonnet.
        foreach (var name in new[] { model, undated })
        {
            var dashed = provider == ApiCatalogue ? name : name.Replace('.', '-');
            yield return dashed;
            yield return Claude().Replace(dashed, "claude-$2-$1$3");
        }
    }

    /// <summary>Without what providers put in front of a model: resource names, geographies, publishers, variants.</summary>
    private static string Plain(string provider, string model)
    {
        switch (provider)
        {
            case "aws-bedrock":
                model = model[(model.LastIndexOf('/') + 1)..];
                foreach (var geography in BedrockGeographies)
                {
                    if (model.StartsWith(geography, StringComparison.Ordinal))
                    {
                        return model[geography.Length..];
                    }
                }

                return model;

            case "google-vertex-ai" or "google-ai-studio":
                return model[(model.LastIndexOf('/') + 1)..];

            case ApiCatalogue:
                return WithoutVariant(model);

            case "workers-ai":
                return model.StartsWith("run/", StringComparison.Ordinal) ? model[4..] : model;

            default:
                // Names that carry the provider, as unified endpoints spell them.
                return model.StartsWith(provider + "/", StringComparison.OrdinalIgnoreCase) ? model[(provider.Length + 1)..] : model;
        }
    }

    /// <summary>A router's variants (<c>:nitro</c>, <c>:floor</c>) cost what the model costs; a free one does not.</summary>
    private static string WithoutVariant(string model) =>
        model.LastIndexOf(':') is > 0 and var colon && !model.EndsWith(":free", StringComparison.Ordinal) ? model[..colon] : model;

    [GeneratedRegex(@"(-\d{4}-\d{2}-\d{2}|-\d{8}|@\d{8}|@default|-latest)$", RegexOptions.CultureInvariant)]
    private static partial Regex Dated();

    [GeneratedRegex(@"^claude-(opus|sonnet|haiku)-(\d(?:-\d)?)(-\d{8})?$", RegexOptions.CultureInvariant)]
    private static partial Regex Claude();
}
