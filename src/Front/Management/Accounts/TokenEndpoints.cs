using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Management.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace GatewayActors.Front.Management.Accounts;

/// <summary>API tokens of an account. A value is answered once; nothing keeps it.</summary>
internal static class TokenEndpoints
{
    private static readonly ApiMessage ValidNotice = new(10000, "This API Token is valid and active");

    extension(IEndpointRouteBuilder routes)
    {
        /// <summary>Maps the tokens of an account.</summary>
        public void MapTokens()
        {
            var group = routes.MapGroup("/accounts/{accountId}/tokens").WithTags("Tokens").RequireOwnAccount();
            group.MapGet("/", ListAsync).WithName("ListTokens").RequirePermission(Permissions.TokensRead)
                .WithQuery("page:integer", "per_page:integer", "direction", "include_expired:boolean");
            group.MapPost("/", CreateAsync).WithName("CreateToken").RequirePermission(Permissions.TokensWrite)
                .WithBody(["name", "policies:array"], "not_before", "expires_on", "condition:object");
            group.MapGet("/verify", VerifyAsync).WithName("VerifyToken");
            group.MapGet("/permission_groups", ListPermissionGroups).WithName("ListPermissionGroups").RequirePermission(Permissions.TokensRead)
                .WithQuery("name", "scope");
            group.MapGet("/{tokenId}", GetAsync).WithName("GetToken").RequirePermission(Permissions.TokensRead);
            group.MapPut("/{tokenId}", UpdateAsync).WithName("UpdateToken").RequirePermission(Permissions.TokensWrite)
                .WithBody(["name", "policies:array"], "status", "not_before", "expires_on", "condition:object");
            group.MapDelete("/{tokenId}", DeleteAsync).WithName("DeleteToken").RequirePermission(Permissions.TokensWrite);
            group.MapPut("/{tokenId}/value", RollAsync).WithName("RollToken").RequirePermission(Permissions.TokensWrite);
        }
    }

    internal static async Task<Results<Ok<Envelope<IReadOnlyList<TokenResource>>>, ApiProblem>> ListAsync(
        string accountId, HttpContext context, IGrainFactory grains, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        var paging = query.Paging(maxPerPage: 1000);
        var direction = query.Word("direction", SortDirections.Words) ?? SortDirection.Ascending;
        var withExpired = query.Boolean("include_expired") ?? false;
        if (query.Problem is { } problem)
        {
            return problem;
        }

        var account = Account(grains, accountId);
        var tokens = await account.ListTokensAsync(cancellationToken);
        if (tokens.Count == 0 && await account.GetAsync(cancellationToken) is null)
        {
            return ApiProblem.AccountNotFound(context);
        }

        var now = timeProvider.GetUtcNow();
        var shown = tokens.Where(token => withExpired || TokenStatus.Of(token.Definition, now) != TokenStatus.Expired);
        TokenResource[] all = [.. (direction == SortDirection.Ascending ? shown : shown.Reverse()).Select(token => TokenResource.From(token, now))];
        return TypedResults.Ok(Envelope.Page<TokenResource>([.. paging.Of(all)], paging, all.Length));
    }

    internal static async Task<Results<Ok<Envelope<TokenResource>>, ApiProblem>> CreateAsync(
        string accountId, HttpContext context, IGrainFactory grains, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var (definition, problem) = await ReadDefinitionAsync(accountId, stored: null, now, context, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        var value = TokenValue.Create(accountId);
        return await Account(grains, accountId).CreateTokenAsync(definition!, TokenValue.Hash(value), cancellationToken) is { } token
            ? TypedResults.Ok(Envelope.Of(TokenResource.From(token, now, value)))
            : ApiProblem.AccountNotFound(context);
    }

    internal static async Task<Results<Ok<Envelope<TokenResource>>, ApiProblem>> GetAsync(
        string accountId, string tokenId, IGrainFactory grains, TimeProvider timeProvider, CancellationToken cancellationToken) =>
        await FindAsync(grains, accountId, tokenId, cancellationToken) is { } token
            ? TypedResults.Ok(Envelope.Of(TokenResource.From(token, timeProvider.GetUtcNow())))
            : ApiProblem.NotFound;

    internal static async Task<Results<Ok<Envelope<TokenResource>>, ApiProblem>> UpdateAsync(
        string accountId, string tokenId, HttpContext context, IGrainFactory grains, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (await FindAsync(grains, accountId, tokenId, cancellationToken) is not { } stored)
        {
            return ApiProblem.NotFound;
        }

        var now = timeProvider.GetUtcNow();
        var (definition, problem) = await ReadDefinitionAsync(accountId, stored.Definition, now, context, cancellationToken);
        if (problem is not null)
        {
            return problem;
        }

        return await Account(grains, accountId).UpdateTokenAsync(tokenId, definition!, cancellationToken) is { } token
            ? TypedResults.Ok(Envelope.Of(TokenResource.From(token, now)))
            : ApiProblem.NotFound;
    }

    internal static async Task<Results<Ok<Envelope<Reference>>, ApiProblem>> DeleteAsync(
        string accountId, string tokenId, IGrainFactory grains, CancellationToken cancellationToken) =>
        await Account(grains, accountId).DeleteTokenAsync(tokenId, cancellationToken)
            ? TypedResults.Ok(Envelope.Of(new Reference(tokenId)))
            : ApiProblem.NotFound;

    internal static async Task<Results<Ok<Envelope<string>>, ApiProblem>> RollAsync(
        string accountId, string tokenId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        if (await FindAsync(grains, accountId, tokenId, cancellationToken) is not { } stored)
        {
            return ApiProblem.NotFound;
        }

        // The answer is the token: whoever rolls one with more permissions would have them.
        if (!Covers(context.User.RequireToken(), stored))
        {
            return ApiProblem.Forbidden;
        }

        var value = TokenValue.Create(accountId);
        return await Account(grains, accountId).RollTokenAsync(tokenId, TokenValue.Hash(value), cancellationToken) is not null
            ? TypedResults.Ok(Envelope.Of(value))
            : ApiProblem.NotFound;
    }

    internal static async Task<Results<Ok<Envelope<TokenStatusResource>>, ApiProblem>> VerifyAsync(
        string accountId, HttpContext context, IGrainFactory grains, CancellationToken cancellationToken) =>
        context.User.RequireToken().AccountId is null && await Account(grains, accountId).GetAsync(cancellationToken) is null
            ? ApiProblem.AccountNotFound(context)
            : await VerifyOwnAsync(context, grains, cancellationToken);

    // Only valid tokens come this far, so the state is always active.
    internal static async Task<Results<Ok<Envelope<TokenStatusResource>>, ApiProblem>> VerifyOwnAsync(
        HttpContext context, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var token = context.User.RequireToken();
        var stored = token.AccountId is { } accountId ? await FindAsync(grains, accountId, token.TokenId, cancellationToken) : null;
        return TypedResults.Ok(Envelope.Of(new TokenStatusResource(
            token.TokenId,
            TokenStatus.Active,
            stored?.Definition.NotBefore is { } notBefore ? Times.Format(notBefore) : null,
            (token.Person?.ExpiresAt ?? stored?.Definition.ExpiresOn) is { } expiresOn ? Times.Format(expiresOn) : null)) with
        { Messages = [ValidNotice] });
    }

    internal static Results<Ok<Envelope<IReadOnlyList<PermissionGroupResource>>>, ApiProblem> ListPermissionGroups(string accountId, HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        var (name, scope) = (query.Text("name"), query.Text("scope"));
        if (query.Problem is { } problem)
        {
            return problem;
        }

        var token = context.User.RequireToken();
        PermissionGroupResource[] groups =
        [
            .. PermissionGroups.All
                .Where(group => name is null || group.Name.Contains(name, StringComparison.OrdinalIgnoreCase))
                .Where(_ => scope is null or PermissionGroups.AccountScope)
                .Select(group => new PermissionGroupResource(
                    group.Id, group.Name, [PermissionGroups.AccountScope], Category(group), token.Can(group.Grants, accountId))),
        ];
        return TypedResults.Ok(new Envelope<IReadOnlyList<PermissionGroupResource>>
        {
            Result = groups,
            ResultInfo = new() { Count = groups.Length, Page = 1, PerPage = PermissionGroups.All.Count, TotalCount = groups.Length },
        });
    }

    private static async Task<(ApiTokenDefinition? Definition, ApiProblem? Problem)> ReadDefinitionAsync(
        string accountId, ApiTokenDefinition? stored, DateTimeOffset now, HttpContext context, CancellationToken cancellationToken)
    {
        var (body, problem) = await JsonBody.ReadObjectAsync(context.Request, cancellationToken);
        if (problem is not null)
        {
            return (null, problem);
        }

        List<ApiError> errors = [];
        var definition = new TokenDefinitionReader(accountId, now).Read(body, stored, errors);
        if (errors.Count > 0)
        {
            return (null, ApiProblem.Invalid(errors));
        }

        // Nobody can give what they do not have.
        var granted = new ApiTokenRecord { Id = "", AccountId = accountId, Definition = definition, IssuedOn = now, ModifiedOn = now };
        return Covers(context.User.RequireToken(), granted) ? (definition, null) : (null, ApiProblem.Forbidden);
    }

    private static bool Covers(TokenPrincipal caller, ApiTokenRecord token) => caller.Can(token.EffectivePermissions(), token.AccountId);

    // The account lists its tokens; there are few, and nothing on the request path asks.
    private static async Task<ApiTokenRecord?> FindAsync(IGrainFactory grains, string accountId, string tokenId, CancellationToken cancellationToken) =>
        (await Account(grains, accountId).ListTokensAsync(cancellationToken)).FirstOrDefault(token => token.Id == tokenId);

    private static IAccountGrain Account(IGrainFactory grains, string accountId) => grains.GetGrain<IAccountGrain>(GrainKeys.Account(accountId));

    private static string Category(PermissionGroup group) => group.Grants switch
    {
        Permissions.AnalyticsRead => "analytics_and_logs",
        var grants when (grants & (Permissions.AccountRead | Permissions.TokensRead)) != 0 => "account_and_billing",
        var grants when (grants & Permissions.SecretsRead) != 0 => "developer_platform",
        _ => "ai_and_machine_learning",
    };
}
