using System.Net;
using System.Net.Sockets;
using System.Text;
using GatewayActors.Front.CustomDomains;
using Xunit;

namespace GatewayActors.Front.Tests.CustomDomains;

/// <summary>Questions to a name server of the test's own.</summary>
public sealed class DnsRecordsTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task FindTextsAsync_Answer_HasTheTextsBehindAnAlias()
    {
        // An alias (type 5) with a whole name, then two texts, of which one is in two pieces.
        byte[] alias = [0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 5, 1, (byte)'x', 0xC0, 12, 0];
        var texts = await AskAsync(question => [.. Head(question, answers: 3), .. alias, .. Record("account=", "0123"), .. Record("other")]);

        Assert.Equal(["account=0123", "other"], texts);
    }

    [Fact]
    public async Task FindTextsAsync_NoSuchName_IsEmpty() => Assert.Empty(await AskAsync(question => Head(question, answers: 0, failure: 3)));

    [Fact]
    public async Task FindTextsAsync_ServerFails_Throws() =>
        await Assert.ThrowsAsync<IOException>(() => AskAsync(question => Head(question, answers: 0, failure: 2)));

    [Fact]
    public async Task FindTextsAsync_AnswerToAnotherQuestion_IsNone() => await Assert.ThrowsAsync<IOException>(() => AskAsync(question =>
    {
        byte[] answer = [.. Head(question, answers: 1), .. Record("x")];
        answer[0] ^= 1;
        return answer;
    }));

    [Fact]
    public void Read_CutAnywhere_NeverThrows()
    {
        var question = DnsMessage.Question(7, "_ai-gateway.example.com");
        byte[] answer = [.. Head(question, answers: 2), .. Record("account=", "0123"), .. Record("other")];

        Assert.Equal(2, DnsMessage.Read(answer, question)!.Count);
        for (var length = 0; length < answer.Length; length++)
        {
            Assert.Null(DnsMessage.Read(answer.AsSpan(0, length), question));
        }
    }

    private static async Task<IReadOnlyList<string>> AskAsync(Func<byte[], byte[]> answer)
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var asked = new DnsRecords([(IPEndPoint)server.Client.LocalEndPoint!]).FindTextsAsync("_ai-gateway.example.com", Cancelled);
        var question = await server.ReceiveAsync(Cancelled);
        await server.SendAsync(answer(question.Buffer), question.RemoteEndPoint, Cancelled);
        return await asked;
    }

    private static byte[] Head(byte[] question, byte answers, byte failure = 0)
    {
        byte[] head = [.. question];
        (head[2], head[3], head[7]) = (0x81, (byte)(0x80 | failure), answers);
        return head;
    }

    private static byte[] Record(params string[] pieces)
    {
        byte[] data = [.. pieces.SelectMany(piece => (byte[])[(byte)piece.Length, .. Encoding.ASCII.GetBytes(piece)])];
        return [0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 60, 0, (byte)data.Length, .. data];
    }
}
