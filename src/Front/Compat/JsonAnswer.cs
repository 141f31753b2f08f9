using GatewayActors.Front.Pipeline;

namespace GatewayActors.Front.Compat;

/// <summary>Answers an exchange with what the gateway knows by itself.</summary>
internal static class JsonAnswer
{
    public static async ValueTask WriteAsync(Exchange exchange, ReadOnlyMemory<byte> json)
    {
        var response = exchange.Http.Response;
        exchange.StatusCode = response.StatusCode;
        response.ContentType = "application/json";
        response.ContentLength = json.Length;
        ExchangeResponseHeaders.Write(exchange, response.Headers);
        await response.BodyWriter.WriteAsync(json, exchange.Http.RequestAborted);
        exchange.Delivered = true;
    }
}
