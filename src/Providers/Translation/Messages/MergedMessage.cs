using System.Buffers;
using System.Text;
using System.Text.Json;

namespace GatewayActors.Providers.Translation.Messages;

/// <summary>A message that is put together from the events of its stream.</summary>
internal sealed class MergedMessage
{
    private readonly MergedJson _message = new();
    private readonly MergedJson _usage = new();
    private readonly SortedDictionary<long, Block> _blocks = [];
    private bool _hasBegun;
    private bool _hasEnded;

    /// <summary>Whether it has all that a message has.</summary>
    public bool IsWhole => _hasBegun && _hasEnded && !_usage.IsNull && _message["stop_reason"] is { IsNull: false };

    /// <summary>Takes the next event.</summary>
    /// <returns>False if the message cannot be put together.</returns>
    public bool TryAdd(JsonElement data)
    {
        switch (data.Text("type"))
        {
            case "message_start" when !_hasBegun:
                _hasBegun = true;
                _message.Add(data.Member("message"));
                _usage.AddMembers(data.Member("message").Member("usage"));
                return data.Member("message").Member("usage").IsObject && !data.Member("message").Items("content").Any();
            case "content_block_start":
                return _blocks.TryAdd(IndexOf(data), new(data.Member("content_block")));
            case "content_block_delta":
                return _blocks.TryGetValue(IndexOf(data), out var block) && block.TryAdd(data.Member("delta"));
            case "message_delta":
                AddEnd(data);
                return true;
            case "message_stop":
                return _hasEnded = true;
            case "content_block_stop" or "ping":
                return true;
            default:
                return false; // An error, or something of a kind that a message may need.
        }
    }

    /// <summary>The message as one that did not ask for a stream gets it.</summary>
    public ReadOnlyMemory<byte> Write()
    {
        var output = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(output, ChunkWriter.AsWritten);
        json.WriteStartObject();
        foreach (var (name, value) in _message.Members)
        {
            json.WritePropertyName(name);
            switch (name)
            {
                case "content":
                    json.WriteStartArray();
                    foreach (var block in _blocks.Values)
                    {
                        block.Write(json);
                    }

                    json.WriteEndArray();
                    break;
                case "usage":
                    _usage.Write(json);
                    break;
                default:
                    value.Write(json);
                    break;
            }
        }

        json.WriteEndObject();
        json.Flush();
        return output.WrittenMemory;
    }

    private static long IndexOf(JsonElement data) => data.Integer("index") ?? 0;

    /// <summary>What is known at the end: why it ended, and what was used, of which the last word holds.</summary>
    private void AddEnd(JsonElement data)
    {
        if (data.Member("delta") is { IsObject: true } delta)
        {
            _message.AddMembers(delta);
        }

        if (data.Member("usage") is { IsObject: true } usage)
        {
            _usage.AddMembers(usage);
        }

        foreach (var member in data.EnumerateObject())
        {
            if (member.Name is not ("type" or "delta" or "usage"))
            {
                _message.AddMember(member.Name, member.Value);
            }
        }
    }

    private sealed class Block
    {
        private readonly MergedJson _block = new();
        private StringBuilder? _input;

        public Block(JsonElement start) => _block.Add(start);

        public bool TryAdd(JsonElement delta)
        {
            switch (delta.Text("type"))
            {
                case "text_delta" or "thinking_delta" or "signature_delta":
                    _block.Add(delta); // Its kind is not the block's, which came first and holds.
                    return true;
                case "citations_delta":
                    _block.AddItem("citations", delta.Member("citation"));
                    return true;
                case "input_json_delta":
                    (_input ??= new()).Append(delta.Text("partial_json"));
                    return true;
                default:
                    return false;
            }
        }

        /// <exception cref="JsonException">The input of a call is not whole.</exception>
        public void Write(Utf8JsonWriter json)
        {
            if (_input is not { Length: > 0 })
            {
                _block.Write(json);
                return;
            }

            using var input = JsonDocument.Parse(_input.ToString());
            json.WriteStartObject();
            foreach (var (name, value) in _block.Members)
            {
                json.WritePropertyName(name);
                if (name == "input")
                {
                    input.RootElement.WriteTo(json);
                }
                else
                {
                    value.Write(json);
                }
            }

            json.WriteEndObject();
        }
    }
}
