using GatewayActors.Providers.Usage;
using GatewayActors.Providers.Usage.Dialects;
using GatewayActors.Providers.Usage.Scanning;

namespace GatewayActors.Providers.Realtime;

/// <summary>
/// OpenAI's Realtime API and those who imitate it; also responses over a WebSocket. A response states its use when it is over; the
/// transcription of what the user says is billed beside it, at the price of another model.
/// </summary>
/// <remarks>https://platform.openai.com/docs/api-reference/realtime-server-events</remarks>
/// <param name="statesCost">Whether the usage object states the charge, which only some providers are believed.</param>
internal sealed class OpenAIMeter(bool statesCost = false) : JsonMeter(client: null, Wanted)
{
    private const int Type = 0, ResponseId = 1, ResponseStatus = 2, ResponseUsage = 3, SessionModel = 4, Transcription = 5, Usage = 6, ItemId = 7, ResponseModel = 8;
    private const int CachedAudio = 0;

    private static readonly JsonPaths Wanted = new(
        ("type", Type),
        ("response.id", ResponseId),
        ("response.status", ResponseStatus),
        ("response.usage", ResponseUsage),
        ("response.model", ResponseModel),
        ("session.model", SessionModel),
        ("session.audio.input.transcription.model", Transcription),
        ("session.input_audio_transcription.model", Transcription),
        ("usage", Usage),
        ("item_id", ItemId));

    private static readonly JsonPaths CachedDetails = new(("input_token_details.cached_tokens_details.audio_tokens", CachedAudio));

    private string? _transcriptionModel;
    private int _open;

    public override bool IsTurnOpen => _open > 0;

    protected override void OnProvider(CapturedMembers members)
    {
        Model = members.Text(SessionModel) ?? members.Text(ResponseModel) ?? Model;
        _transcriptionModel = members.Text(Transcription) ?? _transcriptionModel;
        switch (members.Text(Type))
        {
            case "response.created":
                _open++;
                break;
            case "response.done" or "response.completed" or "response.incomplete" or "response.failed":
                _open = Math.Max(0, _open - 1);
                Tell("response", members, ResponseUsage, members.Text(ResponseId), members.Text(ResponseStatus), model: null);
                break;
            case "conversation.item.input_audio_transcription.completed":
                Tell("transcription", members, Usage, members.Text(ItemId), "completed", _transcriptionModel);
                break;
            default:
                break; // Nothing that is billed by itself.
        }
    }

    private void Tell(string kind, CapturedMembers members, int slot, string? id, string? status, string? model)
    {
        var numbers = new UsageNumbers().Add(members[slot]);
        var usage = UsageMath.Chat(numbers);
        if (usage is null && numbers.FindDecimal(UsageNumbers.Seconds) is { } seconds)
        {
            usage = new() { Units = seconds, UnitKind = UnitKinds.Second };
        }

        if (statesCost && usage is not null)
        {
            usage = usage with { ReportedCostUsd = UsageMath.ReportedCost(numbers) };
        }

        Tell(new() { Kind = kind, Id = id, Status = status, Usage = usage, Billed = Billed(usage, members[slot]), Model = model });
    }

    /// <summary>The audio that was read from the cache is paid for as such, and not a second time as audio.</summary>
    private static TokenUsage? Billed(TokenUsage? usage, ReadOnlySpan<byte> raw)
    {
        if (usage is not { AudioIn: > 0, CacheRead: > 0 })
        {
            return null;
        }

        var details = new CapturedMembers();
        var scanner = new JsonMemberScanner(CachedDetails);
        scanner.Read(raw, details);
        var cached = UsageNumbers.TryParseDecimal(details[CachedAudio], out var number) ? (long)Math.Min(number, usage.AudioIn) : 0;
        details.Release();
        return cached > 0 ? usage with { AudioIn = usage.AudioIn - cached } : null;
    }
}
