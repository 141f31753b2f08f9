using System.Text;
using GatewayActors.Providers.Usage;
using GatewayActors.Providers.Usage.Scanning;
using Xunit;

namespace GatewayActors.Providers.Tests.Usage;

public sealed class HostileBodyTests
{
    [Fact]
    public void Read_MutatedFixtures_NeverThrow()
    {
        const int Cases = 10_000;
#pragma warning disable CA5394 // a fixed seed is the point: every run tries the same mutations
        var random = new Random(20261122);
        var bodies = UsageCase.All.Select(one => (Case: one, Body: Reading.Fixture(one.Fixture))).ToArray();
        for (var i = 0; i < Cases; i++)
        {
            var (one, original) = bodies[random.Next(bodies.Length)];
            var body = Mutate(original, random);
            var family = random.Next(4) == 0 ? bodies[random.Next(bodies.Length)].Case : one;
            var reader = family.Reader()!;
            var at = 0;
            while (at < body.Length)
            {
                var length = Math.Min(body.Length - at, 1 + random.Next(200));
                reader.Read(body.AsSpan(at, length));
                _ = reader.Error;
                at += length;
            }

            var usage = reader.Complete().Usage;
            Assert.True(usage is null || (usage.InputTotal ?? 0) >= 0 && (usage.OutputTotal ?? 0) >= 0, $"case {i}, {one.Fixture}: {usage}");
        }
#pragma warning restore CA5394
    }

    [Theory]
    [InlineData("{\"usage\":{\"prompt_tokens\":1,\"pad\":\"", "\"}}")]
    [InlineData("{\"model\":\"", "\"}")]
    [InlineData("{\"", "\":1}")]
    [InlineData("{\"service_tier\":", ",\"x\":1}")]
    public void Read_HugeValue_IsNotHeld(string before, string after)
    {
        var members = new CapturedMembers();
        var scanner = new JsonMemberScanner(new JsonPaths(("usage", 0), ("model", 1), ("service_tier", 2)));
        var piece = new byte[4096];
        piece.AsSpan().Fill((byte)'7');

        scanner.Read(Encoding.UTF8.GetBytes(before), members);
        for (var i = 0; i < 2048; i++) // 8 MiB
        {
            scanner.Read(piece, members);
            Assert.InRange(members.BufferBytes, 0, 4 * CapturedMembers.MaxValueBytes);
        }

        scanner.Read(Encoding.UTF8.GetBytes(after), members);
        scanner.Read("\n{\"model\":\"next\",\"usage\":{\"total_tokens\":3}}"u8, members);

        Assert.Equal("next", members.Text(1));
        Assert.Equal("{\"total_tokens\":3}", members.Raw(0));
        members.Release();
    }

    [Fact]
    public void Read_HugeEvent_FindsUsageBehindIt()
    {
        // An image stream's last event has megabytes of picture and the usage in one.
        var reader = Reading.Make(UsageReaders.OpenAI, Reading.Sse, "images/generations")!;
        var picture = new byte[64 * 1024];
        picture.AsSpan().Fill((byte)'A');

        reader.Read("event: image_generation.completed\ndata: {\"type\":\"image_generation.completed\",\"b64_json\":\""u8);
        for (var i = 0; i < 64; i++) // 4 MiB
        {
            reader.Read(picture);
        }

        reader.Read("\",\"usage\":{\"input_tokens\":50,\"output_tokens\":1056,\"total_tokens\":1106}}\n\n"u8);

        Assert.Equal(new TokenUsage { InputTotal = 50, OutputTotal = 1056 }, reader.Complete().Usage);
    }

    [Fact]
    public void Read_ManyLargeValues_StaysInBounds()
    {
        var members = new CapturedMembers();
        for (var i = 0; i < 1000; i++)
        {
            for (var slot = 0; slot < 4; slot++)
            {
                members.Append(new byte[8000 + (i % 3)]);
                members.End(slot, new byte[i % 1000]);
            }
        }

        Assert.InRange(members.BufferBytes, 1, 16 * CapturedMembers.MaxValueBytes);
        members.Release();
    }

    [Theory]
    [InlineData("{\"a\":")]
    [InlineData("[")]
    public void Read_DeepNesting_IsSkipped(string open)
    {
        var deep = string.Concat(Enumerable.Repeat(open, 100_000));
        var reader = Reading.Make(UsageReaders.OpenAI)!;

        reader.Read(Encoding.UTF8.GetBytes("{\"a\":" + deep));

        Assert.Null(reader.Complete().Usage);
    }

    [Theory]
    [InlineData(0xFFFFFFFFu, 0u)]
    [InlineData(15u, 0u)]
    [InlineData(0u, 0u)]
    [InlineData(100u, 90u)]
    [InlineData(100u, 0xFFFFFFFFu)]
    [InlineData(20_000_000u, 17_000u)]
    public void Read_FrameWithSenselessLengths_IsTheLast(uint total, uint headers)
    {
        var reader = Reading.Make(UsageReaders.Bedrock, Reading.EventStream)!;
        var prelude = new byte[12];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(prelude, total);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(4), headers);

        reader.Read(prelude);
        reader.Read(Frames.Make([(":message-type", "event"), (":event-type", "metadata")], "{\"usage\":{\"inputTokens\":1,\"outputTokens\":1}}"u8));

        Assert.Null(reader.Complete().Usage);
    }

    [Fact]
    public void Read_FrameHeadersOfEveryType_AreSteppedOver()
    {
        // true, byte, short, int, long, bytes, timestamp, uuid; then the one that is looked for
        byte[] headers =
        [
            1, (byte)'a', 0, 1, (byte)'b', 2, 9, 1, (byte)'c', 3, 0, 9, 1, (byte)'d', 4, 0, 0, 0, 9, 1, (byte)'e', 5, 0, 0, 0, 0, 0, 0, 0, 9,
            1, (byte)'f', 6, 0, 2, 7, 7, 1, (byte)'g', 8, 0, 0, 0, 0, 0, 0, 0, 9, 1, (byte)'h', 9, .. new byte[16],
            1, (byte)'i', 7, 0, 2, (byte)'o', (byte)'k',
        ];

        Assert.Equal("ok"u8, EventStreamScanner.Header(headers, "i"u8));
        Assert.True(EventStreamScanner.Header(headers, "f"u8).IsEmpty);
        Assert.True(EventStreamScanner.Header([1, (byte)'x', 77, 0, 0], "x"u8).IsEmpty);
        for (var length = 0; length < headers.Length; length++)
        {
            Assert.True(EventStreamScanner.Header(headers.AsSpan(0, length), "i"u8).IsEmpty);
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
#pragma warning disable CA5394 // see above
        var body = original.ToList();
        for (var change = random.Next(1, 6); change > 0 && body.Count > 0; change--)
        {
            var at = random.Next(body.Count);
            switch (random.Next(5))
            {
                case 0:
                    body[at] = (byte)random.Next(256);
                    break;
                case 1:
                    body[at] = "{}[]\",:\\\n\r0-e"u8[random.Next(13)];
                    break;
                case 2:
                    body.RemoveRange(at, Math.Min(body.Count - at, random.Next(1, 40)));
                    break;
                case 3:
                    body.InsertRange(at, body.Skip(random.Next(body.Count)).Take(random.Next(1, 60)).ToArray());
                    break;
                default:
                    body.RemoveRange(at, body.Count - at);
                    break;
            }
        }

        return [.. body];
#pragma warning restore CA5394
    }
}
