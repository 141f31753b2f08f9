using System.Text;
using GatewayActors.Front.Universal;
using Xunit;

namespace GatewayActors.Front.Tests.Universal;

public sealed class UniversalRequestReaderTests
{
    private const string Query = """{"model":"m","n":[1,{"x":"}]"}]}""";

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    public void Read_Array_HasStepsInOrder(string before)
    {
        var body = Encoding.UTF8.GetBytes($$"""{{before}} [ {"provider":"openai","endpoint":"/v1/chat/completions?a=b","query": {{Query}} } , {"query":[],"endpoint":"@cf/x","provider":"workers-ai","unknown":{"a":[1]} } ] """);

        var steps = Read(body);

        Assert.Equal(["openai", "workers-ai"], steps.Select(step => step.Provider));
        Assert.Equal(["v1/chat/completions?a=b", "@cf/x"], steps.Select(step => step.Endpoint));
        Assert.Equal([Query, "[]"], steps.Select(step => Encoding.UTF8.GetString(body[step.Query])));
    }

    [Theory]
    [InlineData(UniversalRequestReader.MostSteps, null)]
    [InlineData(UniversalRequestReader.MostSteps + 1, "The array has more than 100 steps.")]
    public void Read_Steps_AreBounded(int count, string? expected)
    {
        var body = "[" + string.Join(',', Enumerable.Repeat("""{"provider":"p","endpoint":"e","query":{}}""", count)) + "]";

        var isRead = UniversalRequestReader.TryRead(Encoding.UTF8.GetBytes(body), out var steps, out var problem);

        Assert.Equal((expected is null, expected), (isRead, problem));
        Assert.Equal(isRead ? count : null, steps?.Count);
    }

    [Fact]
    public void Read_Object_IsOneStep() => Assert.Equal("openai", Assert.Single(Read($$"""{"provider":"openai","endpoint":"x","query":{{Query}} }""")).Provider);

    [Fact]
    public void Read_Headers_AreTextWhateverTheirKind()
    {
        var step = Assert.Single(Read("""{"provider":"p","endpoint":"e","query":{},"headers":{"A":"b","cf-aig-cache-ttl":0,"c":true,"d":null,"x-name":"Zoë"}}"""));

        Assert.Equal(["b", "0", "true"], new[] { "a", "cf-aig-cache-ttl", "c" }.Select(name => step.Headers[name].ToString()));
        Assert.False(step.Headers.ContainsKey("d"));
        Assert.Equal("application/json", step.Headers.ContentType);
        Assert.Equal("Zoë"u8.ToArray(), Encoding.Latin1.GetBytes(step.Headers["x-name"].ToString()));
    }

    [Theory]
    [InlineData("""{"authorization":"Bearer old","provider":"p","endpoint":"e","query":{}}""", "Bearer old")]
    [InlineData("""{"authorization":"Bearer old","provider":"p","endpoint":"e","query":{},"headers":{"authorization":"Bearer new"}}""", "Bearer new")]
    public void Read_Authorization_StandsInForTheHeader(string body, string expected) => Assert.Equal(expected, Assert.Single(Read(body)).Headers.Authorization);

    [Fact]
    public void Read_Config_BecomesHeaders()
    {
        var step = Assert.Single(Read("""{"provider":"p","endpoint":"e","query":{},"config":{"requestTimeout":1000,"maxAttempts":"3","retryDelay":5.5,"backoff":"linear","other":[1],"x":null}}"""));

        Assert.Equal(
            [new("cf-aig-request-timeout", "1000"), new("cf-aig-max-attempts", "3"), new("cf-aig-retry-delay", "5.5"), new("cf-aig-backoff", "linear")],
            step.Config);
    }

    [Theory]
    [InlineData("", "The request's body is not valid JSON (line 1).")]
    [InlineData("nonsense", "The request's body is not valid JSON (line 1).")]
    [InlineData("[{\n\"provider\":\"p\"", "The request's body is not valid JSON (line 2).")]
    [InlineData("[] 1", "The request's body is not valid JSON (line 1).")]
    [InlineData("[{\"provider\":\"\\ud800\"}]", "The request's body is not valid JSON.")]
    [InlineData("1", "The request's body must be an array of steps, or one step.")]
    [InlineData("null", "The request's body must be an array of steps, or one step.")]
    [InlineData("\"text\"", "The request's body must be an array of steps, or one step.")]
    [InlineData("[]", "The array of steps is empty.")]
    [InlineData("[1]", "[0] must be an object with provider, endpoint and query.")]
    [InlineData("""[{"provider":"p","endpoint":"e","query":{}},null]""", "[1] must be an object with provider, endpoint and query.")]
    [InlineData("{}", "provider is required.")]
    [InlineData("""[{"endpoint":"e","query":{}}]""", "[0].provider is required.")]
    [InlineData("""[{"provider":"","endpoint":"e","query":{}}]""", "[0].provider is required.")]
    [InlineData("""[{"provider":7,"endpoint":"e","query":{}}]""", "[0].provider must be a string.")]
    [InlineData("""[{"provider":"p","query":{}}]""", "[0].endpoint is required.")]
    [InlineData("""[{"provider":"p","endpoint":"/","query":{}}]""", "[0].endpoint is required.")]
    [InlineData("""[{"provider":"p","endpoint":{},"query":{}}]""", "[0].endpoint must be a string.")]
    [InlineData("""[{"provider":"p","endpoint":"e"}]""", "[0].query is required.")]
    [InlineData("""[{"provider":"p","endpoint":"e","query":"text"}]""", "[0].query must be an object: the body for the provider.")]
    [InlineData("""[{"provider":"p","endpoint":"e","query":{},"headers":[]}]""", "[0].headers must be an object.")]
    [InlineData("""[{"provider":"p","endpoint":"e","query":{},"headers":{"x":{}}}]""", "[0].headers[\"x\"] must be a string.")]
    [InlineData("""[{"provider":"p","endpoint":"e","query":{},"headers":{"x y":"z"}}]""", "[0].headers holds a name that cannot be a header's.")]
    [InlineData("""[{"provider":"p","endpoint":"e","query":{},"headers":{"x":"a\r\nb: c"}}]""", "[0].headers[\"x\"] holds a control character.")]
    [InlineData("""[{"provider":"p","endpoint":"e","query":{},"authorization":["x"]}]""", "[0].authorization must be a string.")]
    [InlineData("""[{"provider":"p","endpoint":"e","query":{},"config":7}]""", "[0].config must be an object.")]
    [InlineData("""[{"provider":"p","endpoint":"e","query":{},"config":{"maxAttempts":[]}}]""", "[0].config.maxAttempts must be a number.")]
    [InlineData("""[{"provider":"p","endpoint":"e","query":{},"config":{"backoff":{}}}]""", "[0].config.backoff must be a string.")]
    public void Read_BadInput_NamesTheField(string body, string expected)
    {
        Assert.False(UniversalRequestReader.TryRead(Encoding.UTF8.GetBytes(body), out _, out var problem));

        Assert.Equal(expected, problem);
    }

    private static IReadOnlyList<UniversalStep> Read(string body) => Read(Encoding.UTF8.GetBytes(body));

    private static IReadOnlyList<UniversalStep> Read(byte[] body)
    {
        Assert.True(UniversalRequestReader.TryRead(body, out var steps, out var problem), problem);
        return steps;
    }
}
