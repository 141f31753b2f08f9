using GatewayActors.Abstractions;
using GatewayActors.Abstractions.Dlp;
using GatewayActors.Abstractions.Gateways;

namespace GatewayActors.Grains.Gateways;

/// <summary>How new the account's profiles of data loss prevention are.</summary>
internal sealed partial class GatewayGrain
{
    private long _dlpVersion;

    public ValueTask SetDlpVersionAsync(long version, CancellationToken cancellationToken = default)
    {
        _dlpVersion = Math.Max(_dlpVersion, version);
        if (_admissions is null)
        {
            DeactivateOnIdle();
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Once per activation, creation, and change of a gateway that uses profiles: from then on the account's grain tells of changes.</summary>
    private async Task LearnDlpVersionAsync(GatewayConfiguration? configuration)
    {
        if (configuration?.Dlp is not null)
        {
            var version = await GrainFactory.GetGrain<IDlpProfilesGrain>(GrainKeys.DlpProfiles(_accountId)).GetVersionAsync(CancellationToken.None);
            _dlpVersion = Math.Max(_dlpVersion, version);
        }
    }

    // Only gateways that use profiles: all others are told nothing, and pay nothing.
    private Admission WithDlp(Admission admission, in AdmissionQuery query) =>
        query.SeenDlp == _dlpVersion || _admissions?.Gateway.Configuration.Dlp is null || admission.Verdict is not (AdmissionVerdict.Admitted or AdmissionVerdict.RateLimited)
            ? admission
            : admission with { Dlp = _dlpVersion };
}
