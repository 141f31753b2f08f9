using GatewayActors.Grains.Limits;
using Xunit;

namespace GatewayActors.Grains.Tests.Limits;

public sealed class RecentIdsTests
{
    [Fact]
    public void Add_MoreThanAreRemembered_ForgetsTheOldest()
    {
        var recent = new RecentIds();
        var ids = Enumerable.Range(0, (2 * RecentIds.Most) + 7).Select(_ => Guid.CreateVersion7()).ToArray();
        for (var index = 0; index < ids.Length; index++)
        {
            Assert.False(recent.Contains(ids[index]));
            recent.Add(ids[index]);
            Assert.True(recent.Contains(ids[index]));
            Assert.True(recent.Contains(ids[Math.Max(0, index - RecentIds.Most + 1)]));
            Assert.True(index < RecentIds.Most || !recent.Contains(ids[index - RecentIds.Most]));
        }
    }

    [Fact]
    public void Contains_NothingAdded_IsFalse() => Assert.False(new RecentIds().Contains(Guid.Empty));
}
