using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace GatewayActors.Front.CustomDomains;

/// <summary>Asks the name servers of this machine over UDP, one after the other. The platform itself only resolves addresses.</summary>
/// <param name="servers">The name servers; null for those that the machine is configured with.</param>
internal sealed class DnsRecords(IReadOnlyList<IPEndPoint>? servers = null) : IDomainRecords
{
    private const int Port = 53;
    private const int MaxAnswer = 4096;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public async Task<IReadOnlyList<string>> FindTextsAsync(string name, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        foreach (var server in servers ?? Configured())
        {
            try
            {
                if (await AskAsync(server, name, cancellationToken) is { } texts)
                {
                    return texts;
                }
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                failure = exception;
            }
        }

        throw new IOException("No name server answered.", failure);
    }

    private static async Task<IReadOnlyList<string>?> AskAsync(IPEndPoint server, string name, CancellationToken cancellationToken)
    {
        var question = DnsMessage.Question((ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1), name);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Timeout);

        // Connected: only this server's answers get in, and the port is a new one for each question.
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, timeout.Token);
        await socket.SendAsync(question, timeout.Token);
        var answer = new byte[MaxAnswer];
        var length = await socket.ReceiveAsync(answer, timeout.Token);
        return DnsMessage.Read(answer.AsSpan(0, length), question);
    }

    private static IEnumerable<IPEndPoint> Configured() => NetworkInterface.GetAllNetworkInterfaces()
        .SelectMany(network => network.GetIPProperties().DnsAddresses)
        .Distinct()
        .Select(address => new IPEndPoint(address, Port));
}
