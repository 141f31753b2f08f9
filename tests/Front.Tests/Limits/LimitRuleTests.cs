using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Limits;
using GatewayActors.Front.Tests.DataPlane;
using Xunit;

namespace GatewayActors.Front.Tests.Limits;

public sealed class LimitRuleTests
{
    private static readonly SpendLimitSelector Partition = new();

    private static readonly SpendLimitRule Plain = new() { Id = "r", Limit = 1, Window = 60, Enabled = true, Technique = LimitTechnique.Fixed };

    [Theory]
    [InlineData("gpt-5.5", true)]
    [InlineData("GPT-5.5", true)]
    [InlineData("openai/gpt-5.5", true)]
    [InlineData("gpt-*", true)]
    [InlineData("openai/*", true)]
    [InlineData("*/gpt-5*", true)]
    [InlineData("*5*5", true)]
    [InlineData("*", true)]
    [InlineData("gpt-5", false)]
    [InlineData("pt-5.5", false)]
    [InlineData("gpt-5.5-mini", false)]
    [InlineData("azure-openai/*", false)]
    [InlineData("open*gpt-5.5", false)] // '*' does not stand for '/'.
    [InlineData("", false)]
    public void Counts_ModelFilter_MatchesWithAndWithoutProvider(string pattern, bool counts) =>
        Assert.Equal(counts, Rule(Plain with { Model = Filter("none", pattern) }).Counts(Subject("openai", "gpt-5.5")));

    [Theory]
    [InlineData("*", false)]
    [InlineData("meta/*", true)]
    [InlineData("groq/meta/*", true)]
    [InlineData("*/llama*", true)]
    [InlineData("*/*/llama", true)]
    public void Counts_ModelWithSlash_IsNotMatchedAcrossIt(string pattern, bool counts) =>
        Assert.Equal(counts, Rule(Plain with { Model = Filter(pattern) }).Counts(Subject("groq", "meta/llama")));

    [Fact]
    public void Counts_ModelIsUnknown_IsUndecidedOnlyWhereTheRuleWouldCountOtherwise()
    {
        Assert.Null(Rule(Plain with { Model = Filter("*") }).Counts(Subject("openai", null)));
        Assert.False(Rule(Plain with { Model = Filter("*"), Provider = Filter("anthropic") }).Counts(Subject("openai", null)));
        Assert.True(Rule(Plain with { Model = Partition }).Counts(Subject("openai", null)));
    }

    [Fact]
    public void Counts_ProviderFilter_IsExact()
    {
        Assert.True(Rule(Plain with { Provider = Filter("anthropic", "openai") }).Counts(Subject("openai", "m")));
        Assert.False(Rule(Plain with { Provider = Filter("open*") }).Counts(Subject("openai", "m")));
    }

    [Fact]
    public void Counts_MetadataFilter_NeedsTheKeyAndOneOfTheValues()
    {
        var rule = Rule(Plain with { Metadata = new Dictionary<string, SpendLimitSelector> { ["team"] = Filter("a", "b"), ["user"] = Partition } });

        Assert.True(rule.Counts(Subject("openai", "m", ("team", "b"))));
        Assert.False(rule.Counts(Subject("openai", "m", ("team", "c"), ("user", "a"))));
        Assert.False(rule.Counts(Subject("openai", "m", ("user", "a"))));
        Assert.False(rule.Counts(Subject("openai", "m")));
    }

    [Fact]
    public void KeyOf_Partitions_SeparatesValuesAndNothingElse()
    {
        var rule = Plain with
        {
            Model = Partition,
            Provider = Filter("openai"),
            Metadata = new Dictionary<string, SpendLimitSelector> { ["a"] = Partition, ["b"] = Partition, ["c"] = Filter("x") },
        };
        string Key(string? model, params (string, string)[] metadata) => Rule(rule).KeyOf(Subject("openai", model, metadata));

        Assert.Equal(Key("m", ("a", "1"), ("b", "2"), ("c", "x")), Key("M", ("b", "2"), ("a", "1"), ("d", "y")));
        string[] keys =
        [
            Key("m", ("a", "1"), ("b", "2")), Key("m", ("a", "2"), ("b", "1")), Key("m2", ("a", "1"), ("b", "2")), Key(null, ("a", "1"), ("b", "2")),
            Key("m", ("a", "1")), Key("m", ("b", "1")), Key("m"), Key("m", ("a", "1/value:1:2")),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Fact]
    public void KeyOf_NoPartition_DependsOnGatewayRuleAndKindOnly()
    {
        Assert.Equal(Rule(Plain).KeyOf(Subject("openai", "m")), Rule(Plain with { Limit = 2, Window = 5 }).KeyOf(Subject("groq", null, ("a", "b"))));
        string[] keys =
        [
            Rule(Plain).KeyOf(Subject("openai", "m")),
            Rule(Plain with { Id = "s" }).KeyOf(Subject("openai", "m")),
            Rule(Plain, LimitKind.Tokens).KeyOf(Subject("openai", "m")),
            Rule(Plain, internalId: Guid.CreateVersion7()).KeyOf(Subject("openai", "m")),
        ];
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.All(keys, key => Assert.StartsWith($"{DataPlaneHost.Account}/main/", key, StringComparison.Ordinal));
    }

    private static SpendLimitSelector Filter(params string[] values) => new() { FilterValues = values };

    private static LimitSubject Subject(string provider, string? model, params (string Key, string Value)[] metadata) => new()
    {
        Provider = provider,
        Model = model,
        Metadata = metadata.Length == 0 ? null : metadata.ToDictionary(entry => entry.Key, entry => entry.Value),
    };

    private static LimitRule Rule(SpendLimitRule rule, LimitKind kind = LimitKind.Spend, Guid internalId = default) => new(
        kind,
        new()
        {
            AccountId = DataPlaneHost.Account,
            Id = "main",
            InternalId = internalId,
            Version = 1,
            Configuration = DataPlaneHost.Configuration(),
            CreatedAt = DateTimeOffset.UnixEpoch,
            ModifiedAt = DateTimeOffset.UnixEpoch,
            IsDefault = false,
        },
        rule);
}
