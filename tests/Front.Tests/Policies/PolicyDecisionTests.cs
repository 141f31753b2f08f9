using GatewayActors.Abstractions.Policies;
using GatewayActors.Front.Policies;
using Xunit;

namespace GatewayActors.Front.Tests.Policies;

/// <summary>What several policies say together.</summary>
public sealed class PolicyDecisionTests
{
    private static readonly PolicyAction NoLimit = new() { Kind = PolicyActionKind.NoLimit };
    private static readonly PolicyAction Block = new() { Kind = PolicyActionKind.Block };

    private static readonly PolicySubject Subject = new()
    {
        Identity = new() { Subject = "u1" },
        Metadata = """{"team":"red"}""",
        Provider = "openai",
        Model = "gpt-4o",
    };

    [Fact]
    public void NoMatch_IsBlocked() => Assert.Equal(PolicyVerdict.Block, Decide(Policy(NoLimit, condition: "metadata.team == \"blue\"")).Verdict);

    [Theory]
    [InlineData("\"*\"", true)]
    [InlineData("""{"provider":"openai"}""", true)]
    [InlineData("""{"provider":["anthropic","OpenAI"]}""", true)]
    [InlineData("""{"provider":"anthropic"}""", false)]
    [InlineData("""{"model":"gpt-*"}""", true)]
    [InlineData("""{"model":"openai/gpt-*"}""", true)]
    [InlineData("""{"model":"*"}""", true)]
    [InlineData("""{"model":"open*o"}""", false)] // '*' stands for anything but '/'.
    [InlineData("""{"model":["a","gpt-4o"],"provider":"openai"}""", true)]
    [InlineData("""{"model":"gpt-4o","provider":"azure-openai"}""", false)]
    public void Resource_DecidesWhatThePolicyIsAbout(string resource, bool matches)
    {
        Assert.Equal(matches ? PolicyVerdict.NoLimit : PolicyVerdict.Block, Decide(Policy(NoLimit, resource: resource)).Verdict);
        Assert.Equal(matches, Decide(Policy(NoLimit), Policy(Block, resource: resource)).Verdict == PolicyVerdict.Block);
        Assert.Equal(!matches, Decide(Policy(NoLimit), Policy(Block with { Except = true }, resource: resource)).Verdict == PolicyVerdict.Block);
    }

    [Fact]
    public void Block_FieldIsMissing_BlocksWhereOthersDoNotApply()
    {
        Assert.Equal(PolicyVerdict.Block, Decide(Policy(NoLimit), Policy(Block, condition: "cf.country == \"KP\"")).Verdict);
        Assert.Equal(PolicyVerdict.Block, Decide(Policy(NoLimit, condition: "cf.country == \"US\"")).Verdict);
        Assert.Equal(PolicyVerdict.NoLimit, Decide(Policy(NoLimit), Policy(Block, condition: "cf.country == \"KP\"", resource: """{"provider":"grok"}""")).Verdict);
    }

    [Fact]
    public void Block_AmongOthers_WinsWhateverTheOrder()
    {
        var block = Policy(Block, name: "no");
        Assert.Equal("no", Decide(Policy(NoLimit), Policy(Cap(5)), block).Blocking!.Name);
        Assert.Equal("no", Decide(block, Policy(NoLimit), Policy(Cap(5))).Blocking!.Name);
    }

    [Fact]
    public void Caps_OfOneBudgetAndPeriod_TheHighestCounts()
    {
        var caps = Decide(Policy(Cap(5)), Policy(Cap(9), name: "highest"), Policy(Cap(7)), Policy(Cap(3, PolicyPeriod.Monthly))).Caps;

        Assert.Equal([(PolicyPeriod.Daily, 9m, "highest"), (PolicyPeriod.Monthly, 3m, "p")], caps.Select(cap => (cap.Period, cap.Amount, cap.Policy.Name)));
        Assert.All(caps, cap => Assert.Equal("user:u1", cap.Bucket));
    }

    [Fact]
    public void NoLimit_LiftsTheCapsOfItsBudgetOnly()
    {
        var decision = Decide(Policy(NoLimit), Policy(Cap(5)), Policy(Cap(6), actor: "team:{metadata.team}"), Policy(Cap(7), resource: """{"model":["GPT-4o"]}"""));

        Assert.Equal(["team:red", "user:u1 (model=gpt-4o)"], decision.Caps.Select(cap => cap.Bucket));
        Assert.Equal(["user:u1"], decision.Unlimited);
    }

    [Theory]
    [InlineData("user:{cf.user.email}")]
    [InlineData("{metadata.user}")]
    public void Actor_FieldIsMissing_ThePolicyDoesNotApply(string actor) =>
        Assert.Equal(PolicyVerdict.Block, Decide(Policy(NoLimit, actor: actor)).Verdict);

    [Fact]
    public void Actor_ValueThatLooksLikeAResource_IsAnotherBudget()
    {
        var all = new PolicySubject { Metadata = """{"user":"1"}""", Provider = "openai", Model = "gpt-4o" };
        var pretender = new PolicySubject { Metadata = """{"user":"1/provider=openai"}""", Provider = "openai", Model = "gpt-4o" };
        PolicyRule[] byProvider = [Policy(Cap(1), actor: "{metadata.user}", resource: """{"provider":"openai"}""")];
        PolicyRule[] overall = [Policy(Cap(1), actor: "{metadata.user}")];

        Assert.NotEqual(PolicyDecision.Of(byProvider, all).Caps.Single().Key, PolicyDecision.Of(overall, pretender).Caps.Single().Key);
    }

    [Fact]
    public void Condition_Fails_IsNoDecisionUnlessABlockIs()
    {
        Assert.Equal(PolicyVerdict.Failed, Decide(Policy(NoLimit, condition: "metadata.team > 3")).Verdict);
        Assert.Equal(PolicyVerdict.Failed, Decide(Policy(NoLimit), Policy(Block, condition: "metadata.team > 3")).Verdict);
        Assert.Equal(PolicyVerdict.Block, Decide(Policy(NoLimit, condition: "metadata.team > 3"), Policy(Block)).Verdict);
    }

    private static PolicyDecision Decide(params PolicyRule[] rules) => PolicyDecision.Of(rules, Subject);

    private static PolicyAction Cap(decimal amount, PolicyPeriod period = PolicyPeriod.Daily) => new() { Kind = PolicyActionKind.Limit, Amount = amount, Period = period };

    private static PolicyRule Policy(PolicyAction action, string condition = "true", string resource = "\"*\"", string actor = "user:{cf.user.id}", string name = "p") =>
        PolicyRule.Of(Guid.CreateVersion7(), new() { Name = name, Actor = actor, Resource = resource, Condition = condition, Action = action });
}
