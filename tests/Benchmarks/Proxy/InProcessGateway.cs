using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using GatewayActors.Front.Hosting;

namespace GatewayActors.Benchmarks.Proxy;

/// <summary>The product as it is started by its operator, in this process, with the state in a temporary folder.</summary>
internal sealed class InProcessGateway
{
    private const string AccountId = "0000000000000000000000000000be7c";
    private const string OperatorToken = "bench-operator-token";

    private InProcessGateway(int port, string token) => (Port, Token) = (port, token);

    public static string ChatPath => $"/v1/{AccountId}/default/openai/chat/completions";

    public int Port { get; }

    /// <summary>A token of the account, as clients use it.</summary>
    public string Token { get; }

    public static async Task<InProcessGateway> StartAsync(int upstreamPort)
    {
        var port = FreePort();
        var state = Directory.CreateTempSubdirectory("gateway-benchmarks.").FullName;
        var running = GatewayHost.RunAsync(
        [
            $"--urls=http://127.0.0.1:{port}",
            $"--Gateway:DataDirectory={state}",
            $"--Gateway:Bootstrap:AccountId={AccountId}",
            $"--Gateway:Bootstrap:Token={OperatorToken}",
            $"--Gateway:Providers:openai:BaseUrl=http://127.0.0.1:{upstreamPort}/v1",
        ]);
        using var invoker = new SocketsHttpHandler();
#pragma warning disable RS0030 // Only asks for a token, once.
        using var client = new HttpClient(invoker) { BaseAddress = new($"http://127.0.0.1:{port}/") };
#pragma warning restore RS0030
        client.DefaultRequestHeaders.Authorization = new("Bearer", OperatorToken);
        await WaitAsync(client, running);

        // The host stops with the process, in a handler of the same event that was added before.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(state, recursive: true);
        return new(port, await CreateTokenAsync(client));
    }

    private static async Task WaitAsync(HttpClient client, Task<int> running)
    {
        while (true)
        {
            if (running.IsCompleted)
            {
                throw new InvalidOperationException($"The gateway ended with {await running}.");
            }

            try
            {
                using var answer = await client.GetAsync(new Uri("healthz/ready", UriKind.Relative));
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(50);
        }
    }

    private static async Task<string> CreateTokenAsync(HttpClient client)
    {
        var api = $"client/v4/accounts/{AccountId}/tokens";
        var groups = await client.GetFromJsonAsync<JsonElement>(new Uri($"{api}/permission_groups", UriKind.Relative));
        var run = groups.GetProperty("result").EnumerateArray().First(group => group.GetProperty("name").GetString() == "AI Gateway Run").GetProperty("id").GetString();
        var definition = $$$"""
            {"name":"bench","policies":[{"effect":"allow","permission_groups":[{"id":"{{{run}}}"}],"resources":{"com.cloudflare.api.account.{{{AccountId}}}":"*"}}]}
            """;
        using var content = new StringContent(definition, new MediaTypeHeaderValue("application/json"));
        using var answer = await client.PostAsync(new Uri(api, UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
        var created = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return created.GetProperty("result").GetProperty("value").GetString()!;
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
