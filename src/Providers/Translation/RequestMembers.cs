using System.Collections.Frozen;
using System.Text.Json;

namespace GatewayActors.Providers.Translation;

/// <summary>What translators do alike about members of a request that are not common to all.</summary>
internal static class RequestMembers
{
    // Read by every translation; what becomes of each is its own affair.
    private static readonly FrozenSet<string> Common = FrozenSet.Create(
        StringComparer.Ordinal,
        "model", "messages", "stream", "stream_options", "tools", "tool_choice", "functions", "function_call", "parallel_tool_calls",
        "max_tokens", "max_completion_tokens", "temperature", "top_p", "n", "stop", "reasoning_effort", "reasoning", "thinking",
        "response_format", "extra_body");

    /// <summary>Adds the members that are neither common nor handled, unless they say what is so anyway.</summary>
    public static void DropOthers(JsonElement root, FrozenSet<string> handled, List<string> dropped)
    {
        foreach (var member in root.EnumerateObject())
        {
            var name = member.Name;
            if (!Common.Contains(name) && !handled.Contains(name) && !SaysNothing(name, member.Value))
            {
                dropped.Add(name);
            }
        }
    }

    /// <summary>Refuses a request for anything but text.</summary>
    public static void RefuseModalities(JsonElement root, string message)
    {
        foreach (var item in root.Items("modalities"))
        {
            if (item.ValueKind != JsonValueKind.String || !item.ValueEquals("text"u8))
            {
                throw new RefusedRequestException(message, "modalities");
            }
        }
    }

    /// <summary>Writes what only one provider knows, which stands in <c>extra_body</c> under its name.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="root">The request.</param>
    /// <param name="slug">The provider.</param>
    /// <param name="known">Its members.</param>
    /// <param name="dropped">Takes the names of all others.</param>
    public static void WriteExtras(Utf8JsonWriter json, JsonElement root, string slug, string[] known, List<string> dropped)
    {
        if (root.Member("extra_body") is not { ValueKind: JsonValueKind.Object } all)
        {
            return;
        }

        foreach (var provider in all.EnumerateObject())
        {
            if (!provider.NameEquals(slug) || !provider.Value.IsObject)
            {
                dropped.Add("extra_body." + provider.Name);
                continue;
            }

            foreach (var member in provider.Value.EnumerateObject())
            {
                if (known.Contains(member.Name))
                {
                    json.WritePropertyName(member.Name);
                    json.WriteRaw(member.Value);
                }
                else
                {
                    dropped.Add($"extra_body.{slug}.{member.Name}");
                }
            }
        }
    }

    private static bool SaysNothing(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Number => name is "frequency_penalty" or "presence_penalty" or "top_logprobs" && value.TryGetDouble(out var number) && number == 0,
        JsonValueKind.Object => name is "logit_bias" or "metadata" && !value.EnumerateObject().MoveNext(),
        JsonValueKind.Array => name == "modalities" && value.GetArrayLength() == 1 && value[0].ValueKind == JsonValueKind.String && value[0].ValueEquals("text"u8),
        JsonValueKind.String => name is "service_tier" or "verbosity" && (value.ValueEquals("auto"u8) || value.ValueEquals("medium"u8)),
        _ => false,
    };
}
