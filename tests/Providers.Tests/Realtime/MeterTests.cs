using System.Text;
using System.Text.Json;
using GatewayActors.Providers.Realtime;
using GatewayActors.Providers.Usage;
using Xunit;

namespace GatewayActors.Providers.Tests.Realtime;

/// <summary>What meters find in the messages of sessions, cut anywhere.</summary>
public sealed class MeterTests
{
    private static readonly string Fixtures = Path.Combine(AppContext.BaseDirectory, "Fixtures");

    [Theory]
    [InlineData("openai-realtime-events", "openai", "realtime?model=gpt-realtime", "response:118/24 cached 64 audio 10/0")]
    [InlineData("gemini-live-events", "google-ai-studio", "", "response:18/3 cached 0 audio 0/0")]
    [InlineData("cartesia-tts-ws", "cartesia", "tts/websocket", "speech:9 character")]
    [InlineData("deepgram-listen-ws", "deepgram", "v1/listen?model=nova-3", "transcription:1.1 second")]
    public void Fixture_CutAnywhere_TellsItsTurnsOnce(string fixture, string slug, string path, string turns)
    {
        for (var pieceLength = 1; pieceLength <= 64; pieceLength = (pieceLength * 2) + 1)
        {
            var meter = MeterOf(slug, path);
            foreach (var line in File.ReadLines(Path.Combine(Fixtures, fixture + ".jsonl")))
            {
                var frame = JsonElement.Parse(line);
                Read(meter, frame.GetProperty("dir").GetString() == "client" ? RealtimeSender.Client : RealtimeSender.Provider, frame.GetProperty("msg").GetRawText(), pieceLength);
            }

            meter.Complete(TimeSpan.FromSeconds(3));
            Assert.Equal(turns, Told(meter));
            Assert.False(meter.IsTurnOpen);
        }
    }

    [Fact]
    public void OpenAI_Model_IsThatOfTheSession()
    {
        var meter = MeterOf("openai", "realtime?model=m");
        Read(meter, RealtimeSender.Provider, """{"type":"session.created","session":{"model":"gpt-realtime-2025-08-28"}}""");

        Assert.Equal("gpt-realtime-2025-08-28", meter.Model);
    }

    [Theory]
    [InlineData("""{"usage":{"type":"tokens","input_tokens":40,"output_tokens":5,"total_tokens":45,"input_token_details":{"audio_tokens":38}}}""", "transcription:40/5 cached 0 audio 38/0")]
    [InlineData("""{"usage":{"type":"duration","seconds":7.5}}""", "transcription:7.5 second")]
    public void OpenAI_Transcription_IsATurnOfItsOwnModel(string usage, string told)
    {
        var meter = MeterOf("openai", "realtime?intent=transcription");
        Read(meter, RealtimeSender.Provider, """{"type":"session.updated","session":{"audio":{"input":{"transcription":{"model":"gpt-4o-transcribe"}}}}}""");
        Read(meter, RealtimeSender.Provider, """{"type":"conversation.item.input_audio_transcription.completed","item_id":"i",""" + usage[1..]);

        Assert.True(meter.TryTake(out var turn));
        Assert.Equal(("gpt-4o-transcribe", "i"), (turn.Model, turn.Id));
        Assert.Equal(told, Text(turn));
    }

    [Fact]
    public void OpenAI_ResponseThatIsUnderWay_IsOpen()
    {
        var meter = MeterOf("openai", "realtime?model=m");
        Read(meter, RealtimeSender.Provider, """{"type":"response.created","response":{"id":"r","usage":null}}""");
        Assert.True(meter.IsTurnOpen);
        Read(meter, RealtimeSender.Provider, """{"type":"response.done","response":{"id":"r","status":"cancelled","usage":null}}""");
        Assert.False(meter.IsTurnOpen);

        Assert.True(meter.TryTake(out var turn));
        Assert.Equal(("cancelled", null), (turn.Status, turn.Usage));
    }

    [Fact]
    public void OpenAI_CachedAudio_IsNotPaidForAsAudioToo()
    {
        var meter = MeterOf("openai", "realtime?model=m");
        Read(meter, RealtimeSender.Provider, """{"type":"response.done","response":{"usage":{"input_tokens":150,"output_tokens":1,"total_tokens":151,"input_token_details":{"cached_tokens":80,"audio_tokens":100,"text_tokens":50,"cached_tokens_details":{"audio_tokens":60,"text_tokens":20}}}}}""");

        Assert.True(meter.TryTake(out var turn));
        Assert.Equal((100, 40), (turn.Usage!.AudioIn, turn.Billed!.AudioIn));
    }

    [Fact]
    public void XAI_Charge_IsBelieved()
    {
        var meter = MeterOf("grok", "realtime?model=m");
        Read(meter, RealtimeSender.Provider, """{"type":"response.done","response":{"usage":{"input_tokens":1,"output_tokens":1,"cost_in_usd_ticks":20000000}}}""");

        Assert.True(meter.TryTake(out var turn));
        Assert.Equal(0.002m, turn.Usage!.ReportedCostUsd);
    }

    [Fact]
    public void Gemini_UsageRepeatedInATurn_CountsOnceAndTurnsAddUp()
    {
        var meter = MeterOf("google", "");
        Read(meter, RealtimeSender.Client, """{"setup":{"model":"models/gemini-live-2.5-flash"}}""");
        Read(meter, RealtimeSender.Provider, """{"serverContent":{"modelTurn":{"parts":[{"text":"a"}]}},"usageMetadata":{"promptTokenCount":10,"responseTokenCount":1}}""");
        Read(meter, RealtimeSender.Provider, """{"serverContent":{"modelTurn":{"parts":[{"text":"b"}]}},"usageMetadata":{"promptTokenCount":10,"responseTokenCount":2,"responseTokensDetails":[{"modality":"AUDIO","tokenCount":2}]}}""");
        Read(meter, RealtimeSender.Provider, """{"serverContent":{"turnComplete":true}}""");
        Read(meter, RealtimeSender.Provider, """{"serverContent":{"modelTurn":{"parts":[{"text":"c"}]}}}""");
        Read(meter, RealtimeSender.Provider, """{"serverContent":{"turnComplete":true}}"""); // Its usage follows by itself.
        Read(meter, RealtimeSender.Provider, """{"usageMetadata":{"promptTokenCount":20,"responseTokenCount":3}}""");

        Assert.Equal("gemini-live-2.5-flash", meter.Model);
        Assert.Equal("response:10/2 cached 0 audio 0/2, response:20/3 cached 0 audio 0/0", Told(meter));
    }

    [Fact]
    public void Gemini_TurnThatBreaks_TellsWhatWasSaid()
    {
        var meter = MeterOf("google", "");
        Read(meter, RealtimeSender.Provider, """{"serverContent":{"modelTurn":{"parts":[{"text":"a"}]}},"usageMetadata":{"promptTokenCount":10,"responseTokenCount":1}}""");

        meter.Complete(TimeSpan.Zero);

        Assert.Equal("response:10/1 cached 0 audio 0/0", Told(meter));
    }

    [Fact]
    public void Deepgram_SocketThatBreaks_CountsWhatWasHeardOfEveryChannel()
    {
        var meter = MeterOf("deepgram", "v1/listen");
        Read(meter, RealtimeSender.Provider, """{"type":"Results","channel_index":[0,2],"start":0,"duration":2,"is_final":true}""");
        Read(meter, RealtimeSender.Provider, """{"type":"Results","channel_index":[1,2],"start":0,"duration":2,"is_final":true}""");
        Read(meter, RealtimeSender.Provider, """{"type":"Results","channel_index":[0,2],"start":2,"duration":1.5,"is_final":false}""");

        meter.Complete(TimeSpan.Zero);

        Assert.Equal("transcription:4 second, transcription:3.0 second", Told(meter));
    }

    [Fact]
    public void Deepgram_SecondVersion_CountsTurns()
    {
        var meter = MeterOf("workers-ai", "@cf/deepgram/flux");
        Read(meter, RealtimeSender.Provider, """{"type":"TurnInfo","event":"Update","audio_window_end":1.5}""");
        Read(meter, RealtimeSender.Provider, """{"type":"TurnInfo","event":"EndOfTurn","audio_window_end":2.5}""");

        Assert.Equal("transcription:2.5 second", Told(meter));
    }

    [Theory]
    [InlineData("deepgram", "v1/speak", """{"type":"Speak","text":"Hëllo 😀\n"}""", """{"type":"Flushed","sequence_id":0}""")]
    [InlineData("workers-ai", "@cf/deepgram/aura-1", """{"text":"H\u00ebllo \ud83d\ude00\n","type":"Speak"}""", """{"type":"Flushed"}""")]
    [InlineData("elevenlabs", "v1/text-to-speech/v/stream-input", """{"text":"Hëllo 😀\n"}""", """{"audio":null,"isFinal":true}""")]
    [InlineData("elevenlabs", "v1/text-to-speech/v/multi-stream-input", """{"text":"Hëllo 😀\n"}""", """{"is_final":true}""")]
    [InlineData("cartesia", "tts/websocket", """{"transcript":"Hëllo 😀\n","model_id":"sonic-3"}""", """{"type":"done","done":true}""")]
    public void Speech_Characters_AreCountedAsPeopleCount(string slug, string path, string said, string end)
    {
        for (var pieceLength = 1; pieceLength <= 8; pieceLength++)
        {
            var meter = MeterOf(slug, path);
            Read(meter, RealtimeSender.Client, said, pieceLength);
            Assert.False(meter.TryTake(out _));
            Read(meter, RealtimeSender.Provider, end, pieceLength);

            Assert.Equal("speech:8 character", Told(meter));
        }
    }

    [Fact]
    public void Speech_OfAnyLength_IsCounted()
    {
        var meter = MeterOf("deepgram", "v1/speak");
        Read(meter, RealtimeSender.Client, $$"""{"type":"Speak","text":"{{new string('x', 1_000_000)}}"}""", 10_000);

        meter.Complete(TimeSpan.Zero);

        Assert.Equal("speech:1000000 character", Told(meter));
    }

    [Fact]
    public void Deepgram_OtherMessagesWithText_AreNotSpoken()
    {
        var meter = MeterOf("deepgram", "v1/speak");
        Read(meter, RealtimeSender.Client, """{"type":"Clear","text":"x"}""");

        meter.Complete(TimeSpan.Zero);

        Assert.Equal("", Told(meter));
    }

    [Fact]
    public void Sessions_BilledByTheirLength_TellItAtTheEnd()
    {
        var meter = MeterOf("elevenlabs", "v1/convai/conversation");

        meter.Complete(TimeSpan.FromSeconds(12.5));

        Assert.Equal("connection:12.5 second", Told(meter));
    }

    [Fact]
    public void Fal_BillableUnits_AreTold()
    {
        var meter = MeterOf("fal", "fal-ai/x");
        Read(meter, RealtimeSender.Provider, """{"type":"start","request_id":"r","status":200,"headers":{"x-fal-billable-units":"1.5"}}""");

        Assert.Equal("response:1.5 unit", Told(meter));
    }

    [Theory]
    [InlineData("openai", "realtime")]
    [InlineData("google", "")]
    [InlineData("deepgram", "v1/listen")]
    [InlineData("deepgram", "v1/speak")]
    [InlineData("cartesia", "stt/websocket")]
    [InlineData("fal", "x")]
    public void Nonsense_DoesNoHarm(string slug, string path)
    {
        string[] messages = ["", "x", "[", "{", "{}", "[]", "null", "\"", """{"type":""", """{"type":{"a":1}}""", """{"response":[],"type":"response.done"}""", """{"usageMetadata":7}""", """{"type":"Results","channel_index":"x","duration":"y"}""", "\u0000", """{"type":"response.done","response":{"usage":{"input_tokens":-5,"output_tokens":1e300}}}"""];
        var meter = MeterOf(slug, path);
        foreach (var message in messages)
        {
            Read(meter, RealtimeSender.Client, message);
            Read(meter, RealtimeSender.Provider, message);
        }

        meter.Complete(TimeSpan.Zero);
        while (meter.TryTake(out var turn))
        {
            Assert.True(turn.Usage is null or { InputTotal: null or >= 0, OutputTotal: null or >= 0, Units: null or >= 0 });
        }
    }

    [Fact]
    public void Usage_OfTurns_AddsUp()
    {
        TokenUsage? sum = null;
        sum = sum.Plus(new() { InputTotal = 1, OutputTotal = 2, AudioIn = 1 });
        sum = sum.Plus(null);
        sum = sum.Plus(new() { InputTotal = 10, AudioOut = 4, Units = 3, UnitKind = UnitKinds.Second });
        sum = sum.Plus(new() { Units = 4, UnitKind = UnitKinds.Character });

        Assert.Equal((11L, 2L, 1L, 4L, 3m, UnitKinds.Second), (sum!.InputTotal, sum.OutputTotal, sum.AudioIn, sum.AudioOut, sum.Units, sum.UnitKind));
    }

    private static RealtimeMeter MeterOf(string slug, string path)
    {
        var provider = BuiltInProviders.All.Single(provider => provider.Slug == slug || provider.Aliases.Contains(slug));
        var question = path.IndexOf('?', StringComparison.Ordinal);
        var mapping = provider.MapRealtime(new()
        {
            Slug = slug,
            Rest = question < 0 ? path : path.AsSpan(0, question),
            Query = question < 0 ? [] : path.AsSpan(question),
            Headers = new NoHeaders(),
            Home = new() { Account = "a" },
        });
        return provider.CreateRealtimeMeter(mapping.Address!)!;
    }

    private static void Read(RealtimeMeter meter, RealtimeSender sender, string message, int pieceLength = 1_000)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        for (var start = 0; start < bytes.Length; start += pieceLength)
        {
            var length = Math.Min(pieceLength, bytes.Length - start);
            meter.Read(sender, bytes.AsSpan(start, length), endsMessage: false);
        }

        meter.Read(sender, [], endsMessage: true);
    }

    private static string Told(RealtimeMeter meter)
    {
        var told = new List<string>();
        while (meter.TryTake(out var turn))
        {
            told.Add(Text(turn));
        }

        return string.Join(", ", told);
    }

    private static string Text(RealtimeTurn turn) => turn.Usage is { UnitKind: { } unit } units
        ? FormattableString.Invariant($"{turn.Kind}:{units.Units} {unit}")
        : FormattableString.Invariant($"{turn.Kind}:{turn.Usage?.InputTotal}/{turn.Usage?.OutputTotal} cached {turn.Usage?.CacheRead} audio {turn.Usage?.AudioIn}/{turn.Usage?.AudioOut}");

    private sealed class NoHeaders : IHeaderSource
    {
        public string? this[string name] => null;
    }
}
