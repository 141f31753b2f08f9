using System.Globalization;
using System.Text.Json;
using GraphQL;

namespace GatewayActors.Front.Analytics;

/// <summary>The answer to a query. Both keys are always there: clients look at either.</summary>
internal sealed class GraphQLAnswer(object? data, IReadOnlyList<ExecutionError> errors, DateTimeOffset now) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter);
        json.WriteStartObject();
        json.WritePropertyName("data"u8);
        Write(json, data);
        json.WritePropertyName("errors"u8);
        if (errors.Count == 0)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteStartArray();
            foreach (var error in errors)
            {
                WriteError(json, error);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
        await json.FlushAsync(httpContext.RequestAborted);
    }

    private void WriteError(Utf8JsonWriter json, ExecutionError error)
    {
        json.WriteStartObject();
        json.WriteString("message"u8, error.Message);
        json.WritePropertyName("path"u8);
        Write(json, error.Path);
        json.WriteStartObject("extensions"u8);
        if (error.Code is { } code)
        {
            json.WriteString("code"u8, code);
        }

        json.WriteString("timestamp"u8, now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case decimal number:
                json.WriteNumberValue(number); // Every digit of a cost.
                break;
            case IReadOnlyDictionary<string, object?> fields:
                json.WriteStartObject();
                foreach (var (name, field) in fields)
                {
                    json.WritePropertyName(name);
                    Write(json, field);
                }

                json.WriteEndObject();
                break;
            case System.Collections.IEnumerable items:
                json.WriteStartArray();
                foreach (var item in items)
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                throw new InvalidOperationException($"A value of type {value.GetType()} has no form in JSON.");
        }
    }
}
