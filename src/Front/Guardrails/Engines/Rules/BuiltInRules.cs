using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Front.Guardrails.Engines.Rules;

/// <summary>The few rules that hold where the operator has set none: coarse, in English, and no stand-in for a model that understands texts.</summary>
internal static class BuiltInRules
{
    public static IReadOnlyDictionary<string, GuardrailRule> All { get; } = new Dictionary<string, GuardrailRule>
    {
        ["S1"] = Rule(
            @"\bhow\s+(to|do\s+i|can\s+i)\s+(kill|murder|poison|kidnap|assassinate)\s+(a|an|my|the|some|him|her|them)\b",
            @"\b(plan|commit|carry\s+out)\s+(a|an)\s+(murder|mass\s+shooting|terrorist\s+attack|assassination)\b"),
        ["S2"] = Rule(
            @"\bhow\s+(to|do\s+i|can\s+i)\s+(launder\s+money|steal\s+a\s+car|forge\s+(a|an)\s+\w+|counterfeit\s+money|cook\s+meth|make\s+meth\w*)\b",
            @"\b(write|create|build|make)\s+(me\s+)?(a|an|some)?\s*(ransomware|malware|keylogger|phishing\s+(email|page|site))\b"),
        ["S4"] = Rule(@"\bchild\s+(porn|pornography)\b", @"\bsexual(ize|ise|ized|ised)?\s+(a\s+)?(child|minor|children|minors)\b"),
        ["S9"] = Rule(
            @"\bhow\s+(to|do\s+i|can\s+i)\s+(build|make|synthesi[sz]e|construct|produce)\s+(a|an|some)?\s*(\w+\s+)?(bomb|explosive\w*|nerve\s+agent|sarin|ricin|dirty\s+bomb|chemical\s+weapon|biological\s+weapon)\b"),
        ["S11"] = Rule(
            @"\b(how\s+(to|do\s+i|can\s+i)|best\s+way\s+to|painless\s+way\s+to)\s+(kill\s+myself|commit\s+suicide|end\s+my\s+(own\s+)?life|cut\s+myself)\b",
            @"\bi\s+(want|am\s+going|'m\s+going)\s+to\s+(kill\s+myself|end\s+my\s+life)\b"),
        ["P1"] = Rule(
            @"\b(ignore|disregard|forget|override)\s+(all\s+|any\s+)?(of\s+)?(the\s+|your\s+|my\s+)?(previous|prior|above|earlier|preceding|foregoing|system)\s+(instruction|prompt|direction|rule|message|guideline|command)s?\b",
            @"\b(reveal|print|show|repeat|output|leak)\s+(me\s+)?(your|the)\s+(hidden\s+|secret\s+|full\s+|entire\s+)?(system|initial|original)\s+(prompt|instructions?|message)\b",
            @"\byou\s+are\s+now\s+(in\s+)?(dan|developer\s+mode|jailbroken|unrestricted)\b",
            @"\b(do\s+anything\s+now|jailbreak\s+mode)\b"),
    };

    private static GuardrailRule Rule(params string[] patterns) => new() { Words = [], Patterns = patterns };
}
