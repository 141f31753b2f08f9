using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Dlp;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Dlp.Detection;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Dlp;

/// <summary>The profiles of data loss prevention.</summary>
internal static class DlpProfileEndpoints
{
    private static readonly string[] OptionalFields =
        ["description", "allowed_match_count:integer", "confidence_threshold", "context_awareness:object", "entries:array", "shared_entries:array", "ocr_enabled:boolean", "ai_context_enabled:boolean"];

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the profiles of an account.</summary>
        public void MapDlp()
        {
            var group = routes.MapGroup("/accounts/{accountId}/dlp").WithTags("Data loss prevention").RequirePermission(Permissions.GatewayRead);
            group.MapGet("/profiles", ListAsync).WithName("ListDlpProfiles");
            group.MapGet("/profiles/{profileId}", GetAsync).WithName("GetDlpProfile");
            group.MapPost("/profiles/custom", CreateAsync).WithName("CreateDlpProfile").RequirePermission(Permissions.GatewayWrite).WithBody(["name"], OptionalFields);
            group.MapGet("/profiles/custom/{profileId}", GetCustomAsync).WithName("GetCustomDlpProfile");
            group.MapPut("/profiles/custom/{profileId}", UpdateAsync).WithName("UpdateDlpProfile").RequirePermission(Permissions.GatewayWrite).WithBody(["name"], OptionalFields);
            group.MapDelete("/profiles/custom/{profileId}", DeleteAsync).WithName("DeleteDlpProfile").RequirePermission(Permissions.GatewayWrite);
            group.MapPredefinedDlp();
            group.MapDlpPatterns();
        }
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<DlpProfileResource>>>, ApiProblem>> ListAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var set = await Profiles(grains, accountId).GetAsync(0, cancellationToken);
        if (set is null && await grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).GetAsync(cancellationToken) is null)
        {
            return ApiProblem.AccountNotFound(context);
        }

        return TypedResults.Ok(Envelope.Of<IReadOnlyList<DlpProfileResource>>(
        [
            .. BuiltInProfile.All.Select(profile => DlpProfileResource.From(profile, SettingsOf(set, profile.Id))),
            .. (set?.Profiles ?? []).Select(DlpProfileResource.From),
        ]));
    }

    internal static async Task<Results<Ok<Envelope<DlpProfileResource>>, ApiProblem>> GetAsync(
        string accountId, string profileId, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(profileId, "D", out var id))
        {
            return ApiProblem.NotFound;
        }

        var set = await Profiles(grains, accountId).GetAsync(0, cancellationToken);
        return BuiltInProfile.ById.TryGetValue(id, out var builtIn) ? TypedResults.Ok(Envelope.Of(DlpProfileResource.From(builtIn, SettingsOf(set, id))))
            : set?.Profiles.FirstOrDefault(profile => profile.Id == id) is { } custom ? TypedResults.Ok(Envelope.Of(DlpProfileResource.From(custom)))
            : ApiProblem.NotFound;
    }

    internal static async Task<Results<Ok<Envelope<DlpProfileResource>>, ApiProblem>> GetCustomAsync(
        string accountId, string profileId, IGrainFactory grains, CancellationToken cancellationToken) =>
        await FindAsync(grains, accountId, profileId, cancellationToken) is { } profile ? TypedResults.Ok(Envelope.Of(DlpProfileResource.From(profile))) : ApiProblem.NotFound;

    internal static async Task<Results<Ok<Envelope<DlpProfileResource>>, ApiProblem>> CreateAsync(
        string accountId, HttpContext context, IGrainFactory grains, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        List<ApiError> errors = [];
        var definition = new DlpProfileReader(timeProvider.GetUtcNow()).Read(body, stored: null, errors);
        return errors.Count > 0 ? ApiProblem.Invalid(errors) : Answer(await Profiles(grains, accountId).CreateAsync(definition, cancellationToken), context);
    }

    internal static async Task<Results<Ok<Envelope<DlpProfileResource>>, ApiProblem>> UpdateAsync(
        string accountId, string profileId, HttpContext context, IGrainFactory grains, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        while (await FindAsync(grains, accountId, profileId, cancellationToken) is { } stored)
        {
            List<ApiError> errors = [];
            var definition = new DlpProfileReader(timeProvider.GetUtcNow()).Read(body, stored.Definition, errors);
            if (errors.Count > 0)
            {
                return ApiProblem.Invalid(errors);
            }

            var change = await Profiles(grains, accountId).UpdateAsync(stored.Id, definition, stored.Version, cancellationToken);
            if (change.Outcome != DlpProfileOutcome.Outdated)
            {
                return Answer(change, context);
            }

            // Somebody else was faster: what this body leaves out must stay as they have made it.
        }

        return ApiProblem.NotFound;
    }

    internal static async Task<Results<Ok<Envelope<DlpProfileResource>>, ApiProblem>> DeleteAsync(
        string accountId, string profileId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(profileId, "D", out var id))
        {
            return ApiProblem.NotFound;
        }

        // A policy whose profile is gone would look for nothing, and nobody would notice.
        return await DlpProfileUse.FindAsync(grains, accountId, id, cancellationToken) is { } gateway
            ? ApiProblem.Invalid($"The gateway '{gateway}' uses this profile: take it out of its policies first", "params", "profile_id")
            : Answer(await Profiles(grains, accountId).DeleteAsync(id, cancellationToken), context);
    }

    internal static IDlpProfilesGrain Profiles(IGrainFactory grains, string accountId) => grains.GetGrain<IDlpProfilesGrain>(GrainKeys.DlpProfiles(accountId));

    internal static DlpPredefinedSettings? SettingsOf(DlpProfileSet? set, Guid profileId) => set?.Predefined.FirstOrDefault(settings => settings.ProfileId == profileId);

    private static async Task<DlpProfileRecord?> FindAsync(IGrainFactory grains, string accountId, string profileId, CancellationToken cancellationToken) =>
        Guid.TryParseExact(profileId, "D", out var id)
            ? (await Profiles(grains, accountId).GetAsync(0, cancellationToken))?.Profiles.FirstOrDefault(profile => profile.Id == id)
            : null;

    private static Results<Ok<Envelope<DlpProfileResource>>, ApiProblem> Answer(DlpProfileChange change, HttpContext context) =>
        change.Profile is { } profile ? TypedResults.Ok(Envelope.Of(DlpProfileResource.From(profile))) : Problem(change.Outcome, context);

    internal static ApiProblem Problem(DlpProfileOutcome outcome, HttpContext context) => outcome switch
    {
        DlpProfileOutcome.NotFound or DlpProfileOutcome.Outdated => ApiProblem.NotFound,
        // 400 rather than 409, which the official clients would try again.
        DlpProfileOutcome.NameTaken => ApiProblem.Invalid("A profile with this name already exists", "body", "name"),
        DlpProfileOutcome.TooMany => ApiProblem.Invalid($"An account may have {DlpLimits.Profiles} profiles with {DlpLimits.Entries} entries", "body", "entries"),
        DlpProfileOutcome.AccountNotFound => ApiProblem.AccountNotFound(context),
        DlpProfileOutcome.Done => throw new InvalidOperationException("A change that was made is answered with its result."),
    };
}
