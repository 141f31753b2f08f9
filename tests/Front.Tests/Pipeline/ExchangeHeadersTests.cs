using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Xunit;

namespace GatewayActors.Front.Tests.Pipeline;

public sealed class ExchangeHeadersTests
{
    [Theory]
    [InlineData("true", true)]
    [InlineData("TRUE", true)]
    [InlineData(" True ", true)]
    [InlineData("1", true)]
    [InlineData("false", false)]
    [InlineData("False", false)]
    [InlineData("0", false)]
    public void Read_Boolean_IsTaken(string value, bool expected)
    {
        var headers = Read(("cf-aig-collect-log", value), ("CF-AIG-Collect-Log-Payload", value));

        Assert.Equal(expected, headers.CollectLog);
        Assert.Equal(expected, headers.CollectLogPayload);
        Assert.Null(headers.Warnings);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("")]
    [InlineData("2")]
    [InlineData("true,false")]
    public void Read_NoBoolean_IsIgnoredWithAWarning(string value)
    {
        var headers = Read(("cf-aig-collect-log", value));

        Assert.Null(headers.CollectLog);
        Assert.Contains("cf-aig-collect-log", Assert.Single(headers.Warnings!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cf-aig-max-attempts", "3", 3)]
    [InlineData("cf-aig-max-attempts", "0", 1)]
    [InlineData("cf-aig-max-attempts", "-7", 1)]
    [InlineData("cf-aig-max-attempts", "99", 5)]
    [InlineData("cf-aig-max-attempts", "2.9", 2)]
    [InlineData("cf-aig-max-attempts", "99999999999999999999", 5)]
    public void Read_MaxAttempts_IsClamped(string name, string value, int expected) => Assert.Equal(expected, Read((name, value)).MaxAttempts);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-1", 0)]
    [InlineData("250", 250)]
    [InlineData("60000", 60_000)]
    [InlineData("60001", 60_000)]
    public void Read_RetryDelay_IsClamped(string value, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Read(("cf-aig-retry-delay", value)).RetryDelay);

    [Theory]
    [InlineData("1", 1)]
    [InlineData("2500", 2_500)]
    [InlineData("99999999999", int.MaxValue)]
    public void Read_RequestTimeout_IsTaken(string value, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Read(("cf-aig-request-timeout", value)).RequestTimeout);

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    public void Read_RequestTimeoutThatNobodyCanMeet_IsIgnoredWithAWarning(string value)
    {
        var headers = Read(("cf-aig-request-timeout", value));

        Assert.Null(headers.RequestTimeout);
        Assert.Contains("cf-aig-request-timeout", Assert.Single(headers.Warnings!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cf-aig-max-attempts")]
    [InlineData("cf-aig-retry-delay")]
    [InlineData("cf-aig-request-timeout")]
    [InlineData("cf-aig-backoff")]
    [InlineData("cf-aig-custom-cost")]
    public void Read_Garbage_IsIgnoredWithAWarning(string name)
    {
        var headers = Read((name, "garbage"));

        Assert.Equal((null, null, null, null, null), (headers.MaxAttempts, headers.RetryDelay, headers.RequestTimeout, headers.Backoff, headers.CustomCost));
        Assert.Contains(name, Assert.Single(headers.Warnings!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("constant", RetryBackoff.Constant)]
    [InlineData("Linear", RetryBackoff.Linear)]
    [InlineData("EXPONENTIAL", RetryBackoff.Exponential)]
    public void Read_Backoff_IsTaken(string value, RetryBackoff expected) => Assert.Equal(expected, Read(("cf-aig-backoff", value)).Backoff);

    [Theory]
    [InlineData("event-1", "event-1")]
    [InlineData("with blank", "with blank")]
    [InlineData("", null)]
    [InlineData("ä", null)]
    public void Read_EventId_IsPrintable(string value, string? expected) => Assert.Equal(expected, Read(("cf-aig-event-id", value)).EventId);

    [Fact]
    public void Read_LongEventId_IsCut() => Assert.Equal(new string('e', 128), Read(("cf-aig-event-id", new string('e', 500))).EventId);

    [Fact]
    public void Read_RepeatedHeader_TakesTheFirstValue()
    {
        var dictionary = new HeaderDictionary { ["cf-aig-max-attempts"] = new StringValues(["2", "5"]) };
        var headers = new ExchangeHeaders();
        headers.Read(dictionary);

        Assert.Equal(2, headers.MaxAttempts);
    }

    [Fact]
    public void Read_UnknownHeaders_AreNoReasonForAWarning() => Assert.Null(Read(("cf-aig-something-new", "x"), ("x-other", "y")).Warnings);

    [Fact]
    public void Read_MetadataInUtf8_IsTextAgain()
    {
        // The server hands header bytes over one by one.
        var latin1 = System.Text.Encoding.Latin1.GetString("""{"name":"Zoë"}"""u8);

        Assert.Equal("""{"name":"Zoë"}""", Read(("cf-aig-metadata", latin1)).Metadata);
        Assert.Equal("{\"name\":\"Zo\u00eb\"}", Read(("cf-aig-metadata", "{\"name\":\"Zo\u00eb\"}")).Metadata); // Latin-1 stays what it is.
    }

    [Fact]
    public void Override_OfThePolicy_TakesEachPropertyByItself()
    {
        var gateway = new AttemptPolicy { MaxAttempts = 4, Delay = TimeSpan.FromSeconds(2), Backoff = RetryBackoff.Linear };

        Assert.Equal(gateway, Read().Override(gateway));
        Assert.Equal(gateway with { MaxAttempts = 2 }, Read(("cf-aig-max-attempts", "2")).Override(gateway));
        Assert.Equal(gateway with { Delay = TimeSpan.Zero }, Read(("cf-aig-retry-delay", "0")).Override(gateway));
        Assert.Equal(gateway with { Backoff = RetryBackoff.Constant }, Read(("cf-aig-backoff", "constant")).Override(gateway));
        Assert.Equal(gateway with { FirstByteTimeout = TimeSpan.FromMilliseconds(30) }, Read(("cf-aig-request-timeout", "30")).Override(gateway));
        Assert.Equal(gateway with { HedgeDelay = TimeSpan.FromMilliseconds(40) }, Read(("cf-aig-hedge-delay", "40")).Override(gateway));
        Assert.Equal(gateway, Read(("cf-aig-hedge-delay", "0")).Override(gateway with { HedgeDelay = TimeSpan.FromSeconds(1) }));
    }

    private static ExchangeHeaders Read(params (string Name, string Value)[] headers)
    {
        var dictionary = new HeaderDictionary();
        foreach (var (name, value) in headers)
        {
            dictionary[name] = value;
        }

        var read = new ExchangeHeaders();
        read.Read(dictionary);
        return read;
    }
}
