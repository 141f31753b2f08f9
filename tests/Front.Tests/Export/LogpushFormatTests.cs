using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GatewayActors.Abstractions.Logpush;
using GatewayActors.Front.Export.Logpush;
using GatewayActors.Front.Tests.Management;
using Xunit;

namespace GatewayActors.Front.Tests.Export;

public sealed class LogpushFormatTests
{
    private static readonly ContentProtection Plain = new(null, HidesContent: false);

    [Fact]
    public void Write_WithFieldNames_HasTheseInThisOrder() => Assert.Equal(
        "{\"StatusCode\":200,\"Model\":\"gpt-4o-mini\",\"Cached\":false}\n",
        Write(new() { FieldNames = ["StatusCode", "Model", "Cached"] }));

    [Fact]
    public void Write_AsCsv_QuotesTextsAndLeavesOutNulls() => Assert.Equal(
        "\"gpt-4o-mini\",200,false,\"say \"\"hello\"\", \",,\"{\"\"team\"\":\"\"a\"\",\"\"n\"\":1}\"\n",
        Write(new() { Type = LogpushOutputType.Csv, FieldNames = ["Model", "StatusCode", "Cached", "RequestBody", "ResponseBody", "Metadata"] }, "say \"hello\", "));

    [Fact]
    public void Write_WithPrefixSuffixAndDelimiter_PutsThemThere() => Assert.Equal(
        "<\"Model\":\"gpt-4o-mini\"; \"StatusCode\":200>",
        Write(new() { FieldNames = ["Model", "StatusCode"], RecordPrefix = "<", RecordSuffix = ">", FieldDelimiter = "; " }));

    [Fact]
    public void Write_WithATemplate_FillsItIn() => Assert.Equal(
        "{model=\"gpt-4o-mini\" }} {{ none=null}\n",
        Write(new() { FieldNames = ["Model"], RecordTemplate = """model={{.Model}} {{"}} {{"}} none={{/* never }} chosen */}}{{ .StatusCode }}""" }));

    [Theory]
    [InlineData(LogpushTimestamps.UnixNano, "1772366400000000000")]
    [InlineData(LogpushTimestamps.Unix, "1772366400")]
    [InlineData(LogpushTimestamps.Rfc3339, "\"2026-03-01T12:00:00Z\"")]
    [InlineData(LogpushTimestamps.Rfc3339Milliseconds, "\"2026-03-01T12:00:00.000Z\"")]
    [InlineData(LogpushTimestamps.Rfc3339Nanoseconds, "\"2026-03-01T12:00:00.000000000Z\"")]
    public void Write_Timestamps_AreInTheirForm(LogpushTimestamps form, string expected) =>
        Assert.Equal($"{{\"Timestamp\":{expected}}}\n", Write(new() { FieldNames = ["Timestamp"], Timestamps = form }));

    [Fact]
    public void Write_WithoutLookups_HasNoneLeft()
    {
        var line = Write(new() { FieldNames = ["RequestBody"], ReplacesLookups = true }, "${jndi:ldap://x} $${a}");

        Assert.Equal("{\"RequestBody\":\"x{jndi:ldap://x} $x{a}\"}\n", line);
        Assert.Contains("${", Write(new() { FieldNames = ["RequestBody"] }, "${jndi}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_SealedContentInCsv_IsReadByTheHolderOfTheKeyOnly()
    {
        using var rsa = RSA.Create(2048);
        using var key = LogpushSeal.ReadKey(rsa.ExportSubjectPublicKeyInfoPem())!;
        var format = LogpushFormat.Read(new() { Type = LogpushOutputType.Csv, FieldNames = ["RequestBody"] }, out _, out _)!;

        var line = Encoding.UTF8.GetString(LogpushLine.Write(Entries.Make("a", "g"), "prompt", null, new(key, HidesContent: false), format).Span);

        Assert.DoesNotContain("prompt", line, StringComparison.Ordinal);
        Assert.Equal("prompt", LogpushLineTests.Decrypt(rsa, JsonElement.Parse(line.Trim()[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal))));
    }

    [Fact]
    public void Takes_APart_TakesAboutThatAndAlwaysTheSame()
    {
        var format = LogpushFormat.Read(new() { SampleRate = 0.25m }, out _, out _)!;
        var entries = Enumerable.Range(0, 4_000).Select(_ => Entries.Make("a", "g")).ToArray();

        var taken = entries.Where(format.Takes).ToArray();

        Assert.InRange(taken.Length, 800, 1_200); // 7 standard deviations.
        Assert.Equal(taken, entries.Where(format.Takes));
        Assert.DoesNotContain(entries, LogpushFormat.Read(new() { SampleRate = 0 }, out _, out _)!.Takes);
        Assert.All(entries, entry => Assert.True(LogpushFormat.Default.Takes(entry)));
    }

    [Theory]
    [InlineData("{{.Nothing}}")]
    [InlineData("{{.Model")]
    [InlineData("{{if .Model}}")]
    [InlineData("{{\"open}}")]
    [InlineData("{{}}")]
    public void Read_WhatIsNoTemplate_IsNamed(string template)
    {
        Assert.Null(LogpushFormat.Read(new() { RecordTemplate = template }, out var option, out var problem));
        Assert.Equal("record_template", option);
        Assert.NotNull(problem);
    }

    private static string Write(LogpushOutput output, string? request = null)
    {
        var format = LogpushFormat.Read(output, out _, out var problem);
        Assert.Null(problem);
        return Encoding.UTF8.GetString(LogpushLine.Write(Entries.Make("a", "g"), request, response: null, Plain, format!).Span);
    }
}
