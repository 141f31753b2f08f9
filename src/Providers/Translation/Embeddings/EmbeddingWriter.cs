using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Embeddings;

/// <summary>Writes answers of a provider as OpenAI's list of embeddings.</summary>
public static class EmbeddingWriter
{
    /// <summary>Writes the answer, unless it is none.</summary>
    /// <param name="output">Takes it.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="call">How it was asked.</param>
    /// <param name="body">What came: one answer, or for several calls an array of their answers in the order of the calls.</param>
    /// <param name="tokens">What the answers count where their bodies do not; null if nobody knows.</param>
    /// <returns>Why it is none; null if all is well.</returns>
    public static ChatFault? Write(IBufferWriter<byte> output, EmbeddingRequest request, EmbeddingCall call, ReadOnlyMemory<byte> body, long? tokens)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        try
        {
            using var document = JsonDocument.Parse(body);
            var answers = call.Bodies.Count == 1 ? [document.RootElement] : document.RootElement.EnumerateArray().ToArray();
            return Write(output, request, call, answers, tokens);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // The second is how the reader says that something is not of the kind it should be.
            return ChatFault.Malformed;
        }
    }

    private static ChatFault? Write(IBufferWriter<byte> output, EmbeddingRequest request, EmbeddingCall call, JsonElement[] answers, long? tokens)
    {
        using var json = new Utf8JsonWriter(output, ChunkWriter.AsWritten);
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        var count = 0;
        var vector = Array.Empty<double>();
        foreach (var found in answers.SelectMany(call.Vectors))
        {
            if (found.ValueKind != JsonValueKind.Array)
            {
                return ChatFault.Malformed;
            }

            if (request.Dimensions is { } asked && found.GetArrayLength() != asked)
            {
                return new(502, "server_error", "wrong_dimensions", $"The provider's vectors have {found.GetArrayLength()} dimensions, not the {asked} that were asked for.");
            }

            json.WriteStartObject();
            json.WriteString("object"u8, "embedding"u8);
            json.WriteNumber("index"u8, count++);
            Write(json, found, request.IsBase64, call.Normalizes, ref vector);
            json.WriteEndObject();
        }

        if (count != request.Inputs.Count)
        {
            return ChatFault.Malformed;
        }

        json.WriteEndArray();
        json.WriteString("model"u8, answers[0].Text("model") ?? request.Model);
        var used = Sum(call, answers) ?? tokens ?? request.EstimatedTokens;
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, used);
        json.WriteNumber("total_tokens"u8, used);
        json.WriteEndObject();
        json.WriteEndObject();
        return null;
    }

    private static void Write(Utf8JsonWriter json, JsonElement found, bool isBase64, bool normalizes, ref double[] vector)
    {
        if (!isBase64 && !normalizes)
        {
            json.WriteStartArray("embedding"u8);
            foreach (var number in found.EnumerateArray())
            {
                // In the provider's own digits.
                json.WriteRawValue(number.ValueKind == JsonValueKind.Number ? JsonMarshal.GetRawUtf8Value(number) : throw new InvalidOperationException("A vector holds what is no number."));
            }

            json.WriteEndArray();
            return;
        }

        var length = found.GetArrayLength();
        vector = vector.Length == length ? vector : new double[length];
        var index = 0;
        foreach (var number in found.EnumerateArray())
        {
            vector[index++] = number.GetDouble();
        }

        if (normalizes)
        {
            Normalize(vector);
        }

        if (isBase64)
        {
            WriteBase64(json, vector);
        }
        else
        {
            json.WriteStartArray("embedding"u8);
            foreach (var value in vector)
            {
                json.WriteNumberValue((float)value);
            }

            json.WriteEndArray();
        }
    }

    private static void Normalize(double[] vector)
    {
        var length = Math.Sqrt(vector.Sum(value => value * value));
        if (length > 0)
        {
            for (var index = 0; index < vector.Length; index++)
            {
                vector[index] /= length;
            }
        }
    }

    private static void WriteBase64(Utf8JsonWriter json, double[] vector)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(vector.Length * sizeof(float));
        for (var index = 0; index < vector.Length; index++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(index * sizeof(float)), (float)vector[index]);
        }

        json.WriteBase64String("embedding"u8, bytes.AsSpan(0, vector.Length * sizeof(float)));
        ArrayPool<byte>.Shared.Return(bytes);
    }

    private static long? Sum(EmbeddingCall call, JsonElement[] answers)
    {
        long sum = 0;
        foreach (var answer in answers)
        {
            if (call.Tokens(answer) is not { } tokens)
            {
                return null;
            }

            sum += tokens;
        }

        return sum;
    }
}
