using System.Text;
using System.Text.Json;

namespace GatewayActors.Front.Simulator;

/// <summary>What the simulator reads out of the body of a chat completion or a response.</summary>
internal sealed record SimulatorRequest
{
    public required string Model { get; init; }

    /// <summary>The last text of the user.</summary>
    public required string Prompt { get; init; }

    /// <summary>Bytes of all texts of the input.</summary>
    public required long InputBytes { get; init; }

    public bool Stream { get; init; }
    public bool IncludeUsage { get; init; }
    public int? MaxTokens { get; init; }

    /// <summary>The function that must be called; null for an answer in text.</summary>
    public string? Tool { get; init; }

    /// <summary>Reads the body of a chat completion.</summary>
    public static SimulatorRequest? ParseChat(JsonElement body, out SimulatorProblem? problem)
    {
        if (Common(body, "messages", out problem) is not { } request)
        {
            return null;
        }

        if (body.TryGetProperty("n", out var n) && n.ValueKind != JsonValueKind.Null && !(n.ValueKind == JsonValueKind.Number && n.TryGetInt32(out var count) && count == 1))
        {
            problem = SimulatorProblem.Invalid("n", "The simulator makes one choice: 'n' must be 1.");
            return null;
        }

        if (!ReadMessages(body.GetProperty("messages"), "messages", ref request, out problem)
            || !ReadMaxTokens(body, ["max_completion_tokens", "max_tokens"], ref request, out problem)
            || !ReadTool(body, tool => tool.TryGetProperty("function", out var function) ? function : default, ref request, out problem))
        {
            return null;
        }

        return request with
        {
            IncludeUsage = body.TryGetProperty("stream_options", out var options)
                && options.ValueKind == JsonValueKind.Object
                && options.TryGetProperty("include_usage", out var include)
                && include.ValueKind == JsonValueKind.True,
        };
    }

    /// <summary>Reads the body of a response.</summary>
    public static SimulatorRequest? ParseResponse(JsonElement body, out SimulatorProblem? problem)
    {
        if (Common(body, "input", out problem) is not { } request)
        {
            return null;
        }

        var input = body.GetProperty("input");
        if (input.ValueKind == JsonValueKind.String)
        {
            var text = input.GetString()!;
            request = request with { Prompt = text, InputBytes = Encoding.UTF8.GetByteCount(text) };
        }
        else if (!ReadMessages(input, "input", ref request, out problem))
        {
            return null;
        }

        return ReadMaxTokens(body, ["max_output_tokens"], ref request, out problem) && ReadTool(body, tool => tool, ref request, out problem)
            ? request
            : null;
    }

    private static SimulatorRequest? Common(JsonElement body, string inputName, out SimulatorProblem? problem)
    {
        problem = body.ValueKind != JsonValueKind.Object ? new(400, "invalid_request_error", "The body must be a JSON object.")
            : !body.TryGetProperty("model", out var model) || model.ValueKind != JsonValueKind.String || model.GetString() is not { Length: > 0 }
                ? SimulatorProblem.Invalid("model", "You must provide a model parameter.")
            : !body.TryGetProperty(inputName, out _) ? SimulatorProblem.Invalid(inputName, $"Missing required parameter: '{inputName}'.")
            : body.TryGetProperty("stream", out var stream) && stream.ValueKind is not (JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null)
                ? SimulatorProblem.Invalid("stream", "'stream' must be true or false.")
            : null;
        return problem is not null ? null : new()
        {
            Model = body.GetProperty("model").GetString()!,
            Prompt = "",
            InputBytes = 0,
            Stream = body.TryGetProperty("stream", out var isStream) && isStream.ValueKind == JsonValueKind.True,
        };
    }

    private static bool ReadMessages(JsonElement messages, string name, ref SimulatorRequest request, out SimulatorProblem? problem)
    {
        problem = null;
        if (messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0)
        {
            problem = SimulatorProblem.Invalid(name, $"'{name}' must be a list that is not empty.");
            return false;
        }

        long bytes = 0;
        var prompt = "";
        foreach (var message in messages.EnumerateArray())
        {
            if (message.ValueKind != JsonValueKind.Object)
            {
                problem = SimulatorProblem.Invalid(name, $"Each entry of '{name}' must be an object.");
                return false;
            }

            var text = message.TryGetProperty("content", out var content) ? TextOf(content) : "";
            bytes += Encoding.UTF8.GetByteCount(text);
            if (message.TryGetProperty("role", out var role) && role.ValueKind == JsonValueKind.String && role.ValueEquals("user"u8))
            {
                prompt = text;
            }
        }

        request = request with { Prompt = prompt, InputBytes = bytes };
        return true;
    }

    private static string TextOf(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => content.GetString()!,
        JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(part =>
            part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null)),
        _ => "",
    };

    private static bool ReadMaxTokens(JsonElement body, ReadOnlySpan<string> names, ref SimulatorRequest request, out SimulatorProblem? problem)
    {
        problem = null;
        foreach (var name in names)
        {
            if (!body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var tokens) || tokens < 1)
            {
                problem = SimulatorProblem.Invalid(name, $"'{name}' must be a whole number of at least 1.");
                return false;
            }

            request = request with { MaxTokens = tokens };
            return true;
        }

        return true;
    }

    private static bool ReadTool(JsonElement body, Func<JsonElement, JsonElement> function, ref SimulatorRequest request, out SimulatorProblem? problem)
    {
        problem = null;
        if (!body.TryGetProperty("tool_choice", out var choice))
        {
            return true;
        }

        string? wanted = null;
        if (choice.ValueKind == JsonValueKind.Object)
        {
            wanted = NameOf(function(choice));
        }
        else if (choice.ValueKind != JsonValueKind.String || !choice.ValueEquals("required"u8))
        {
            return true;
        }

        var names = body.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array
            ? tools.EnumerateArray().Where(tool => tool.ValueKind == JsonValueKind.Object).Select(tool => NameOf(function(tool))).ToList()
            : [];
        var name = wanted is null ? names.FirstOrDefault(candidate => candidate is not null) : names.Find(candidate => candidate == wanted);
        if (name is null)
        {
            problem = SimulatorProblem.Invalid("tool_choice", "'tool_choice' must name a function that is in 'tools'.");
            return false;
        }

        request = request with { Tool = name };
        return true;
    }

    private static string? NameOf(JsonElement function) =>
        function.ValueKind == JsonValueKind.Object && function.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
            ? name.GetString()
            : null;
}
