using System.Text;
using GatewayActors.Providers.Usage.Scanning;
using Xunit;

namespace GatewayActors.Providers.Tests.Usage;

public sealed class ScannerTests
{
    private static readonly JsonPaths Paths = new(("usage", 0), ("a.model", 1), ("list[].n", CapturedMembers.FirstSumSlot), ("list[]", 2), ("list[].name", 3));

    [Theory]
    [InlineData("""{"usage":{"a":1}}""", """{"a":1}""")]
    [InlineData("""{"text":"\"usage\":2 } {","usage":3,"z":0}""", "3")] // an odd number of quotes in a text
    [InlineData("""{"text":"ends in a backslash \\","usage":3}""", "3")]
    [InlineData("""{"text":"\\\"","usage":3}""", "3")]
    [InlineData("""{"x":{"usage":1,"t":"}\"}"},"usage":3}""", "3")] // one level too deep
    [InlineData("""{"x":["\"]",{"usage":1}],"usage":3}""", "3")]
    [InlineData("""{"\u0075sage":1,"usage\"":2,"usage":3}""", "3")]
    [InlineData("""{"usag":1,"usagee":2,"usage":3}""", "3")]
    [InlineData("""{"usage":"a\"b\\"}""", """
        "a\"b\\"
        """)]
    [InlineData("""{"usage":{"t":"}\"{"},"usage":null,"usage":""}""", """{"t":"}\"{"}""")]
    [InlineData("""{"usage":1}{"usage":2}""", "2")]
    [InlineData("{\"usage\":1}\n \r\n{\"usage\":2}\n", "2")]
    [InlineData("""[{"usage":1},{"usage":2}]""", "2")]
    [InlineData("""[[{"usage":1}]]""", "")] // only one array around documents is looked through
    [InlineData(" \n\t{ \"x\" : [ 1 , 2 ] , \"usage\" : -1.5e3 }", "-1.5e3")]
    [InlineData("\uFEFF{\"usage\":true}", "true")]
    [InlineData("""{"x":{},"y":[],"usage":[1,[2]]}""", "[1,[2]]")]
    [InlineData("""{"usage":1""", "")]
    [InlineData("""{"usage":{"a":1}""", """{"a":1}""")]
    [InlineData("plain text", "")]
    [InlineData("\"usage\"", "")]
    [InlineData("", "")]
    public void Json_CutAnywhere_FindsTheMember(string json, string usage)
    {
        var body = Encoding.UTF8.GetBytes(json);
        for (var at = 0; at <= body.Length; at++)
        {
            Assert.Equal(usage, Encoding.UTF8.GetString(Scan(body, at)[0]));
        }
    }

    [Fact]
    public void Json_PathsThroughObjectsAndArrays_AreFollowed()
    {
        var body = """{"model":"no","a":{"usage":0,"model":"yes","b":{"model":"no"}},"list":[{"n":2,"name":"x"},5,[],{"name":"y","n":40},{"n":-1},{"n":"7"}]}"""u8.ToArray();
        for (var at = 0; at <= body.Length; at++)
        {
            var members = Scan(body, at);
            Assert.Equal("yes", members.Text(1));
            Assert.Equal(42, members.CountOf(CapturedMembers.FirstSumSlot));
            Assert.Equal(6, members.CountOf(2));
            Assert.Equal("y", members.Text(3));
        }
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    public void Events_DataOverSeveralLines_IsOneDocument(string end)
    {
        var text = string.Join(end, ": comment", "retry: 5", "event: x", "data: {\"model\":\"m\",", "data:\"usage\":", "id: 1", "data: {\"prompt_tokens\":1,", "data:   \"completion_tokens\":2}}", "", "data", "data:", "", "");
        var body = Encoding.UTF8.GetBytes(text);
        for (var at = 0; at <= body.Length; at++)
        {
            var report = Reading.Cut(Reading.Make(GatewayActors.Providers.Usage.UsageReaders.OpenAI, Reading.Sse), body, at);
            Assert.Equal("m", report.Model);
            Assert.Equal((1, 2), (report.Usage?.InputTotal, report.Usage?.OutputTotal));
        }

        Assert.Equal(1, Reading.InPieces(Reading.Make(GatewayActors.Providers.Usage.UsageReaders.OpenAI, Reading.Sse), body, 1).Usage?.InputTotal);
    }

    [Fact]
    public void Events_BrokenOne_DoesNotSpoilTheNext()
    {
        var body = "data: {\"model\":\"m\",\"x\":[\"\n\ndata: {\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\ndatax: {\"usage\":{\"prompt_tokens\":9}}\n\n"u8.ToArray();
        for (var at = 0; at <= body.Length; at++)
        {
            Assert.Equal(1, Reading.Cut(Reading.Make(GatewayActors.Providers.Usage.UsageReaders.OpenAI, Reading.Sse), body, at).Usage?.InputTotal);
        }
    }

    [Fact]
    public void Events_WithoutAModel_AreNotScannedForever()
    {
        // After the first events a model is no longer looked for, so that a stream that names none costs a search only.
        var text = string.Concat(Enumerable.Repeat("data: {\"response\":\"x\"}\n\n", 20)) + "data: {\"model\":\"late\"}\n\n";
        var report = Reading.Whole(Reading.Make(GatewayActors.Providers.Usage.UsageReaders.WorkersAI, Reading.Sse), Encoding.UTF8.GetBytes(text));

        Assert.Null(report.Model);
    }

    [Fact]
    public void Json_SkippedContainers_EndWhereAByteByByteReadingSays()
    {
#pragma warning disable CA5394 // a fixed seed is the point: every run tries the same documents
        var random = new Random(64);
        var found = 0;
        for (var i = 0; i < 20_000; i++)
        {
            // Few quotes and brackets in some, so that strings and runs of backslashes cross blocks of 64 bytes.
            var alphabet = random.Next(3) switch { 0 => "\"\\{}[]a"u8, 1 => "\"\\aaaaaaaaaaaa{}"u8, _ => "\"\\\\\\\\\\\\\\\\}"u8 };
            var text = new byte[random.Next(1, 400)];
            for (var at = 0; at < text.Length; at++)
            {
                text[at] = alphabet[random.Next(alphabet.Length)];
            }

            text[0] = (byte)'{';
            var end = EndOf(text);
            if (end < 0)
            {
                continue;
            }

            found++;
            byte[] body = [.. "{\"x\":"u8, .. text.AsSpan(0, end + 1), .. ",\"usage\":7}"u8];
            var members = new CapturedMembers();
            var scanner = new JsonMemberScanner(Paths);
            for (var at = 0; at < body.Length;)
            {
                var length = Math.Min(body.Length - at, random.Next(1, 200));
                scanner.Read(body.AsSpan(at, length), members);
                at += length;
            }

            Assert.Equal("7", members.Text(0));
        }
#pragma warning restore CA5394

        Assert.InRange(found, 5_000, 20_000);
    }

    private static int EndOf(ReadOnlySpan<byte> container)
    {
        var (depth, inString) = (0, false);
        for (var i = 0; i < container.Length; i++)
        {
            switch (container[i])
            {
                case (byte)'\\' when inString:
                    i++;
                    break;
                case (byte)'\\': // outside a string it is no JSON, and means nothing
                    return -1;
                case (byte)'"':
                    inString = !inString;
                    break;
                case (byte)'{' or (byte)'[' when !inString:
                    depth++;
                    break;
                case (byte)'}' or (byte)']' when !inString && --depth == 0:
                    return i;
            }
        }

        return -1;
    }

    private static CapturedMembers Scan(byte[] body, int at)
    {
        var members = new CapturedMembers();
        var scanner = new JsonMemberScanner(Paths);
        scanner.Read(body.AsSpan(0, at), members);
        scanner.Read(body.AsSpan(at), members);
        return members;
    }
}
