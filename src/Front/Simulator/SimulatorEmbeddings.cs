using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Front.Simulator;

/// <summary>Embeddings: a unit vector for each input, made of the input's hash. Equal inputs have equal vectors, others unrelated ones.</summary>
internal static class SimulatorEmbeddings
{
    public const int DefaultDimensions = 8;
    public const int MaxDimensions = 4_096;
    public const int MaxInputs = 2_048;

    /// <summary>Answers a request.</summary>
    /// <returns>The body; null with a problem.</returns>
    public static byte[]? Answer(JsonElement body, out SimulatorProblem? problem)
    {
        if (Check(body, out var model, out var inputs, out var dimensions, out problem) is not { } isBase64)
        {
            return null;
        }

        var tokens = Math.Max(1, inputs.Sum(input => SimulatedText.TokensOf(input.Length)));
        return SimulatorJson.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "list"u8);
            writer.WriteStartArray("data"u8);
            for (var index = 0; index < inputs.Count; index++)
            {
                writer.WriteStartObject();
                writer.WriteString("object"u8, "embedding"u8);
                writer.WriteNumber("index"u8, index);
                WriteVector(writer, Vector(inputs[index], dimensions), isBase64);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteString("model"u8, model);
            writer.WriteString("system_fingerprint"u8, SimulatedAnswer.Fingerprint);
            writer.WriteStartObject("usage"u8);
            writer.WriteNumber("prompt_tokens"u8, tokens);
            writer.WriteNumber("total_tokens"u8, tokens);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    /// <summary>The vector of an input.</summary>
    internal static float[] Vector(ReadOnlySpan<byte> input, int dimensions)
    {
        var state = XxHash3.HashToUInt64(input);
        var values = new double[dimensions];
        var sum = 0.0;
        for (var index = 0; index < dimensions; index++)
        {
            values[index] = (Next(ref state) >> 11) * (2.0 / (1UL << 53)) - 1; // from -1 to 1
            sum += values[index] * values[index];
        }

        var length = Math.Sqrt(sum);
        return [.. values.Select(value => (float)(value / length))];
    }

    private static void WriteVector(Utf8JsonWriter writer, float[] vector, bool isBase64)
    {
        if (isBase64)
        {
            var bytes = new byte[vector.Length * sizeof(float)];
            for (var index = 0; index < vector.Length; index++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(index * sizeof(float)), vector[index]);
            }

            writer.WriteBase64String("embedding"u8, bytes);
            return;
        }

        writer.WriteStartArray("embedding"u8);
        foreach (var value in vector)
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood 2014).</summary>
    private static ulong Next(ref ulong state)
    {
        var mixed = state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <returns>Whether base64 is asked for; null with a problem.</returns>
    private static bool? Check(JsonElement body, out string model, out List<byte[]> inputs, out int dimensions, out SimulatorProblem? problem)
    {
        (model, inputs, dimensions, problem) = ("", [], DefaultDimensions, null);
        if (body.ValueKind != JsonValueKind.Object)
        {
            problem = new(400, "invalid_request_error", "The body must be a JSON object.");
        }
        else if (!body.TryGetProperty("model", out var name) || name.ValueKind != JsonValueKind.String || (model = name.GetString()!).Length == 0)
        {
            problem = SimulatorProblem.Invalid("model", "You must provide a model parameter.");
        }
        else if (!body.TryGetProperty("input", out var input) || !ReadInputs(input, inputs))
        {
            problem = SimulatorProblem.Invalid("input", $"'input' must be a text, a list of token ids, or a list of 1 to {MaxInputs} of these.");
        }
        else if (body.TryGetProperty("dimensions", out var asked) && asked.ValueKind != JsonValueKind.Null
            && (asked.ValueKind != JsonValueKind.Number || !asked.TryGetInt32(out dimensions) || dimensions is < 1 or > MaxDimensions))
        {
            problem = SimulatorProblem.Invalid("dimensions", $"'dimensions' must be a whole number from 1 to {MaxDimensions}.");
        }
        else if (!body.TryGetProperty("encoding_format", out var format) || format.ValueKind == JsonValueKind.Null
            || (format.ValueKind == JsonValueKind.String && format.ValueEquals("float"u8)))
        {
            return false;
        }
        else if (format.ValueKind == JsonValueKind.String && format.ValueEquals("base64"u8))
        {
            return true;
        }
        else
        {
            problem = SimulatorProblem.Invalid("encoding_format", "'encoding_format' must be float or base64.");
        }

        return null;
    }

    private static bool ReadInputs(JsonElement input, List<byte[]> inputs)
    {
        if (input.ValueKind == JsonValueKind.String || IsTokens(input))
        {
            inputs.Add(BytesOf(input));
            return true;
        }

        if (input.ValueKind != JsonValueKind.Array || input.GetArrayLength() is 0 or > MaxInputs)
        {
            return false;
        }

        foreach (var item in input.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String && !IsTokens(item))
            {
                return false;
            }

            inputs.Add(BytesOf(item));
        }

        return true;
    }

    private static bool IsTokens(JsonElement input) =>
        input.ValueKind == JsonValueKind.Array && input.GetArrayLength() > 0 && input.EnumerateArray().All(token => token.ValueKind == JsonValueKind.Number);

    /// <summary>The text; for token ids four bytes each, so that the counting rule holds.</summary>
    private static byte[] BytesOf(JsonElement input) => input.ValueKind == JsonValueKind.String
        ? Encoding.UTF8.GetBytes(input.GetString()!)
        : [.. input.EnumerateArray().SelectMany(token => BitConverter.GetBytes(token.TryGetInt32(out var id) ? id : 0))];
}
