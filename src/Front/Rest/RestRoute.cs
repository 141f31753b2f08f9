namespace GatewayActors.Front.Rest;

/// <summary>One inference route of the API host, below <c>/client/v4/accounts/{account}/ai/</c>.</summary>
/// <param name="Path">The path as documents write it.</param>
/// <param name="Method">The one method it takes.</param>
/// <param name="Name">Its name in the OpenAPI document.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Required">The members that a JSON body must have.</param>
internal sealed record RestRoute(string Path, string Method, string Name, string Summary, params IReadOnlyList<string> Required)
{
    public const string RunPath = "run";
    public const string VersionPath = "v1/";

    /// <summary>A model named in the body.</summary>
    public static RestRoute Run { get; } = new(RunPath, HttpMethods.Post, "RunModel", "Runs a model of any kind", "model", "input:object");

    /// <summary>A model named in the path.</summary>
    public static RestRoute RunModel { get; } = new(RunPath + "/{model}", HttpMethods.Post, "RunModelOfPath", "Runs the model that the path names; the body is its input");

    /// <summary>Those that take a body in a vendor's format, and the list of models.</summary>
    public static IReadOnlyList<RestRoute> Formats { get; } =
    [
        new(VersionPath + "chat/completions", HttpMethods.Post, "CreateChatCompletion", "A chat completion in OpenAI's format", "model", "messages:array"),
        new(VersionPath + "responses", HttpMethods.Post, "CreateResponse", "A response in OpenAI's format", "model"),
        new(VersionPath + "messages", HttpMethods.Post, "CreateMessage", "A message in Anthropic's format", "model", "messages:array"),
        new(VersionPath + "messages/count_tokens", HttpMethods.Post, "CountMessageTokens", "How many tokens a message has, in Anthropic's format", "model", "messages:array"),
        new(VersionPath + "embeddings", HttpMethods.Post, "CreateEmbeddings", "Embeddings in OpenAI's format", "model", "input"),
        new(VersionPath + "models", HttpMethods.Get, "ListInferenceModels", "The models that can be called, in OpenAI's format"),
    ];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<RestRoute> All { get; } = [Run, RunModel, .. Formats];

    /// <summary>Whether the body is what the model takes, or names the model beside it.</summary>
    public bool IsRun => ReferenceEquals(this, Run) || ReferenceEquals(this, RunModel);

    /// <summary>The path after <c>v1/</c>: an endpoint of the OpenAI-compatible surface.</summary>
    public string Endpoint { get; } = Path.StartsWith(VersionPath, StringComparison.Ordinal) ? Path[VersionPath.Length..] : "";

    /// <summary>The format of this endpoint; null for none.</summary>
    public static RestRoute? FindFormat(ReadOnlySpan<char> endpoint)
    {
        foreach (var route in Formats)
        {
            if (endpoint.SequenceEqual(route.Endpoint))
            {
                return route;
            }
        }

        return null;
    }
}
