using System.Text;
using GatewayActors.Front.Management.Http;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GatewayActors.Front.Tests.Management;

[Collection(typeof(AdminTests))]
public sealed class IdempotencyTests(AdminHost host)
{
    private const string Gateway =
        """{"id":"once","cache_invalidate_on_update":false,"cache_ttl":0,"collect_logs":true,"rate_limiting_interval":0,"rate_limiting_limit":0}""";

    [Fact]
    public async Task Post_SameKey_IsDoneOnceAndAnsweredTwice()
    {
        var tenant = await host.CreateTenantAsync();

        var first = await PostAsync(tenant, "a", Gateway);
        var second = await PostAsync(tenant, "a", Gateway);

        Assert.Equal((200, 200), (first.Status, second.Status));
        Assert.Equal((first.Text, first.ContentType), (second.Text, second.ContentType));
        Assert.Equal((false, "true"), (first.Headers.ContainsKey("Idempotency-Replayed"), second.Headers["Idempotency-Replayed"]));
        Assert.Equal(400, (await PostAsync(tenant, "b", Gateway)).Status); // A request of its own.
    }

    [Fact]
    public async Task Post_SameKeyAtOnce_IsDoneOnce()
    {
        var tenant = await host.CreateTenantAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PostAsync(tenant, "a", Gateway)));

        Assert.All(answers, answer => Assert.Equal((200, answers[0].Text), (answer.Status, answer.Text)));
        Assert.Equal(19, answers.Count(answer => answer.Headers.ContainsKey("Idempotency-Replayed")));
    }

    [Fact]
    public async Task Post_SameKeyOfAnotherToken_IsAnotherRequest()
    {
        var (one, other) = (await host.CreateTenantAsync(), await host.CreateTenantAsync());

        await PostAsync(one, "a", Gateway);
        var answer = await PostAsync(other, "a", Gateway);

        Assert.Equal(200, answer.Status);
        Assert.Equal(other.AccountId, answer.Result.GetProperty("account_id").GetString());
    }

    [Fact]
    public async Task Post_SameKeyWithAnotherBody_IsRefused()
    {
        var tenant = await host.CreateTenantAsync();
        await PostAsync(tenant, "a", Gateway);

        (await PostAsync(tenant, "a", Gateway.Replace("once", "twice", StringComparison.Ordinal))).AssertFailure(400, 7001);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(256)]
    public async Task Post_KeyOfNoUsableLength_IsRefused(int length)
    {
        var tenant = await host.CreateTenantAsync();

        (await PostAsync(tenant, new('k', length), Gateway)).AssertFailure(400, 7001);
    }

    [Fact]
    public async Task Begin_RequestHasFailed_TheNextOneIsDone()
    {
        var answers = new IdempotentAnswers(new FakeTimeProvider());
        var key = new IdempotencyKey("token", "/path", "a");
        var (first, _) = answers.Begin(key, [1]);
        var (waiting, isNew) = answers.Begin(key, [1]);

        answers.Forget(key, first);

        Assert.False(isNew);
        Assert.Null(await waiting.Stored);
        Assert.True(answers.Begin(key, [1]).IsNew);
    }

    [Fact]
    public void Begin_ADayLater_IsANewRequest()
    {
        var clock = new FakeTimeProvider();
        var answers = new IdempotentAnswers(clock);
        var key = new IdempotencyKey("token", "/path", "a");
        answers.Begin(key, [1]);
        clock.Advance(IdempotentAnswers.Lifetime - TimeSpan.FromSeconds(1));
        Assert.False(answers.Begin(key, [1]).IsNew);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(answers.Begin(key, [1]).IsNew);
    }

    [Fact]
    public void Begin_TooManyKeys_TheOldestMakesRoom()
    {
        var answers = new IdempotentAnswers(new FakeTimeProvider());
        for (var number = 0; number <= IdempotentAnswers.MaxAnswers; number++)
        {
            answers.Begin(new("token", "/path", $"{number}"), [1]);
        }

        Assert.False(answers.Begin(new("token", "/path", "2"), [1]).IsNew);
        Assert.True(answers.Begin(new("token", "/path", "0"), [1]).IsNew);
    }

    private Task<Answer> PostAsync(Tenant tenant, string key, string body) => host.SendAsync(
        HttpMethod.Post, $"accounts/{tenant.AccountId}/ai-gateway/gateways", new("Bearer", tenant.Token), Encoding.UTF8.GetBytes(body), ("Idempotency-Key", key));
}
