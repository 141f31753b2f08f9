using System.Text.Encodings.Web;
using System.Text.Json;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Pricing;

namespace GatewayActors.Front.Compat;

/// <summary>
/// Answers which models the OpenAI-compatible endpoint can call: those of the price table whose provider it reaches. Others work too, only
/// nobody knows their names here.
/// </summary>
internal sealed class CompatModels(IPriceTable prices, UpstreamTransports transports, TimeProvider timeProvider)
{
    public const string Endpoint = "models";

    private const decimal TokensPerPrice = 1_000_000;

    private static readonly JsonWriterOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // The table does not change while the process runs.
    private readonly Lazy<byte[]> _list = new(() => Write(prices, transports, timeProvider.GetUtcNow().ToUnixTimeSeconds()));

    public ValueTask AnswerAsync(Exchange exchange) => JsonAnswer.WriteAsync(exchange, _list.Value);

    private static byte[] Write(IPriceTable prices, UpstreamTransports transports, long now)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, AsWritten))
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "list"u8);
            json.WriteStartArray("data"u8);
            foreach (var (provider, model, price) in prices.Models.OrderBy(entry => entry.Provider, StringComparer.Ordinal).ThenBy(entry => entry.Model, StringComparer.Ordinal))
            {
                if (transports.Find(provider) is { Provider: var target } && CompatRouting.ServesChat(target))
                {
                    Write(json, provider, model, price, now);
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, string provider, string model, ModelPrice price, long now)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, $"{provider}/{model}");
        json.WriteString("object"u8, "model"u8);

        // When a model came out is not in the table; clients want a number. It is when this list was made.
        json.WriteNumber("created"u8, now);
        json.WriteNumber("created_at"u8, now);
        json.WriteString("owned_by"u8, provider);
        Write(json, "cost_in"u8, price.Input);
        Write(json, "cost_out"u8, price.Output);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, decimal? perMillion)
    {
        if (perMillion is { } dollars)
        {
            json.WriteNumber(name, dollars / TokensPerPrice);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
