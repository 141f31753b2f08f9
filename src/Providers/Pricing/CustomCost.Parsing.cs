using System.Buffers;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Pricing;

public sealed partial record CustomCost
{
    private const int MaxJsonLength = 4096; // of the header; more is no price
    private const decimal MaxUsdPerToken = 1_000_000; // so that no count of tokens overflows

    /// <summary>Reads <c>{"per_token_in":…,"per_token_out":…,"per_cache_read_token":…,"per_cache_write_token":…}</c>.</summary>
    /// <param name="json">The text; numbers with any number of decimals, exponents too.</param>
    /// <returns>The prices; null if the text is malformed, a number is negative, or nothing is priced.</returns>
    public static CustomCost? TryParse(ReadOnlySpan<char> json)
    {
        json = json.Trim();
        if (json.Length is 0 or > MaxJsonLength)
        {
            return null;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(json.Length));
        try
        {
            var length = Encoding.UTF8.GetBytes(json, bytes);
            return Read(bytes.AsSpan(0, length));
        }
        catch (JsonException)
        {
            return null; // malformed prices are ignored by definition: a price is no reason to refuse a request
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static CustomCost? Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        var cost = new CustomCost();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueTextEquals("per_token_in"u8) ? 0
                : reader.ValueTextEquals("per_token_out"u8) ? 1
                : reader.ValueTextEquals("per_cache_read_token"u8) ? 2
                : reader.ValueTextEquals("per_cache_write_token"u8) ? 3
                : -1;
            reader.Read();
            if (name < 0)
            {
                reader.Skip();
                continue;
            }

            if (reader.TokenType == JsonTokenType.Null)
            {
                continue;
            }

            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDecimal(out var value) || value is < 0 or > MaxUsdPerToken)
            {
                return null;
            }

            cost = name switch
            {
                0 => cost with { PerTokenIn = value },
                1 => cost with { PerTokenOut = value },
                2 => cost with { PerCacheReadToken = value },
                _ => cost with { PerCacheWriteToken = value },
            };
        }

        // Reads on to the end, so that text after the object is found.
        while (reader.Read())
        {
        }

        return (cost.PerTokenIn ?? cost.PerTokenOut ?? cost.PerCacheReadToken ?? cost.PerCacheWriteToken) is null ? null : cost;
    }
}
