using System.Text.Encodings.Web;
using System.Text.Json;
using GatewayActors.Front.CustomProviders;
using GatewayActors.Front.DynamicRoutes;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Upstreams;
using GatewayActors.Providers.Custom;
using GatewayActors.Providers.Pricing;
using Orleans.Runtime;

namespace GatewayActors.Front.Compat;

/// <summary>
/// Answers which models the OpenAI-compatible endpoint can call: those of the price table whose provider it reaches, and those that the
/// account's own providers price by name. Others work too, only nobody knows their names here.
/// </summary>
internal sealed partial class CompatModels(
    IPriceTable prices, UpstreamTransports transports, AccountProviders accounts, TimeProvider timeProvider, ILogger<CompatModels> logger)
{
    public const string Endpoint = "models";

    private const decimal TokensPerPrice = 1_000_000;

    private static readonly JsonWriterOptions AsWritten = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // The table does not change while the process runs.
    private readonly Lazy<byte[]> _list = new(() => Write(prices, transports, [], timeProvider.GetUtcNow().ToUnixTimeSeconds()));

    public async ValueTask AnswerAsync(Exchange exchange)
    {
        if (await FindOwnAsync(exchange) is { } own)
        {
            var now = timeProvider.GetUtcNow().ToUnixTimeSeconds();
            var list = own.Length == 0 ? _list.Value : Write(prices, transports, own, now);
            await JsonAnswer.WriteAsync(exchange, RouteModels.AddTo(list, exchange.Snapshot.Routes, now));
        }
    }

    private async ValueTask<CustomProvider[]?> FindOwnAsync(Exchange exchange)
    {
        try
        {
            var set = exchange.CustomProviders ??= await accounts.GetAsync(exchange.Gateway.AccountId);
            return [.. set.All.Where(entry => entry.IsEnabled && entry.Provider.Settings!.Prices.Models.Any()).Select(entry => entry.Provider).OrderBy(provider => provider.Slug, StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            LogNoDecision(exchange.Id, exception);
            exchange.Fail(GatewayError.NoDecision);
            return null;
        }
    }

    private static byte[] Write(IPriceTable prices, UpstreamTransports transports, IReadOnlyList<CustomProvider> own, long now)
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

            foreach (var provider in own)
            {
                foreach (var (_, model, price) in provider.Settings!.Prices.Models)
                {
                    Write(json, provider.Slug, model, price, now);
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

    [LoggerMessage(EventId = 1205, EventName = "NoModels", Level = LogLevel.Error, Message = "No grain said which models of the account's own exchange {ExchangeId} may call.")]
    private partial void LogNoDecision(Guid exchangeId, Exception exception);
}
