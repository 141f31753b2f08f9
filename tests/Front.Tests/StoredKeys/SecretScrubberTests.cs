using System.Text;
using GatewayActors.Front.StoredKeys;
using Xunit;

namespace GatewayActors.Front.Tests.StoredKeys;

public sealed class SecretScrubberTests
{
    private const string Key = "sk-a/b+c=d&e-f-0123";

    [Fact]
    public void Hide_EveryForm_KeepsTheLength()
    {
        foreach (var form in new[] { Key, Convert.ToBase64String(Encoding.UTF8.GetBytes(Key)).TrimEnd('='), Uri.EscapeDataString(Key) })
        {
            var text = $"<{form}>{form}";

            var hidden = new SecretScrubber(Key).Hide(text);

            Assert.Equal($"<{new string('*', form.Length)}>{new string('*', form.Length)}", hidden);
            var bytes = Encoding.UTF8.GetBytes(text);
            Assert.True(new SecretScrubber(Key).IsIn(bytes));
            new SecretScrubber(Key).Hide(bytes);
            Assert.Equal(hidden, Encoding.UTF8.GetString(bytes));
        }
    }

    [Fact]
    public void Hide_ShortKey_LeavesAnswersAlone()
    {
        var scrubber = new SecretScrubber("short");

        Assert.True(scrubber.IsEmpty);
        Assert.Equal("a short text", scrubber.Hide("a short text"));
    }

    [Fact]
    public void Hide_KeyOfParts_HidesThoseThatCanBeSecret()
    {
        var scrubber = new SecretScrubber("""{"sessionToken":"session-token-0123456789","region":"eu-west-3"}""");

        Assert.Equal("************************ eu-west-3", scrubber.Hide("session-token-0123456789 eu-west-3"));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("nothing", 0)]
    [InlineData("xs", 1)]
    [InlineData("xsk-a/b", 6)]
    [InlineData("ssk", 2)]
    [InlineData(Key, 0)]
    public void Unfinished_Ends_AreBeginningsOfTheKey(string text, int expected) =>
        Assert.Equal(expected, new SecretScrubber(Key).Unfinished(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void ToString_OfKeyAndScrubber_ShowsNothing()
    {
        Assert.DoesNotContain(Key, new SecretScrubber(Key).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, new StoredKey("main", "id", null, Key).ToString(), StringComparison.Ordinal);
    }
}
