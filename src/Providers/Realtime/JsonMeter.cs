using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Realtime;

/// <summary>A meter of messages in JSON: finds some members in each of them, whatever its size.</summary>
/// <param name="client">What is wanted of the client's messages; null for nothing.</param>
/// <param name="provider">What is wanted of the provider's messages.</param>
internal abstract class JsonMeter(JsonPaths? client, JsonPaths provider) : RealtimeMeter
{
    private readonly MessageScanner? _client = client is null ? null : new(client);
    private readonly MessageScanner _provider = new(provider);

    /// <summary>The slot of the client's text that is counted instead of being kept; -1 for none.</summary>
    protected int CountedText
    {
        init
        {
            if (_client is not null)
            {
                _client.CountedSlot = value;
            }
        }
    }

    /// <inheritdoc/>
    public override void Read(RealtimeSender sender, ReadOnlySpan<byte> piece, bool endsMessage)
    {
        if ((sender == RealtimeSender.Client ? _client : _provider) is not { } scanner)
        {
            return;
        }

        scanner.Read(piece);
        if (!endsMessage)
        {
            return;
        }

        if (sender == RealtimeSender.Client)
        {
            OnClient(scanner.Members, scanner.Characters);
        }
        else
        {
            OnProvider(scanner.Members);
        }

        scanner.Reset();
    }

    /// <summary>Takes the members of a message of the client.</summary>
    /// <param name="members">The members.</param>
    /// <param name="characters">The length of the counted text.</param>
    protected virtual void OnClient(CapturedMembers members, long characters)
    {
    }

    /// <summary>Takes the members of a message of the provider.</summary>
    protected abstract void OnProvider(CapturedMembers members);

    /// <summary>Whether a member is this word.</summary>
    protected static bool Is(CapturedMembers members, int slot, ReadOnlySpan<byte> quoted) => members[slot].SequenceEqual(quoted);
}
