using System.Text;
using GatewayActors.Providers.Requests;
using Xunit;

namespace GatewayActors.Providers.Tests.Requests;

public sealed class MultipartInspectorTests
{
    private const string ContentType = "multipart/form-data; boundary=----b1";

    private static readonly string File =
        $"Content-Disposition: form-data; name=\"file\"; filename=\"a; name=model.wav\"\r\nContent-Type: audio/wav\r\n\r\n{new string('\0', 5000)}--b1\r\nname=\"model\"";

    [Theory]
    [InlineData("model"), InlineData("model_id")]
    public void Inspect_FieldAfterAFile_IsFound(string field) => Assert.Equal(
        new("whisper-1", true),
        Inspect(Body(File, $"Content-Disposition: form-data; name=\"{field}\"\r\n\r\nwhisper-1", "Content-Disposition: form-data; name=stream\r\n\r\ntrue")));

    [Theory]
    [InlineData("multipart/form-data; charset=utf-8; boundary=\"----b1\"")]
    [InlineData("Multipart/Form-Data;BOUNDARY=----b1; x=y")]
    public void Inspect_BoundaryInAnyForm_IsRead(string contentType) =>
        Assert.Equal("m", MultipartInspector.Inspect(Encoding.UTF8.GetBytes(Body("content-disposition:form-data;name=model\r\n\r\nm")), contentType).Model);

    [Theory]
    [InlineData(null), InlineData(""), InlineData("application/json"), InlineData("multipart/form-data"), InlineData("multipart/form-data; boundary=")]
    [InlineData("multipart/form-data; boundary=other"), InlineData("multipart/mixed; boundary=----b1")]
    public void Inspect_OtherContentType_SaysNothing(string? contentType) => Assert.Equal(
        RequestFacts.None,
        MultipartInspector.Inspect(Encoding.UTF8.GetBytes(Body("Content-Disposition: form-data; name=\"model\"\r\n\r\nm")), contentType));

    [Theory]
    [InlineData("Content-Disposition: form-data; name=\"model\"; filename=\"x\"\r\n\r\nm")] // a file called model
    [InlineData("Content-Disposition: form-data; name=\"models\"\r\n\r\nm")]
    [InlineData("Content-Disposition: form-data\r\n\r\nm")]
    [InlineData("Content-Type: text/plain\r\n\r\nm")]
    [InlineData("Content-Disposition: form-data; name=\"model\"\r\n\r\n")]
    [InlineData("Content-Disposition: form-data; name=\"model")]
    [InlineData("no headers")]
    [InlineData("")]
    public void Inspect_PartThatIsNoModelField_SaysNothing(string part) => Assert.Equal(RequestFacts.None, Inspect(Body(part)));

    [Fact]
    public void Inspect_HugeField_IsNoModel() =>
        Assert.Null(Inspect(Body($"Content-Disposition: form-data; name=\"model\"\r\n\r\n{new string('m', 5000)}")).Model);

    [Fact]
    public void Inspect_Preamble_IsSkipped() =>
        Assert.Equal("m", Inspect("to be ignored\r\n" + Body("Content-Disposition: form-data; name=\"model\"\r\n\r\nm")).Model);

    [Fact]
    public void Inspect_AfterTheLastBoundary_NothingIsRead() => Assert.Null(
        Inspect(Body("Content-Disposition: form-data; name=\"a\"\r\n\r\nb") + "\r\n------b1\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nm\r\n------b1--").Model);

    [Fact]
    public void Inspect_BodyCutAnywhere_KnowsWhatCameComplete()
    {
        var body = Body(File, "Content-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1", "Content-Disposition: form-data; name=\"stream\"\r\n\r\nfalse");
        var modelEnd = body.IndexOf("whisper-1\r\n------b1", StringComparison.Ordinal) + "whisper-1\r\n------b1".Length;
        var streamEnd = body.IndexOf("false\r\n------b1", StringComparison.Ordinal) + "false\r\n------b1".Length;

        for (var length = 0; length <= body.Length; length++)
        {
            Assert.Equal(
                new RequestFacts(length >= modelEnd ? "whisper-1" : null, length >= streamEnd ? false : null),
                Inspect(body[..length]));
        }
    }

    private static RequestFacts Inspect(string body) => MultipartInspector.Inspect(Encoding.UTF8.GetBytes(body), ContentType);

    private static string Body(params string[] parts) => string.Concat(parts.Select(part => $"------b1\r\n{part}\r\n")) + "------b1--\r\n";
}
