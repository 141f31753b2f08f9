using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;

// Two measurements of WebSockets, printed as one line each:
//   echo URL TOKEN MESSAGES     round trips of a text of 1 KB over one WebSocket, one after the other: p50 and p99 in microseconds
//   idle URL TOKEN SOCKETS PID  what a process holds for each WebSocket on which nothing happens, in bytes
var (what, url, token, count) = (args[0], new Uri(args[1]), args[2], int.Parse(args[3], CultureInfo.InvariantCulture));
switch (what)
{
    case "echo":
        await EchoAsync();
        break;
    case "idle":
        await IdleAsync(args[4]);
        break;
    default:
        throw new InvalidOperationException($"'{what}' is none of echo, idle.");
}

async Task<ClientWebSocket> ConnectAsync()
{
    var socket = new ClientWebSocket();
    socket.Options.SetRequestHeader("authorization", "Bearer sk-bench");
    socket.Options.SetRequestHeader("cf-aig-authorization", "Bearer " + token);
    await socket.ConnectAsync(url, CancellationToken.None);
    return socket;
}

async Task EchoAsync()
{
    using var socket = await ConnectAsync();
    var message = Encoding.UTF8.GetBytes($$"""{"type":"response.output_audio.delta","event_id":"event_1","response_id":"resp_1","delta":"{{new string('A', 930)}}"}""");
    var buffer = new byte[4096];
    var times = new double[count];
    for (var trial = -count / 4; trial < count; trial++)
    {
        var started = Stopwatch.GetTimestamp();
        await socket.SendAsync(message.AsMemory(), WebSocketMessageType.Text, true, CancellationToken.None);
        for (var received = 0; received < message.Length;)
        {
            received += (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).Count;
        }

        if (trial >= 0)
        {
            times[trial] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        }
    }

    Array.Sort(times);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ECHO {times[count / 2]:0.0} {times[count * 99 / 100]:0.0}"));
    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
}

async Task IdleAsync(string pid)
{
    // The first ones pay for what all of them share.
    var warm = await OpenAsync(count / 4);
    await Task.Delay(TimeSpan.FromSeconds(5));
    var before = Resident(pid);
    var sockets = await OpenAsync(count);
    await Task.Delay(TimeSpan.FromSeconds(10));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"IDLE {(Resident(pid) - before) / count} {Resident(pid) / 1024 / 1024}"));
    foreach (var socket in warm.Concat(sockets))
    {
        socket.Abort();
    }
}

async Task<List<ClientWebSocket>> OpenAsync(int sockets)
{
    var open = new List<ClientWebSocket>(sockets);
    while (open.Count < sockets)
    {
        open.Add(await ConnectAsync());
    }

    return open;
}

static long Resident(string pid) =>
    long.Parse(File.ReadLines($"/proc/{pid}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
