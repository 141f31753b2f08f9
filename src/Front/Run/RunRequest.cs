using System.Text.Json;
using GatewayActors.Front.Binding;

namespace GatewayActors.Front.Run;

/// <summary>A request to run a model of any kind, while it passes the stages.</summary>
/// <param name="pathModel">The model that the path names; null where the body does.</param>
internal sealed class RunRequest(string? pathModel)
{
    public string? PathModel => pathModel;

    /// <summary>The call of the Workers binding that this is; null for another client's.</summary>
    public BindingCall? Binding { get; init; }

    /// <summary>What the body says; null until it has been read, and where the body is the model's input.</summary>
    public RunCall? Call { get; set; }

    /// <summary>
    /// The model as the caller names it, once its provider is known; null for hosted models, whose answers have an envelope of their own.
    /// </summary>
    public string? Model { get; set; }

    /// <summary>The run object of a failure; null where there is none.</summary>
    /// <param name="type">The name of the error.</param>
    /// <param name="message">What went wrong.</param>
    public RunFailure? FailureOf(string type, string message) =>
        Model is null ? null : new(type.StartsWith("upstream_", StringComparison.Ordinal) ? RunFailure.Unavailable : type, message, Model);
}

/// <summary>The body of a request that names its model in it.</summary>
internal sealed record RunCall
{
    /// <summary><c>{author}/{model}</c>, or a hosted model.</summary>
    public required string Model { get; init; }

    /// <summary>The provider that is to serve the model; null for its author.</summary>
    public string? Provider { get; init; }

    /// <summary>Where the model's input stands in the body.</summary>
    public required Range Input { get; init; }

    /// <summary>The gateway to go through; null if the body names none.</summary>
    public string? GatewayId { get; init; }

    /// <summary>What becomes of the answer of a run whose caller does not wait for it; null where the caller waits.</summary>
    public RunDelivery? Background { get; init; }

    /// <summary>The other members of <c>options.gateway</c>, each under the name of the header that means the same.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Options { get; init; } = [];
}

/// <summary>Where the answer of a run goes whose caller does not wait for it.</summary>
/// <param name="WebhookUrl">What is called when the run is over; null for nothing.</param>
/// <param name="IsChat">Whether it gets the answer as a text.</param>
internal sealed record RunDelivery(string? WebhookUrl, bool IsChat);

/// <summary>How a run has failed, as its caller is told.</summary>
/// <param name="Code">A name.</param>
/// <param name="Message">A sentence.</param>
/// <param name="Model">The model as the caller named it.</param>
internal sealed record RunFailure(string Code, string Message, string Model)
{
    /// <summary>The code of a provider that does not answer, or fails.</summary>
    public const string Unavailable = "provider_unavailable";

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("state"u8, "Failed"u8);
        json.WriteStartObject("error"u8);
        json.WriteString("code"u8, Code);
        json.WriteString("message"u8, Message);
        json.WriteEndObject();
        json.WriteString("model"u8, Model);
        json.WriteEndObject();
    }
}
