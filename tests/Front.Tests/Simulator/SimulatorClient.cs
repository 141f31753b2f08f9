using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using GatewayActors.Front.Simulator;
using Xunit;

namespace GatewayActors.Front.Tests.Simulator;

/// <summary>Calls the simulator as the gateway does.</summary>
internal sealed class SimulatorClient(TimeProvider? time = null) : IDisposable
{
    private readonly HttpMessageInvoker _invoker = new(new SimulatorHandler(time ?? TimeProvider.System));

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, $"{SimulatorHandler.BaseUrl}/{path}");
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        return _invoker.SendAsync(request, cancellationToken);
    }

    public Task<HttpResponseMessage> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, body, TestContext.Current.CancellationToken);

    public async Task<JsonNode> PostJsonAsync(string path, string body, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await PostAsync(path, body);
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }

    /// <summary>All reads of a streamed answer, each as text.</summary>
    public async Task<List<string>> PostStreamAsync(string path, string body)
    {
        using var response = await PostAsync(path, body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        List<string> reads = [];
        while (await ReadAsync(stream) is { Length: > 0 } read)
        {
            reads.Add(read);
        }

        return reads;
    }

    public static async Task<string> ReadAsync(Stream stream)
    {
        var buffer = new byte[1 << 20];
        var count = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, count);
    }

    /// <summary>The JSON data of events, without the last <c>[DONE]</c>.</summary>
    public static List<JsonNode> Data(IEnumerable<string> reads) =>
        [.. string.Concat(reads).Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line[6..])!)];

    public void Dispose() => _invoker.Dispose();
}
