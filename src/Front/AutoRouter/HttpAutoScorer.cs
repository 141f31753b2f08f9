using System.Net.Http.Headers;
using System.Text.Json;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Upstreams;

namespace GatewayActors.Front.AutoRouter;

/// <summary>Asks a service of the operator's which model is best. It gets what was found out about the request, and none of its words.</summary>
internal sealed class HttpAutoScorer(Uri url, GatewayOptions options) : IAutoScorer, IDisposable
{
    private const int MaxAnswerBytes = 64 * 1024; // The pool has 50 models at most, the price table some hundreds.

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker _client = new(UpstreamHandlers.Create(options.Upstream));

    public async ValueTask<IReadOnlyList<AutoCandidate>> RankAsync(AutoTask task, IReadOnlyList<AutoCandidate> candidates, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(Write(task, candidates)) { Headers = { ContentType = Json } } };
        using var response = await _client.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        await response.Content.LoadIntoBufferAsync(MaxAnswerBytes, cancellationToken);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        var byName = candidates.DistinctBy(candidate => candidate.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(candidate => candidate.Name, StringComparer.OrdinalIgnoreCase);
        AutoCandidate[] ranked =
        [
            .. answer.RootElement.GetProperty("ranking").EnumerateArray()
                .Select(name => byName.GetValueOrDefault(name.GetString() ?? ""))
                .OfType<AutoCandidate>(),
        ];
        return ranked.Length > 0 ? ranked : throw new InvalidOperationException("The scorer's ranking names none of the models.");
    }

    public void Dispose() => _client.Dispose();

    private static byte[] Write(AutoTask task, IReadOnlyList<AutoCandidate> candidates)
    {
        using var buffer = new MemoryStream(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("task"u8);
            json.WriteNumber("difficulty"u8, (int)task.Difficulty);
            json.WriteNumber("input_tokens"u8, task.InputTokens);
            json.WriteNumber("output_tokens"u8, task.OutputTokens);
            json.WriteStartArray("inputs"u8);
            foreach (var word in task.Inputs.ToWords())
            {
                json.WriteStringValue(word);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteStartArray("candidates"u8);
            foreach (var candidate in candidates)
            {
                json.WriteStartObject();
                json.WriteString("model"u8, candidate.Name);
                json.WriteNumber("class"u8, HeuristicScorer.Quality(candidate));
                WritePrice(json, "input_usd_per_mtok"u8, candidate.Price?.Input);
                WritePrice(json, "output_usd_per_mtok"u8, candidate.Price?.Output);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WritePrice(Utf8JsonWriter json, ReadOnlySpan<byte> name, decimal? price)
    {
        if (price is { } known)
        {
            json.WriteNumber(name, known);
        }
    }
}
