using System.Reflection;
using GatewayActors.Abstractions.Accounts;
using Xunit;

namespace GatewayActors.Front.Tests.Authentication;

/// <summary>Account grains whose answers the test gives, in place of a cluster.</summary>
public class FakeAccounts : DispatchProxy
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Func<Task<ApiTokenRecord?>>> _answers = [];

    /// <summary>How many look-ups reached a grain.</summary>
    public int Calls { get; private set; }

    internal static (IGrainFactory Factory, FakeAccounts Accounts) Make()
    {
        var factory = Create<IGrainFactory, FakeAccounts>();
        return (factory, (FakeAccounts)(object)factory);
    }

    /// <summary>Sets what the grain knows about a value.</summary>
    public void Set(string value, Func<Task<ApiTokenRecord?>> answer)
    {
        lock (_lock)
        {
            _answers[TokenValue.Hash(value)] = answer;
        }
    }

    internal static ApiTokenRecord Token(string accountId, Func<ApiTokenDefinition, ApiTokenDefinition>? change = null)
    {
        var definition = new ApiTokenDefinition
        {
            Name = "token",
            Disabled = false,
            Policies =
            [
                new()
                {
                    Id = new string('b', 32),
                    Deny = false,
                    PermissionGroupIds = [PermissionGroups.All[0].Id],
                    Resources = new Dictionary<string, string> { [PermissionGroups.AccountResource(accountId)] = "*" },
                },
            ],
        };
        return new()
        {
            Id = new string('c', 32),
            AccountId = accountId,
            Definition = change is null ? definition : change(definition),
            IssuedOn = DateTimeOffset.UnixEpoch,
            ModifiedOn = DateTimeOffset.UnixEpoch,
        };
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Assert.Equal(typeof(IAccountGrain), targetMethod!.GetGenericArguments().Single());
        var grain = Create<IAccountGrain, FakeAccount>();
        ((FakeAccount)(object)grain).Accounts = this;
        return grain;
    }

    private Task<ApiTokenRecord?> FindAsync(string hash)
    {
        lock (_lock)
        {
            Calls++;
            return _answers.TryGetValue(hash, out var answer) ? answer() : Task.FromResult<ApiTokenRecord?>(null);
        }
    }

    public class FakeAccount : DispatchProxy
    {
        internal FakeAccounts? Accounts { get; set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            Assert.Equal("FindTokenAsync", targetMethod!.Name);
            return new ValueTask<ApiTokenRecord?>(Accounts!.FindAsync((string)args![0]!));
        }
    }
}
