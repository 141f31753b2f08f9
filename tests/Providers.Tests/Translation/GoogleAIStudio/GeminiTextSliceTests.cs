using System.Text;
using CsCheck;
using GatewayActors.Providers.GoogleAIStudio;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.GoogleAIStudio;

/// <summary>The quick way through a slice of text leads where the general reader does.</summary>
public sealed class GeminiTextSliceTests
{
    // Only the general reader passes over a member of a candidate that it does not know.
    private const string Unknown = "unknownToTheQuickWay";

    private static readonly string[] Members =
    [
        """ "modelVersion":"m" """, """ "responseId":"r" """, """ "responseId":null """, """ "responseId":"\ud800" """, """ "createTime":{"a":[1]} """, """ "promptFeedback":{"blockReason":"SAFETY"} """,
        """ "usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":2,"totalTokenCount":32} """, """ "usageMetadata":{"trafficType":"ON_DEMAND"} """, """ "usageMetadata":{"promptTokenCount":1.0,"thoughtsTokenCount":3} """,
        """ "usageMetadata":{"promptTokenCount":7,"cachedContentTokenCount":4,"toolUsePromptTokenCount":1,"thoughtsTokenCount":2,"promptTokensDetails":[{"modality":"TEXT","tokenCount":7}]} """,
        """ "usageMetadata":{"promptTokenCount":7,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":5}]} """, """ "usageMetadata":null """, """ "error":{"code":503,"message":"x"} """, """ "error":null """,
    ];

    private static readonly string[] Parts =
    [
        """{"text":" some words"}""", """{"text":"再 – \ud83c\udf0a \n"}""", """{"text":""}""", """{"text":"\ud800"}""", """{"text":5}""", """{"text":"hm","thought":true}""", """{"text":"x","thoughtSignature":"s"}""",
        """{"text":"a"},{"text":"b"}""", """{"functionCall":{"name":"f","args":{}}}""", "", """{"te\u0078t":"escaped"}""", """{"text":"x","text":"y"}""",
    ];

    private static readonly string[] CandidateMembers =
    [
        """ "index":0 """, """ "index":1 """, """ "index":0.0 """, """ "index":-1 """, """ "index":64 """, """ "finishReason":"STOP" """, """ "finishReason":"MAX_TOKENS" """, """ "finishReason":null """, """ "avgLogprobs":-0.1 """,
    ];

    private static readonly Gen<JsonText> Candidates =
        from part in Of(Parts)
        from role in Gen.Bool
        from members in Of(CandidateMembers).Array[0, 2]
        from isLast in Gen.Bool
        let content = $$""" "content":{"parts":[{{part}}]{{(role ? ",\"role\":\"model\"" : "")}}} """
        select new JsonText(string.Join(',', isLast ? [.. members, content] : [content, .. members]));

    private static readonly Gen<(string Quick, string General)> Slices =
        from candidates in Candidates.Array[0, 2]
        from members in Of(Members).Array[0, 3]
        from isLast in Gen.Bool
        from end in Gen.Frequency((9, Gen.Const("}")), (1, Gen.Const("")), (1, Gen.Const("}}")))
        select (Slice(candidates, members, isLast, end, ""), Slice(candidates, members, isLast, end, $"\"{Unknown}\":0,"));

    [Fact]
    public void Stream_OfRandomSlicesCutAnywhere_IsWhatTheGeneralReaderMakesOfIt() => Gen.Select(Slices.Array[1, 4], Gen.Int[1, 40]).Sample(
        (slices, piece) =>
        {
            var quick = Gemini.Read(Events(slices.Select(slice => slice.Quick)), isStream: true, piece);
            var general = Gemini.Read(Events(slices.Select(slice => slice.General)), isStream: true);

            Assert.Equal(WithoutMadeIds(general.Text), WithoutMadeIds(quick.Text));
            Assert.Equal(general.Fault, quick.Fault);
        },
        iter: 3000);

    [Theory]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":" some words"}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":2,"totalTokenCount":32},"modelVersion":"m","responseId":"r"}""", true)]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"x"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":9,"promptTokensDetails":[{"modality":"TEXT","tokenCount":9}]}}""", true)]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"x","thought":true}]}}]}""", false)]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"x"}]},"groundingMetadata":{}}]}""", false)]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"x"}]}}]""", false)]
    [InlineData("""{"candidates":[]}""", false)]
    [InlineData("""{"usageMetadata":{"promptTokenCount":9}}""", false)]
    [InlineData("""[]""", false)]
    public void TryRead_Slice_IsReadWhereItIsTextAlone(string slice, bool isRead) => Assert.Equal(isRead, GeminiTextSlice.TryRead(Encoding.UTF8.GetBytes(slice), isFirst: true, out _));

    private static Gen<string> Of(string[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static string Slice(JsonText[] candidates, string[] members, bool isLast, string end, string unknown)
    {
        var all = $$""" "candidates":[{{string.Join(',', candidates.Select(candidate => $"{{{unknown}{candidate.Text}}}"))}}] """;
        return "{" + string.Join(',', isLast ? [.. members, all] : [all, .. members]) + end;
    }

    private static byte[] Events(IEnumerable<string> slices) => Encoding.UTF8.GetBytes(string.Concat(slices.Select(slice => $"data: {slice}\n\n")));

    private static string WithoutMadeIds(string text) => System.Text.RegularExpressions.Regex.Replace(text, "call_[A-Za-z0-9]{24}", "call_made");

    private sealed record JsonText(string Text);
}
