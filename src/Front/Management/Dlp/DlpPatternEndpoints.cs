using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Abstractions.Dlp;
using GatewayActors.Front.Dlp.Profiles;
using GatewayActors.Front.Management.Audit;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Dlp;

/// <summary>What there is to know before a profile is written.</summary>
internal static class DlpPatternEndpoints
{
    extension(RouteGroupBuilder group)
    {
        /// <summary>Maps the check of expressions and the limits.</summary>
        public void MapDlpPatterns()
        {
            group.MapPost("/patterns/validate", ValidateAsync).WithName("ValidateDlpPattern").OnlyReads().WithBody(["regex"], "max_match_bytes:integer");
            group.MapGet("/limits", LimitsAsync).WithName("GetDlpLimits");
        }
    }

    internal static async Task<Results<Ok<Envelope<DlpPatternAnswer>>, ApiProblem>> ValidateAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        List<ApiError> errors = [];
        var reader = new ObjectReader(body, ["body"], errors);
        var regex = reader.Text("regex", 0, CustomPattern.MaxLength, Need.NotNull).Value;
        var bound = reader.Integer("max_match_bytes", 1, int.MaxValue);
        return errors.Count > 0
            ? ApiProblem.Invalid(errors)
            : TypedResults.Ok(Envelope.Of(new DlpPatternAnswer(CustomPattern.Problem(regex!, bound.IsSet ? bound.Value : CustomPattern.MaxMatch) is null)));
    }

    internal static async Task<Results<Ok<Envelope<DlpLimitsResource>>, ApiProblem>> LimitsAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var set = await DlpProfileEndpoints.Profiles(grains, accountId).GetAsync(0, cancellationToken);
        return set is null && await grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId)).GetAsync(cancellationToken) is null
            ? ApiProblem.AccountNotFound(context)
            : TypedResults.Ok(Envelope.Of(new DlpLimitsResource(DlpLimits.Entries, set?.Profiles.Sum(profile => profile.Definition.Entries.Count) ?? 0)));
    }
}
