using System.Text.Json;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Management.Http;

namespace GatewayActors.Front.Management.Gateways;

/// <summary>Reads <c>dlp</c>: the simple shape or the one with policies.</summary>
internal static class DlpReader
{
    private const int MaxPolicies = 100;
    private const int MaxProfiles = 100;

    public static DlpConfiguration? Read(ObjectReader gateway, DlpConfiguration? stored)
    {
        var dlp = gateway.Object("dlp");
        if (!dlp.IsSet || dlp.Value is not { } reader)
        {
            return dlp.IsSet ? null : stored;
        }

        var enabled = reader.Boolean("enabled", Need.NotNull).Value ?? false;
        if (!reader.Has("policies"))
        {
            return new()
            {
                Enabled = enabled,
                Action = reader.Word("action", GatewayWords.Actions, Need.NotNull).Value,
                Profiles = Profiles(reader),
            };
        }

        foreach (var other in (ReadOnlySpan<string>)["action", "profiles"])
        {
            if (reader.Has(other))
            {
                reader.Fail(other, $"'{other}' and 'policies' exclude each other");
            }
        }

        HashSet<string> ids = new(StringComparer.Ordinal);
        return new()
        {
            Enabled = enabled,
            Policies = reader.Items("policies", 0, MaxPolicies, (item, items) => ReadPolicy(item, items, ids), Need.NotNull).Value,
        };
    }

    private static DlpPolicy? ReadPolicy(JsonElement item, ItemReader items, HashSet<string> ids)
    {
        if (items.Object(item) is not { } reader)
        {
            return null;
        }

        var id = reader.Text("id", 1, 128, Need.NotNull).Value;
        if (id is not null && !ids.Add(id))
        {
            reader.Fail("id", "Policy ids must be unique");
        }

        var check = reader.Items("check", 1, 2, ReadSide, Need.NotNull).Value;
        return new()
        {
            Id = id ?? "",
            Action = reader.Word("action", GatewayWords.Actions, Need.NotNull).Value ?? default,
            CheckRequest = check?.Any(side => side.Value == CheckedSide.Request) ?? false,
            CheckResponse = check?.Any(side => side.Value == CheckedSide.Response) ?? false,
            Enabled = reader.Boolean("enabled", Need.NotNull).Value ?? false,
            Profiles = Profiles(reader) ?? [],
        };
    }

    private static Side? ReadSide(JsonElement item, ItemReader items)
    {
        if (items.Text(item, 64) is not { } text)
        {
            return null;
        }

        if (GatewayWords.CheckedSides.TryParse(text, out var side))
        {
            return new(side);
        }

        items.Fail(GatewayWords.CheckedSides.Refusal(text));
        return null;
    }

    private static IReadOnlyList<string>? Profiles(ObjectReader reader) => reader.Texts("profiles", 0, MaxProfiles, 128, Need.NotNull).Value;

    private sealed record Side(CheckedSide Value);
}
