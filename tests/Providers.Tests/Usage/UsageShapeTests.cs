using System.Text;
using GatewayActors.Providers.Usage;
using Xunit;

namespace GatewayActors.Providers.Tests.Usage;

/// <summary>Shapes of usage that no fixture has.</summary>
public sealed class UsageShapeTests
{
    private static TokenUsage? Usage(Reading.Family family, string json, string path = "x", string[]? headers = null) =>
        Reading.Whole(Reading.Make(family, Reading.Json, path, headers), Encoding.UTF8.GetBytes(json)).Usage;

    [Fact]
    public void XAI_TotalSaysReasoningIsInside_IsNotAddedTwice() => Assert.Equal(
        new TokenUsage { InputTotal = 20, OutputTotal = 153, Reasoning = 150 },
        Usage(UsageReaders.XAI, """{"usage":{"prompt_tokens":20,"completion_tokens":153,"total_tokens":173,"completion_tokens_details":{"reasoning_tokens":150}}}"""));

    [Fact]
    public void XAI_NoTotal_AddsReasoning() => Assert.Equal(
        new TokenUsage { InputTotal = 20, OutputTotal = 153, Reasoning = 150 },
        Usage(UsageReaders.XAI, """{"usage":{"prompt_tokens":20,"completion_tokens":3,"completion_tokens_details":{"reasoning_tokens":150}}}"""));

    [Fact]
    public void XAI_MoreCachedThanPrompt_AddsTheCachedPart() => Assert.Equal(
        new TokenUsage { InputTotal = 52, CacheRead = 32, OutputTotal = 3 },
        Usage(UsageReaders.XAI, """{"usage":{"prompt_tokens":20,"completion_tokens":3,"total_tokens":55,"prompt_tokens_details":{"cached_tokens":32}}}"""));

    [Fact]
    public void XAI_Responses_KeepsOutputInclusive() => Assert.Equal(
        new TokenUsage { InputTotal = 20, OutputTotal = 153, Reasoning = 150 },
        Usage(UsageReaders.XAI, """{"usage":{"input_tokens":20,"output_tokens":153,"output_tokens_details":{"reasoning_tokens":150}}}"""));

    [Fact]
    public void OpenAI_TotalSaysReasoningIsBeside_IsAdded() => Assert.Equal(
        new TokenUsage { InputTotal = 10, OutputTotal = 25, Reasoning = 20 },
        Usage(UsageReaders.OpenAI, """{"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":35,"completion_tokens_details":{"reasoning_tokens":20}}}"""));

    [Fact]
    public void OpenAI_TotalThatFitsNothing_LeavesOutputAsItIs() => Assert.Equal(
        new TokenUsage { InputTotal = 10, OutputTotal = 5, Reasoning = 20 },
        Usage(UsageReaders.OpenAI, """{"usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":99,"completion_tokens_details":{"reasoning_tokens":20}}}"""));

    [Fact]
    public void OpenAI_AudioImageAndCacheWrites_AreParts() => Assert.Equal(
        new TokenUsage { InputTotal = 100, CacheRead = 10, CacheWrite5m = 5, AudioIn = 20, ImageIn = 30, OutputTotal = 50, AudioOut = 40 },
        Usage(UsageReaders.OpenAI, """{"usage":{"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"cached_tokens":10,"cache_write_tokens":5,"audio_tokens":20,"image_tokens":30},"completion_tokens_details":{"audio_tokens":40}}}"""));

    [Fact]
    public void OpenAI_TotalAlone_IsInput() =>
        Assert.Equal(new TokenUsage { InputTotal = 5, OutputTotal = 0 }, Usage(UsageReaders.OpenAI, """{"usage":{"total_tokens":5}}"""));

    [Theory]
    [InlineData("""{"usage":{"type":"duration","seconds":12.5},"text":"x"}""", "12.5")]
    [InlineData("""{"duration":"8.47","text":"x"}""", "8.47")]
    [InlineData("""{"duration":8.47,"text":"x"}""", "8.47")]
    public void OpenAI_Transcription_CountsSeconds(string json, string seconds) => Assert.Equal(
        new TokenUsage { Units = decimal.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture), UnitKind = "second" },
        Usage(UsageReaders.OpenAI, json, "audio/transcriptions"));

    [Fact]
    public void OpenAI_TranscriptionByTokens_CountsThem() => Assert.Equal(
        new TokenUsage { InputTotal = 14, AudioIn = 12, OutputTotal = 45 },
        Usage(UsageReaders.OpenAI, """{"text":"x","usage":{"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":2,"audio_tokens":12},"output_tokens":45,"total_tokens":59}}""", "audio/transcriptions"));

    [Fact]
    public void OpenAI_TranscriptStream_ReadsItsEnd() => Assert.Equal(
        new TokenUsage { InputTotal = 14, OutputTotal = 3 },
        Reading.Whole(
            Reading.Make(UsageReaders.OpenAI, Reading.Sse, "audio/transcriptions"),
            "data: {\"type\":\"transcript.text.delta\",\"delta\":\"x\"}\n\ndata: {\"type\":\"transcript.text.done\",\"text\":\"x\",\"usage\":{\"type\":\"tokens\",\"input_tokens\":14,\"output_tokens\":3,\"total_tokens\":17}}\n\n"u8).Usage);

    [Fact]
    public void OpenAI_ImagesWithoutUsage_AreCounted() => Assert.Equal(
        new TokenUsage { Units = 2, UnitKind = "image" },
        Usage(UsageReaders.OpenAI, """{"created":1,"data":[{"url":"a"},{"url":"b"}]}""", "images/generations"));

    [Fact]
    public void OpenAI_ImagesWithUsage_AreTokens() => Assert.Equal(
        new TokenUsage { InputTotal = 50, ImageIn = 40, OutputTotal = 1056 },
        Usage(UsageReaders.OpenAI, """{"data":[{"b64_json":"aGk="}],"usage":{"input_tokens":50,"output_tokens":1056,"total_tokens":1106,"input_tokens_details":{"text_tokens":10,"image_tokens":40}}}""", "images/generations"));

    [Fact]
    public void OpenAI_EmbeddingsWithoutUsage_AreNoImages() => Assert.Null(Usage(UsageReaders.OpenAI, """{"data":[{"embedding":[1]}]}""", "embeddings"));

    [Theory]
    [InlineData("""{"input":"Hi, 再见 😀!","model":"tts-1"}""", 9)]
    [InlineData("""{"model":"tts-1","voice":{"input":"no"},"input":"a\n\u00e9\uD83D\uDE00\""}""", 5)]
    public void OpenAI_Speech_CountsCharactersOfTheRequest(string request, int characters)
    {
        var reader = Reading.Make(UsageReaders.OpenAI, "audio/mpeg", "audio/speech", request: Encoding.UTF8.GetBytes(request));

        var report = Reading.Whole(reader, [0xFF, 0xFB, 0x00]);

        Assert.Equal(new TokenUsage { Units = characters, UnitKind = "character", Source = UsageSource.Estimated }, report.Usage);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"model\":")]
    [InlineData("{\"model\":\"m\"}")]
    [InlineData("{\"input\":[1]}")]
    public void OpenAI_SpeechWithoutText_ReadsNothing(string request) =>
        Assert.Null(Reading.Make(UsageReaders.OpenAI, "audio/mpeg", "audio/speech", request: Encoding.UTF8.GetBytes(request)));

    [Fact]
    public void Groq_ShortAudio_IsBilledAtTenSeconds() => Assert.Equal(
        new TokenUsage { Units = 10, UnitKind = "second" }, Usage(UsageReaders.Groq, """{"text":"x","duration":3.2}""", "audio/transcriptions"));

    [Fact]
    public void Groq_UsageUnderItsOwnNameOnly_IsRead() => Assert.Equal(
        new TokenUsage { InputTotal = 45, OutputTotal = 2 },
        Reading.Whole(Reading.Make(UsageReaders.Groq, Reading.Sse), "data: {\"model\":\"m\",\"choices\":[],\"x_groq\":{\"usage\":{\"prompt_tokens\":45,\"completion_tokens\":2,\"total_tokens\":47}}}\n\n"u8).Usage);

    [Theory]
    [InlineData("""{"usage":{"prompt_tokens":20,"completion_tokens":5,"total_tokens":25,"num_cached_tokens":16}}""")]
    [InlineData("""{"usage":{"prompt_tokens":20,"completion_tokens":5,"total_tokens":25,"prompt_token_details":{"cached_tokens":16}}}""")]
    [InlineData("""{"usage":{"prompt_tokens":20,"completion_tokens":5,"total_tokens":25,"prompt_cache_hit_tokens":16,"prompt_cache_miss_tokens":4}}""")]
    public void Cached_AnySpelling_IsRead(string json) => Assert.Equal(new TokenUsage { InputTotal = 20, CacheRead = 16, OutputTotal = 5 }, Usage(UsageReaders.OpenAI, json));

    [Fact]
    public void Mistral_Ocr_CountsPages() => Assert.Equal(
        new TokenUsage { Units = 12, UnitKind = "page" }, Usage(UsageReaders.OpenAI, """{"pages":[{"index":0}],"model":"mistral-ocr-latest","usage_info":{"pages_processed":12,"doc_size_bytes":99}}""", "ocr"));

    [Fact]
    public void OpenRouter_OwnKey_ReportsWhatTheModelCost() => Assert.Equal(
        0.002m, Usage(UsageReaders.OpenRouter, """{"usage":{"prompt_tokens":8,"completion_tokens":7,"cost":0.0001,"is_byok":true,"cost_details":{"upstream_inference_cost":0.002}}}""")!.ReportedCostUsd);

    [Fact]
    public void Generic_StatedCost_IsNotBelieved() => Assert.Null(
        Usage(UsageReaders.Generic, """{"usage":{"prompt_tokens":8,"completion_tokens":7,"cost":0,"cost_in_usd_ticks":0}}""")!.ReportedCostUsd);

    [Theory]
    [InlineData("""{"usage":{"prompt_tokens":8,"completion_tokens":7}}""", 8, 7, 0)]
    [InlineData("""{"usage":{"input_tokens":8,"output_tokens":7}}""", 8, 7, 0)]
    [InlineData("""{"usage":{"input_tokens":8,"output_tokens":7,"cache_read_input_tokens":3}}""", 11, 7, 3)]
    [InlineData("""{"usageMetadata":{"promptTokenCount":8,"candidatesTokenCount":5,"thoughtsTokenCount":2,"totalTokenCount":15}}""", 8, 7, 0)]
    [InlineData("""{"usage":{"inputTokens":8,"outputTokens":7,"cacheReadInputTokens":3}}""", 11, 7, 3)]
    [InlineData("""{"meta":{"billed_units":{"input_tokens":8,"output_tokens":7}}}""", 8, 7, 0)]
    [InlineData("""{"metrics":{"input_token_count":8,"output_token_count":7}}""", 8, 7, 0)]
    public void Generic_EveryFamily_IsRecognised(string json, int input, int output, int cached)
    {
        var usage = Usage(UsageReaders.Generic, json);

        Assert.NotNull(usage);
        Assert.Equal((input, output, cached), (usage.InputTotal, usage.OutputTotal, usage.CacheRead));
    }

    [Fact]
    public void Anthropic_HourOfCache_IsApart() => Assert.Equal(
        new TokenUsage { InputTotal = 1109, CacheWrite5m = 300, CacheWrite1h = 800, OutputTotal = 5, CacheReportedSeparately = true },
        Usage(UsageReaders.Anthropic, """{"usage":{"input_tokens":9,"cache_creation_input_tokens":1100,"cache_creation":{"ephemeral_5m_input_tokens":300,"ephemeral_1h_input_tokens":800},"output_tokens":5}}"""));

    [Fact]
    public void Anthropic_StreamDeltaWithNewInput_ReplacesTheStart() => Assert.Equal(
        new TokenUsage { InputTotal = 110, CacheRead = 60, OutputTotal = 30, CacheReportedSeparately = true },
        Reading.Whole(
            Reading.Make(UsageReaders.Anthropic, Reading.Sse),
            """
            event: message_start
            data: {"type":"message_start","message":{"model":"m","usage":{"input_tokens":9,"cache_read_input_tokens":60,"output_tokens":1}}}

            event: message_delta
            data: {"type":"message_delta","delta":{},"usage":{"input_tokens":null,"output_tokens":10}}

            event: message_delta
            data: {"type":"message_delta","delta":{},"usage":{"input_tokens":50,"output_tokens":30}}

            """u8).Usage);

    [Theory]
    [InlineData("message", 30, 12)] // compaction: the top level holds the last iteration only
    [InlineData("fallback_message", 20, 7)]
    public void Anthropic_Iterations_AreSummedUnlessAFallbackRan(string type, int input, int output)
    {
        var usage = Usage(
            UsageReaders.Anthropic,
            $$$"""{"usage":{"input_tokens":20,"output_tokens":7,"iterations":[{"type":"compaction","input_tokens":10,"output_tokens":5},{"type":"{{{type}}}","input_tokens":20,"output_tokens":7},{"type":"advisor_message","model":"x","input_tokens":1000,"output_tokens":1000}]}}""");

        Assert.Equal((input, output), (usage!.InputTotal, usage.OutputTotal));
    }

    [Theory]
    [InlineData("""{"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":25,"thoughtsTokenCount":20,"totalTokenCount":35}}""", 10, 25)] // thoughts inside
    [InlineData("""{"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":5,"thoughtsTokenCount":20,"totalTokenCount":35}}""", 10, 25)]
    [InlineData("""{"usageMetadata":{"promptTokenCount":10,"toolUsePromptTokenCount":7,"candidatesTokenCount":5,"thoughtsTokenCount":20,"totalTokenCount":42}}""", 17, 25)]
    [InlineData("""{"usageMetadata":{"promptTokenCount":10,"responseTokenCount":5,"totalTokenCount":15}}""", 10, 5)]
    public void Gemini_ThoughtsAndTools_AreCountedOnce(string json, int input, int output)
    {
        var usage = Usage(UsageReaders.GoogleAIStudio, json);

        Assert.Equal((input, output), (usage!.InputTotal, usage.OutputTotal));
    }

    [Fact]
    public void Gemini_Modalities_AreParts() => Assert.Equal(
        new TokenUsage { InputTotal = 100, AudioIn = 60, ImageIn = 30, OutputTotal = 50, AudioOut = 50 },
        Usage(UsageReaders.GoogleAIStudio, """{"usageMetadata":{"promptTokenCount":100,"candidatesTokenCount":50,"totalTokenCount":150,"promptTokensDetails":[{"modality":"TEXT","tokenCount":10},{"tokenCount":60,"modality":"AUDIO"},{"modality":"IMAGE","tokenCount":30}],"candidatesTokensDetails":[{"modality":"AUDIO","tokenCount":50}]}}"""));

    [Fact]
    public void Vertex_ChunkWithTrafficTypeOnly_DoesNotReplaceCounts() => Assert.Equal(
        new TokenUsage { InputTotal = 9, OutputTotal = 5 },
        Reading.Whole(
            Reading.Make(UsageReaders.GoogleVertexAI, Reading.Sse, "projects/p/locations/l/publishers/google/models/g:streamGenerateContent"),
            "data: {\"usageMetadata\":{\"promptTokenCount\":9,\"candidatesTokenCount\":5,\"totalTokenCount\":14},\"modelVersion\":\"g\"}\r\n\r\ndata: {\"usageMetadata\":{\"trafficType\":\"ON_DEMAND\"},\"modelVersion\":\"g\"}\r\n\r\n"u8).Usage);

    [Fact]
    public void Vertex_Predictions_AreAddedUpOrCounted()
    {
        Assert.Equal(
            new TokenUsage { InputTotal = 5, OutputTotal = 0 },
            Usage(UsageReaders.GoogleVertexAI, """{"predictions":[{"embeddings":{"statistics":{"token_count":2}}},{"embeddings":{"statistics":{"token_count":3}}}]}""", "x:predict"));
        Assert.Equal(
            new TokenUsage { Units = 2, UnitKind = "image" },
            Usage(UsageReaders.GoogleVertexAI, """{"predictions":[{"bytesBase64Encoded":"aA=="},{"bytesBase64Encoded":"aA=="}]}""", "x:predict"));
    }

    [Fact]
    public void Vertex_Claude_IsReadAsAnthropic() => Assert.True(
        Usage(UsageReaders.GoogleVertexAI, """{"usage":{"input_tokens":1,"output_tokens":1}}""", "projects/p/locations/l/publishers/anthropic/models/c:rawPredict")!.CacheReportedSeparately);

    [Theory]
    [InlineData("""{"inputTextTokenCount":11,"results":[{"tokenCount":3},{"tokenCount":4}]}""", 11, 7)]
    [InlineData("""{"generation":"x","prompt_token_count":11,"generation_token_count":7}""", 11, 7)]
    [InlineData("""{"usage":{"prompt_tokens":11,"completion_tokens":7}}""", 11, 7)]
    [InlineData("""{"usage":{"input_tokens":4,"cache_read_input_tokens":7,"output_tokens":7}}""", 11, 7)]
    [InlineData("""{"usage":{"inputTokens":11,"outputTokens":7,"totalTokens":18}}""", 11, 7)]
    [InlineData("""{"outputs":[{"text":"x"}]}""", 95, 6)]
    public void BedrockInvoke_BodyOfAFamily_ElseHeaders(string json, int input, int output)
    {
        var usage = Usage(
            UsageReaders.Bedrock,
            json,
            "bedrock-runtime/us-east-1/model/m/invoke",
            ["x-amzn-bedrock-input-token-count: 90", "X-Amzn-Bedrock-Output-Token-Count: 6", "x-amzn-bedrock-cache-read-input-token-count: 3", "x-amzn-bedrock-cache-write-input-token-count: 2"]);

        Assert.Equal((input, output), (usage!.InputTotal, usage.OutputTotal));
    }

    [Fact]
    public void BedrockConverse_CacheForAnHour_IsApart() => Assert.Equal(
        new TokenUsage { InputTotal = 112, CacheWrite5m = 60, CacheWrite1h = 40, OutputTotal = 9, CacheReportedSeparately = true },
        Usage(UsageReaders.Bedrock, """{"usage":{"inputTokens":12,"outputTokens":9,"cacheWriteInputTokens":100,"cacheDetails":[{"ttl":"5m","inputTokens":60},{"inputTokens":40,"ttl":"1h"}]}}"""));

    [Theory]
    [InlineData("bedrock-mantle/us-east-1/anthropic/v1/messages", """{"usage":{"input_tokens":3,"cache_read_input_tokens":4,"output_tokens":5}}""", 7)]
    [InlineData("bedrock-mantle/us-east-1/v1/chat/completions", """{"usage":{"prompt_tokens":7,"completion_tokens":5}}""", 7)]
    public void BedrockMantle_OtherFormats_AreRead(string path, string json, int input) => Assert.Equal(input, Usage(UsageReaders.Bedrock, json, path)!.InputTotal);

    [Fact]
    public void Cohere_Rerank_CountsSearches() => Assert.Equal(
        new TokenUsage { Units = 2, UnitKind = "query" }, Usage(UsageReaders.Cohere, """{"results":[],"meta":{"billed_units":{"search_units":2}}}""", "v2/rerank"));

    [Fact]
    public void Cohere_LinesOfVersion1_ReadTheEnd() => Assert.Equal(
        new TokenUsage { InputTotal = 13, OutputTotal = 6 },
        Reading.Whole(
            Reading.Make(UsageReaders.Cohere, "application/stream+json"),
            "{\"event_type\":\"stream-start\",\"is_finished\":false}\n{\"event_type\":\"text-generation\",\"text\":\"}{\\\"\"}\r\n{\"event_type\":\"stream-end\",\"is_finished\":true,\"response\":{\"text\":\"x\",\"meta\":{\"billed_units\":{\"input_tokens\":13,\"output_tokens\":6}}}}\n"u8).Usage);

    [Fact]
    public void Cohere_EmbeddedImages_AreUnits() => Assert.Equal(
        new TokenUsage { InputTotal = 0, OutputTotal = 0, Units = 3, UnitKind = "input_image" },
        Usage(UsageReaders.Cohere, """{"meta":{"billed_units":{"images":3}}}""", "v2/embed"));

    [Theory]
    [InlineData("""{"metrics":{"image_count":4,"predict_time":2.5}}""", "4", "image")]
    [InlineData("""{"metrics":{"video_output_duration_seconds":6,"predict_time":2.5}}""", "6", "second")]
    [InlineData("""{"metrics":{"predict_time":2.5,"total_time":3}}""", "2.5", "second")]
    public void Replicate_Metrics_CountWhatIsMade(string json, string units, string kind) => Assert.Equal(
        new TokenUsage { Units = decimal.Parse(units, System.Globalization.CultureInfo.InvariantCulture), UnitKind = kind }, Usage(UsageReaders.Replicate, json));

    [Fact]
    public void Replicate_Poll_IsRead() => Assert.NotNull(Reading.Make(UsageReaders.Replicate, method: "GET"));

    [Fact]
    public void HuggingFace_TaskApi_ReadsBodyThenHeaders()
    {
        Assert.Equal(new TokenUsage { OutputTotal = 20 }, Usage(UsageReaders.HuggingFace, """[{"generated_text":"x","details":{"generated_tokens":20}}]""", "o/m"));
        Assert.Equal(
            new TokenUsage { InputTotal = 5, OutputTotal = 20, Units = 0.7m, UnitKind = "second", Source = UsageSource.Header },
            Usage(UsageReaders.HuggingFace, "[{}]", "o/m", ["x-prompt-tokens: 5", "x-generated-tokens: 20", "x-compute-time: 0.7"]));
        Assert.Equal(
            new TokenUsage { InputTotal = 5, OutputTotal = 20 },
            Usage(UsageReaders.HuggingFace, """{"usage":{"prompt_tokens":5,"completion_tokens":20}}""", "v1/chat/completions"));
    }

    [Fact]
    public void Deepgram_Channels_AreEachBilled() => Assert.Equal(
        new TokenUsage { Units = 20.5m, UnitKind = "second" }, Usage(UsageReaders.Deepgram, """{"metadata":{"duration":10.25,"channels":2}}""", "v1/listen"));

    [Fact]
    public void Deepgram_RequestNamesTheVariant_KeepsIt() => Assert.Equal(
        "nova-3-medical",
        Reading.Whole(Reading.Make(UsageReaders.Deepgram, model: "nova-3-medical"), Reading.Fixture("deepgram-listen.response.json")).Model);

    [Fact]
    public void Deepgram_Speech_ReadsItsHeaders()
    {
        var report = Reading.Whole(Reading.Make(UsageReaders.Deepgram, "audio/mpeg", "v1/speak", ["dg-char-count: 37", "dg-model-name: aura-2-thalia-en"]), [1]);

        Assert.Equal(new TokenUsage { Units = 37, UnitKind = "character", Source = UsageSource.Header }, report.Usage);
        Assert.Equal("aura-2-thalia-en", report.Model);
    }

    [Fact]
    public void ElevenLabs_Speech_ReadsTheHeaderElseTheText()
    {
        var request = Reading.Fixture("elevenlabs-tts.request.json");
        var billed = Reading.Make(UsageReaders.ElevenLabs, "audio/mpeg", "v1/text-to-speech/v", ["character-cost: 8.5"], request);
        var counted = Reading.Make(UsageReaders.ElevenLabs, "audio/mpeg", "v1/text-to-speech/v", request: request);

        Assert.Equal(new TokenUsage { Units = 8.5m, UnitKind = "character", Source = UsageSource.Header }, Reading.Whole(billed, []).Usage);
        Assert.Equal(new TokenUsage { Units = 17, UnitKind = "character", Source = UsageSource.Estimated }, Reading.Whole(counted, []).Usage);
    }

    [Fact]
    public void ElevenLabs_Transcription_EndsWithTheLastWord() => Assert.Equal(
        new TokenUsage { Units = 2.31m, UnitKind = "second" },
        Usage(UsageReaders.ElevenLabs, """{"text":"a b","words":[{"text":"a","start":0,"end":0.4},{"text":"b","start":1,"end":2.31}]}""", "v1/speech-to-text"));

    [Fact]
    public void Cartesia_SpeechAndTranscription_AreCounted()
    {
        var speech = Reading.Make(UsageReaders.Cartesia, "audio/wav", "tts/bytes", request: """{"model_id":"sonic","transcript":"Low tide"}"""u8);

        Assert.Equal(new TokenUsage { Units = 8, UnitKind = "character", Source = UsageSource.Estimated }, Reading.Whole(speech, []).Usage);
        Assert.Equal(new TokenUsage { Units = 3.5m, UnitKind = "second" }, Usage(UsageReaders.Cartesia, """{"type":"transcript","text":"x","duration":3.5}""", "stt"));
    }

    [Fact]
    public void Fal_Header_CountsUnits()
    {
        Assert.Equal(
            new TokenUsage { Units = 1.5m, UnitKind = "unit", Source = UsageSource.Header },
            Usage(UsageReaders.Fal, "{}", "fal-ai/fast-sdxl", ["x-fal-billable-units: 1.5"]));
        Assert.Null(Reading.Make(UsageReaders.Fal));
    }

    [Fact]
    public void Parallel_RunOrChat_CountsOneOrTokens()
    {
        Assert.Equal(new TokenUsage { Units = 1, UnitKind = "query", Source = UsageSource.Estimated }, Usage(UsageReaders.Parallel, """{"run_id":"r"}""", "v1/tasks/runs"));
        Assert.Equal(new TokenUsage { InputTotal = 3, OutputTotal = 4 }, Usage(UsageReaders.Parallel, """{"usage":{"prompt_tokens":3,"completion_tokens":4}}""", "v1beta/chat/completions"));
        Assert.Null(Usage(UsageReaders.Parallel, "{}", "v1beta/chat/completions"));
    }

    [Fact]
    public void Fireworks_NoUsageInTheBody_ReadsHeaders() => Assert.Equal(
        new TokenUsage { InputTotal = 30, CacheRead = 10, Source = UsageSource.Header },
        Usage(UsageReaders.Fireworks, "{}", "chat/completions", ["fireworks-prompt-tokens: 30", "fireworks-cached-prompt-tokens: 10"]));

    [Fact]
    public void WorkersAI_Neurons_AreUnits()
    {
        Assert.Equal(new TokenUsage { Units = 1.25m, UnitKind = "neuron", Source = UsageSource.Header }, Usage(UsageReaders.WorkersAI, """{"result":{}}""", "run/@cf/x", ["cf-ai-neurons: 1.25"]));
        Assert.Equal(new TokenUsage { InputTotal = 1, OutputTotal = 2, Units = 0.5m, UnitKind = "neuron" }, Usage(UsageReaders.WorkersAI, """{"result":{"usage":{"prompt_tokens":1,"completion_tokens":2,"neurons":0.5}}}"""));
    }

    [Theory]
    [InlineData("""{"usage":{"prompt_tokens":-5,"completion_tokens":3}}""", 0, 3)]
    [InlineData("""{"usage":{"prompt_tokens":1e30,"completion_tokens":3}}""", 0, 3)]
    [InlineData("""{"usage":{"prompt_tokens":12.0,"completion_tokens":"3"}}""", 12, 3)]
    [InlineData("""{"usage":{"prompt_tokens":1.2e1,"completion_tokens":3}}""", 12, 3)]
    public void Numbers_OddOnes_AreTakenOrLeft(string json, int input, int output)
    {
        var usage = Usage(UsageReaders.OpenAI, json);

        Assert.Equal((input, output), (usage!.InputTotal, usage.OutputTotal));
    }

    [Theory]
    [InlineData("GET", 200, Reading.Json)]
    [InlineData("POST", 404, Reading.Json)]
    [InlineData("POST", 200, "text/html")]
    [InlineData("POST", 200, "audio/mpeg")]
    public void Make_NothingToRead_IsNull(string method, int status, string contentType) =>
        Assert.Null(Reading.Make(UsageReaders.OpenAI, contentType, method: method, status: status));

    [Fact]
    public void CountTokens_IsNoUsage()
    {
        Assert.Null(Reading.Make(UsageReaders.Anthropic, path: "messages/count_tokens"));
        Assert.Null(Reading.Make(UsageReaders.OpenAI, path: "v1/messages/count_tokens"));
        Assert.Null(Reading.Make(UsageReaders.Bedrock, path: "bedrock-runtime/us-east-1/model/m/count-tokens"));
        Assert.Null(Usage(UsageReaders.GoogleAIStudio, """{"totalTokens":31}""", "models/g:countTokens"));
    }

    [Fact]
    public void BuiltInProviders_AllButNone_MakeAReader()
    {
        foreach (var provider in BuiltInProviders.All)
        {
            Assert.NotNull(Reading.Make(provider.CreateUsageReader, headers: ["x-fal-billable-units: 1"]));
        }
    }
}
