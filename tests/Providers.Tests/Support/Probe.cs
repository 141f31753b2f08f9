using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using GatewayActors.Providers.Translation;
using GatewayActors.Providers.Translation.Supplies;

namespace GatewayActors.Providers.Tests.Support;

/// <summary>What became of something that a request asks for.</summary>
internal enum Outcome
{
    /// <summary>The provider is told.</summary>
    Arrives,

    /// <summary>The provider is told what the gateway fetches for it.</summary>
    Fetched,

    /// <summary>The provider is told in an instruction to the model: its format has no member for it.</summary>
    InWords,

    /// <summary>The provider is told, but not all of it, and the client is told so.</summary>
    InPart,

    /// <summary>Left out, and the client is told so.</summary>
    LeftOut,

    /// <summary>The request is refused.</summary>
    Refused,

    /// <summary>Neither told to the provider nor reported to the client; or refused without saying what.</summary>
    Lost,
}

/// <summary>Translates requests, and looks what has become of what they ask for.</summary>
internal static class Probe
{
    /// <summary>What becomes of a feature.</summary>
    public static Outcome Run(ClientFormat format, ChatTranslator translator, string model, Feature feature)
    {
        var without = Translate(format, translator, model, feature.Body(format, has: false));
        Translation with;
        try
        {
            with = Translate(format, translator, model, feature.Body(format, has: true));
        }
        catch (RefusedRequestException refused)
        {
            return refused.Parameter is null ? Outcome.Lost : Outcome.Refused;
        }

        if (with.IsFetched)
        {
            return Outcome.Fetched;
        }

        // What it needs may be gone already: no call can be forced where tools are left out.
        var isNamed = with.Dropped.Except(without.Dropped).Any() || feature.Needs.Intersect(without.Dropped).Any();
        if (feature.Marker is not { } marker)
        {
            return isNamed ? Outcome.LeftOut : with.Path != without.Path || with.Body != without.Body ? Outcome.Arrives : Outcome.Lost;
        }

        return Find(JsonNode.Parse(with.Body), marker) switch
        {
            Place.Member => isNamed ? Outcome.InPart : Outcome.Arrives,
            Place.Words => Outcome.InWords,
            Place.None => isNamed ? Outcome.LeftOut : Outcome.Lost,
        };
    }

    private static Translation Translate(ClientFormat format, ChatTranslator translator, string model, string body)
    {
        using var request = ClientRequest.Read(format, Encoding.UTF8.GetBytes(body), model, translator);
        var needs = ChatNeeds.Of(request, translator);
        ChatSupplies.PlaceholdersFor(needs).Supply(request);
        var call = translator.Translate(request);
        return new(call.Path, Encoding.UTF8.GetString(call.Body.Span), [.. request.Dropped, .. call.Dropped], needs.Media.Count > 0);
    }

    /// <summary>Where a text stands: as a value or a name of its own, or within an instruction.</summary>
    private static Place Find(JsonNode? node, string marker)
    {
        switch (node)
        {
            case JsonObject members:
                return members.Select(member => member.Key == marker ? Place.Member : Find(member.Value, marker)).DefaultIfEmpty().Max();
            case JsonArray items:
                return items.Select(item => Find(item, marker)).DefaultIfEmpty().Max();
            case JsonValue value when value.ToString() is var text && text.Contains(marker, StringComparison.Ordinal):
                // Some formats take a schema as a text, bytes as a data URL, or join texts; what is not a schema's name is whole in all of them.
                return !marker.Contains('_', StringComparison.Ordinal) || text == marker || IsJson(text) ? Place.Member : Place.Words;
            default:
                return Place.None;
        }
    }

    private static bool IsJson(string text)
    {
        try
        {
            return text.StartsWith('{') && JsonNode.Parse(text) is JsonObject;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private enum Place
    {
        None,
        Words,
        Member,
    }

    private sealed record Translation(string Path, string Body, IReadOnlyCollection<string> Dropped, bool IsFetched);
}
