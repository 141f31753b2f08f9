using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Grains.Gateways;

/// <summary>The answers of one version of a gateway, made once so that an admission without a rate limit allocates nothing.</summary>
internal sealed class GatewayAdmissions(GatewayRecord gateway)
{
    /// <summary>There is no such gateway.</summary>
    public static Admission NotFound { get; } = new() { Verdict = AdmissionVerdict.GatewayNotFound, Version = 0 };

    /// <summary>The gateway would be created if the caller proved who it is.</summary>
    public static Admission UnauthorizedWithoutGateway { get; } = new() { Verdict = AdmissionVerdict.Unauthorized, Version = 0 };

    private readonly Admission _admitted = Answer(AdmissionVerdict.Admitted, gateway, with: null);
    private readonly Admission _admittedAnew = Answer(AdmissionVerdict.Admitted, gateway, with: gateway);
    private readonly Admission _unauthorized = Answer(AdmissionVerdict.Unauthorized, gateway, with: null);

    public GatewayRecord Gateway => gateway;

    public Admission Decide(AdmissionQuery query)
    {
        // Closed unless opened: a gateway that never said anything about authentication asks for a token.
        if (query.Caller == Caller.Anonymous && (gateway.Configuration.Authentication ?? true))
        {
            return _unauthorized;
        }

        return query.SeenVersion == gateway.Version ? _admitted : _admittedAnew;
    }

    /// <summary>The answer to a caller who holds the current version, once the rate limit has been asked.</summary>
    public Admission Decide(RateLimitDecision rate) => new()
    {
        Verdict = rate.IsTaken ? AdmissionVerdict.Admitted : AdmissionVerdict.RateLimited,
        Version = gateway.Version,
        Rate = rate,
    };

    private static Admission Answer(AdmissionVerdict verdict, GatewayRecord gateway, GatewayRecord? with) =>
        new() { Verdict = verdict, Version = gateway.Version, Gateway = with };
}
