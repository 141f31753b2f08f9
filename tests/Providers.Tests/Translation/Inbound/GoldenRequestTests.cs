using System.Text.Json;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Translation;
using Xunit;

namespace GatewayActors.Providers.Tests.Translation.Inbound;

/// <summary>One full request of each format, as every kind of target gets it: body, path, and what was left out.</summary>
public sealed class GoldenRequestTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<ClientFormat, string> Cases()
    {
        var data = new TheoryData<ClientFormat, string>();
        foreach (var (provider, _) in Inbound.Targets)
        {
            data.Add(ClientFormat.Messages, provider);
            data.Add(ClientFormat.Responses, provider);
        }

        return data;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Request_ToEachTarget_IsTheGoldenOne(ClientFormat format, string provider)
    {
        var name = format == ClientFormat.Messages ? "messages" : "responses";
        var model = Inbound.Targets.First(target => target.Provider == provider).Model;
        using var request = Inbound.Read(format, Read(name + ".json"), provider, model);
        var call = Inbound.Translator(provider).Translate(request);
        var made = new JsonObject
        {
            ["path"] = call.Path,
            ["dropped"] = new JsonArray([.. ClientParameters.Named(format, [.. request.Dropped, .. call.Dropped]).Select(dropped => JsonValue.Create(dropped))]),
            ["body"] = JsonNode.Parse(call.Body.Span),
        };

        var expected = JsonNode.Parse(Read($"{name}.{provider}.json"));

        Assert.True(JsonNode.DeepEquals(expected, made), $"{name}.{provider}.json is {made.ToJsonString(Readable)}");
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", name));
}
