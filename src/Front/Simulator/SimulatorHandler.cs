using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace GatewayActors.Front.Simulator;

/// <summary>
/// The upstream of provider <c>simulator</c>, inside this process: it answers in OpenAI's shape, always the same to the same request,
/// and misbehaves as the query asks. Described in <c>docs/simulator.md</c>. No state; thread-safe.
/// </summary>
internal sealed class SimulatorHandler(TimeProvider time) : HttpMessageHandler
{
    /// <summary>The base URL whose requests belong here; the name exists in no DNS.</summary>
    public const string BaseUrl = "http://simulator.internal/v1";

    private const string Prefix = "/v1/";
    private const string Models = "models/";

    private delegate HttpResponseMessage Endpoint(JsonElement body, byte[] bytes, SimulatorSettings settings);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var url = request.RequestUri ?? throw new InvalidOperationException("The request has no URL.");
        var bytes = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var settings = SimulatorSettings.Parse(url.Query, out var problem);
        if (problem is null && settings.Delay > TimeSpan.Zero)
        {
            await Task.Delay(settings.Delay, time, cancellationToken);
        }

        var response = problem is not null ? Refuse(problem)
            : settings.Error is { } status ? Refuse(SimulatorProblem.Asked(status, settings.RetryAfterSeconds))
            : Answer(request.Method, url.AbsolutePath, bytes, settings);
        response.RequestMessage = request;
        response.Headers.TryAddWithoutValidation("x-simulator", "true");
        response.Headers.TryAddWithoutValidation("openai-processing-ms", settings.Delay.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        return response;
    }

    private HttpResponseMessage Answer(HttpMethod method, string path, byte[] bytes, SimulatorSettings settings)
    {
        var endpoint = path.StartsWith(Prefix, StringComparison.Ordinal) ? path[Prefix.Length..] : "";
        return endpoint switch
        {
            "chat/completions" => Post(method, path, bytes, settings, AnswerChat),
            "responses" => Post(method, path, bytes, settings, AnswerResponse),
            "embeddings" => Post(method, path, bytes, settings, AnswerEmbeddings),
            "models" when method == HttpMethod.Get => Json(SimulatorModels.List(), settings),
            _ when method == HttpMethod.Get && endpoint.StartsWith(Models, StringComparison.Ordinal) => AnswerModel(Uri.UnescapeDataString(endpoint[Models.Length..]), settings),
            _ => Refuse(new(404, "invalid_request_error", $"Unknown request URL: {method} {path}.") { Code = "unknown_url" }),
        };
    }

    private static HttpResponseMessage Post(HttpMethod method, string path, byte[] bytes, SimulatorSettings settings, Endpoint endpoint)
    {
        if (method != HttpMethod.Post)
        {
            return Refuse(new(405, "invalid_request_error", $"Not allowed to {method} on {path}: use POST.") { Code = "method_not_supported" });
        }

        try
        {
            using var document = JsonDocument.Parse(bytes);
            return endpoint(document.RootElement, bytes, settings);
        }
        catch (Exception exception) when (exception is JsonException || (exception is InvalidOperationException && exception.Source?.StartsWith("System.Text.Json", StringComparison.Ordinal) == true))
        {
            // The second kind: half a surrogate pair shows when the text is read, not when it is parsed.
            return Refuse(new(400, "invalid_request_error", "We could not parse the JSON body of your request."));
        }
    }

    private HttpResponseMessage AnswerChat(JsonElement body, byte[] bytes, SimulatorSettings settings)
    {
        if (SimulatorRequest.ParseChat(body, out var problem) is not { } request)
        {
            return Refuse(problem!);
        }

        var answer = new SimulatedAnswer(request, settings, bytes);
        return request.Stream ? Stream(new SimulatorChat(answer), settings) : Json(SimulatorChat.Whole(answer), settings);
    }

    private HttpResponseMessage AnswerResponse(JsonElement body, byte[] bytes, SimulatorSettings settings)
    {
        if (SimulatorRequest.ParseResponse(body, out var problem) is not { } request)
        {
            return Refuse(problem!);
        }

        var answer = new SimulatedAnswer(request, settings, bytes);
        return request.Stream ? Stream(new SimulatorResponses(answer), settings) : Json(SimulatorResponses.Whole(answer), settings);
    }

    private HttpResponseMessage AnswerEmbeddings(JsonElement body, byte[] bytes, SimulatorSettings settings) =>
        SimulatorEmbeddings.Answer(body, out var problem) is { } answer ? Json(answer, settings) : Refuse(problem!);

    private static HttpResponseMessage AnswerModel(string id, SimulatorSettings settings) =>
        SimulatorModels.Find(id) is { } answer
            ? Json(answer, settings)
            : Refuse(new(404, "invalid_request_error", $"The model '{id}' does not exist.") { Param = "model", Code = "model_not_found" });

    private HttpResponseMessage Stream(ISimulatorScript script, SimulatorSettings settings) =>
        new(HttpStatusCode.OK) { Content = new SimulatorStreamContent(script, settings, time) };

    private static HttpResponseMessage Json(byte[] body, SimulatorSettings settings)
    {
        if (settings.ErrorAt is not null)
        {
            return Refuse(SimulatorProblem.Invalid("error_at", "The query parameter 'error_at' needs a stream."));
        }

        if (settings.FailAt == 0)
        {
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The simulator was asked to refuse the connection.");
        }

        HttpContent content = settings.FailAt is null ? new ByteArrayContent(body) : new BrokenContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return new(HttpStatusCode.OK) { Content = content };
    }

    private static HttpResponseMessage Refuse(SimulatorProblem problem)
    {
        var response = new HttpResponseMessage((HttpStatusCode)problem.Status) { Content = new ByteArrayContent(SimulatorJson.Write(problem.Write)) };
        response.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (problem.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds));
        }

        return response;
    }
}
