using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Accounts;
using GatewayActors.Front.Authentication;
using GatewayActors.Front.Binding;
using GatewayActors.Front.Compat;
using GatewayActors.Front.Errors;
using GatewayActors.Front.Gateways;
using GatewayActors.Front.Pipeline;
using GatewayActors.Front.Run;

namespace GatewayActors.Front.Rest;

/// <summary>
/// What is different about exchanges that come in on the API host: a header names the gateway, an API token is always needed, and errors have
/// that host's envelope. The rest of their way is that of every exchange.
/// </summary>
internal sealed class RestSurface(GatewayHandles gateways)
{
    private const string GatewayHeader = "cf-aig-gateway-id";

    /// <summary>What a token needs one of.</summary>
    public const Permissions Needed = Permissions.GatewayRun | Permissions.WorkersAiRead;

    /// <summary>Whether a token may call the inference routes of an account: either right will do.</summary>
    public static bool Allows(TokenPrincipal token, ReadOnlySpan<char> accountId) =>
        token.Can(Permissions.GatewayRun, accountId) || token.Can(Permissions.WorkersAiRead, accountId);

    /// <summary>Finds route and gateway.</summary>
    /// <returns>False if the exchange has failed.</returns>
    public bool TryReadTarget(Exchange exchange)
    {
        // Set first: errors are written as this host writes them.
        exchange.Rest = RestRoute.Run;
        if (!RestPath.TryParse(exchange.RawTarget, out var path) || path.Route is not { } route || !Identifiers.IsAccountId(path.Account))
        {
            exchange.Fail(new(GatewayErrorKind.RouteNotFound, "No route for that URI."));
            return false;
        }

        exchange.Rest = route;
        exchange.IsCompat = !route.IsRun;
        exchange.Format = route.IsRun ? null : CompatRouting.FormatOf(route.Endpoint);
        exchange.Run = route.IsRun ? new RunRequest(path.Model.IsEmpty ? null : Uri.UnescapeDataString(path.Model)) { Binding = exchange.Http.Features.Get<BindingCall>() } : null;
        if (exchange.Http.Request.Method != route.Method)
        {
            exchange.Fail(new(GatewayErrorKind.MethodNotAllowed, $"This route takes {route.Method}."));
            return false;
        }

        var header = exchange.Http.Request.Headers[GatewayHeader];
        return TrySetGateway(exchange, path.Account, header is [{ Length: > 0 } id, ..] ? id.Trim() : Identifiers.DefaultGatewayId, GatewayHeader);
    }

    /// <summary>Sends an exchange through another gateway of its account, because its body says so.</summary>
    public bool TrySetGateway(Exchange exchange, string id, string where) => TrySetGateway(exchange, exchange.Gateway.AccountId, id, where);

    /// <summary>Refuses whoever has proved no token of the account that may do this.</summary>
    public static void RequireToken(Exchange exchange)
    {
        if (exchange.IsAuthenticated)
        {
            return;
        }

        var headers = exchange.Http.Request.Headers;
        exchange.Fail(exchange.HasOtherToken ? new(GatewayErrorKind.Forbidden, "The token is not one of this account with the permission AI Gateway Run or Workers AI Read.")
            : AuthenticationStage.HasCandidate(headers) ? new(GatewayErrorKind.Unauthorized, "The token is not valid.")
            : headers["Payment-Method"].Count > 0 ? new(GatewayErrorKind.MalformedRequest, "machine payments are not enabled")
            : new(GatewayErrorKind.TokenMissing, "The request has no API token; it goes into Authorization: Bearer."));
    }

    private bool TrySetGateway(Exchange exchange, ReadOnlySpan<char> account, string id, string where)
    {
        if (!Identifiers.IsUrlId(id))
        {
            exchange.Fail(new(GatewayErrorKind.MalformedRequest, $"{where} must have 1 to 64 letters, digits, '_' or '-'."));
            return false;
        }

        exchange.Gateway = gateways.Get(GrainKeys.Gateway(account.ToString(), id), account.Length);
        return true;
    }
}
