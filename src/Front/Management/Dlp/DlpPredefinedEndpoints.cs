using System.Text.Json;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Dlp;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Dlp.Detection;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Dlp;

/// <summary>What an account sets about built-in profiles.</summary>
internal static class DlpPredefinedEndpoints
{
    extension(RouteGroupBuilder group)
    {
        /// <summary>Maps the settings of built-in profiles.</summary>
        public void MapPredefinedDlp()
        {
            group.MapGet("/profiles/predefined/{profileId}/config", GetAsync).WithName("GetPredefinedDlpProfile");
            group.MapPut("/profiles/predefined/{profileId}/config", UpdateAsync).WithName("UpdatePredefinedDlpProfile").RequirePermission(Permissions.GatewayWrite)
                .WithBody([], "enabled_entries:array", "entries:array", "allowed_match_count:integer", "confidence_threshold", "context_awareness:object", "ocr_enabled:boolean", "ai_context_enabled:boolean");
            group.MapDelete("/profiles/predefined/{profileId}", ResetAsync).WithName("DeletePredefinedDlpProfile").RequirePermission(Permissions.GatewayWrite);
        }
    }

    internal static async Task<Results<Ok<Envelope<DlpProfileResource>>, ApiProblem>> GetAsync(
        string accountId, string profileId, IGrainFactory grains, CancellationToken cancellationToken) =>
        Find(profileId) is { } profile
            ? TypedResults.Ok(Envelope.Of(DlpProfileResource.From(profile, await SettingsAsync(grains, accountId, profile, cancellationToken))))
            : ApiProblem.NotFound;

    internal static async Task<Results<Ok<Envelope<DlpProfileResource>>, ApiProblem>> UpdateAsync(
        string accountId, string profileId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        if (Find(profileId) is not { } profile)
        {
            return ApiProblem.NotFound;
        }

        List<ApiError> errors = [];
        var settings = Read(body, profile, await SettingsAsync(grains, accountId, profile, cancellationToken), errors);
        if (errors.Count > 0)
        {
            return ApiProblem.Invalid(errors);
        }

        var outcome = await DlpProfileEndpoints.Profiles(grains, accountId).SetPredefinedAsync(settings, cancellationToken);
        return outcome == DlpProfileOutcome.Done ? TypedResults.Ok(Envelope.Of(DlpProfileResource.From(profile, settings))) : DlpProfileEndpoints.Problem(outcome, context);
    }

    /// <summary>A built-in profile cannot be deleted: it becomes again what it is for everybody.</summary>
    internal static async Task<Results<Ok<Envelope<DlpProfileResource>>, ApiProblem>> ResetAsync(
        string accountId, string profileId, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (Find(profileId) is not { } profile)
        {
            return ApiProblem.NotFound;
        }

        await DlpProfileEndpoints.Profiles(grains, accountId).ResetPredefinedAsync(profile.Id, cancellationToken);
        return TypedResults.Ok(Envelope.Of(DlpProfileResource.From(profile, settings: null)));
    }

    private static DlpPredefinedSettings Read(JsonElement body, BuiltInProfile profile, DlpPredefinedSettings? stored, List<ApiError> errors)
    {
        var reader = new ObjectReader(body, ["body"], errors);
        var enabled = stored?.EnabledEntries ?? [.. profile.Entries.Where(entry => entry.IsOnByDefault).Select(entry => entry.Id)];
        if (reader.Items("enabled_entries", 0, 1_000, (item, items) => EntryOf(profile, items.Text(item, 64), items.Fail)).Value is { } listed)
        {
            enabled = [.. listed.Select(entry => entry.Id).Distinct()];
        }

        // The older way: each entry with whether it is on; others stay.
        if (reader.Items("entries", 0, 1_000, (item, items) => ReadSwitch(profile, item, items)).Value is { } switches)
        {
            enabled = [.. enabled.Except(switches.Select(item => item.EntryId)).Concat(switches.Where(item => item.Enabled).Select(item => item.EntryId)).Distinct()];
        }

        return new() { ProfileId = profile.Id, Thresholds = DlpThresholdsReader.Read(reader, stored?.Thresholds), EnabledEntries = enabled };
    }

    private static DlpSharedEntry? ReadSwitch(BuiltInProfile profile, JsonElement item, ItemReader items)
    {
        if (items.Object(item) is not { } reader)
        {
            return null;
        }

        var entry = EntryOf(profile, reader.Text("id", 1, 64, Need.NotNull).Value, message => reader.Fail("id", message));
        return new() { EntryId = entry?.Id ?? default, Enabled = reader.Boolean("enabled", Need.NotNull).Value ?? false };
    }

    private static DlpEntry? EntryOf(BuiltInProfile profile, string? text, Action<string> fail)
    {
        if (text is null)
        {
            return null;
        }

        var found = Guid.TryParseExact(text, "D", out var id) ? profile.Entries.FirstOrDefault(entry => entry.Id == id) : null;
        if (found is null)
        {
            fail("The profile has no entry of this id");
        }

        return found;
    }

    private static BuiltInProfile? Find(string profileId) => Guid.TryParseExact(profileId, "D", out var id) ? BuiltInProfile.ById.GetValueOrDefault(id) : null;

    private static async Task<DlpPredefinedSettings?> SettingsAsync(IGrainFactory grains, string accountId, BuiltInProfile profile, CancellationToken cancellationToken) =>
        DlpProfileEndpoints.SettingsOf(await DlpProfileEndpoints.Profiles(grains, accountId).GetAsync(0, cancellationToken), profile.Id);
}
