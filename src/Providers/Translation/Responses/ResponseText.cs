using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Responses;

/// <summary>The one part of a message that is being written.</summary>
/// <param name="isRefusal">Whether it says why the model refuses.</param>
internal sealed class ResponseText(bool isRefusal)
{
    private readonly StringBuilder _text = new();
    private readonly List<ChatCitation> _citations = [];

    public bool IsRefusal { get; } = isRefusal;

    public string Text => _text.ToString();

    public int Citations => _citations.Count;

    public void Append(string text) => _text.Append(text);

    public void Append(in ChatCitation citation) => _citations.Add(citation);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (IsRefusal)
        {
            json.WriteString("type"u8, "refusal"u8);
            json.WriteString("refusal"u8, Text);
        }
        else
        {
            json.WriteString("type"u8, "output_text"u8);
            json.WriteStartArray("annotations"u8);
            foreach (var citation in _citations)
            {
                WriteCitation(json, citation);
            }

            json.WriteEndArray();
            json.WriteStartArray("logprobs"u8);
            json.WriteEndArray();
            json.WriteString("text"u8, Text);
        }

        json.WriteEndObject();
    }

    public void WriteCitation(Utf8JsonWriter json, in ChatCitation citation)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "url_citation"u8);
        json.WriteString("url"u8, citation.Url);
        json.WriteString("title"u8, citation.Title ?? "");
        json.WriteNumber("start_index"u8, citation.Start ?? _text.Length);
        json.WriteNumber("end_index"u8, citation.End ?? _text.Length);
        json.WriteEndObject();
    }
}
