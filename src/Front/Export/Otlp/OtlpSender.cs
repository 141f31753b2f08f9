using System.Net;
using System.Net.Http.Headers;
using GatewayActors.Abstractions.Gateways;
using GatewayActors.Front.Egress;
using GatewayActors.Front.Secrets;

namespace GatewayActors.Front.Export.Otlp;

/// <summary>Posts batches to collectors, over guarded connections.</summary>
internal sealed partial class OtlpSender(GuardedEgress egress, ISecretReferences secrets, SecretSealer sealer, TimeProvider timeProvider, ILogger<OtlpSender> logger) : IDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly HttpMessageInvoker _client = new(egress.CreateHandler());

    /// <summary>Sends a batch once.</summary>
    public async Task<ExportOutcome> SendAsync(ExporterAddress address, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var settings = address.Settings;
        if (sealer.OpenText(address.AccountId, settings.Url) is not { } url)
        {
            return new("the collector's URL cannot be opened: the key that sealed it is gone", IsFinal: true);
        }

        using var timeout = new CancellationTokenSource(Timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(IsProtobuf(settings) ? OtlpProtobuf.ContentType : OtlpJson.ContentType);
            foreach (var (name, value) in settings.Headers)
            {
                // Those of the content are ours to say.
                if (sealer.OpenText(address.AccountId, value) is { } opened)
                {
                    request.Headers.TryAddWithoutValidation(name, opened);
                }
                else if (address.NoteUnresolved())
                {
                    LogUnopened(address.AccountId, address.GatewayId);
                }
            }

            if (await AuthorizationAsync(address, either.Token) is { } authorization)
            {
                request.Headers.Remove("Authorization");
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            }

            using var response = await _client.SendAsync(request, either.Token);
            var outcome = ExportOutcome.Of(response, timeProvider.GetUtcNow());

            // The protocol names the statuses after which a batch may be sent again; these are none of them.
            return outcome with { IsFinal = outcome.IsFinal || response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.InternalServerError };
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && ExportOutcome.Of(exception) is { } failed)
        {
            return failed;
        }
    }

    public static bool IsProtobuf(OtelExporter settings) => settings.ContentType == OtelContentType.Protobuf;

    public void Dispose() => _client.Dispose();

    private async ValueTask<string?> AuthorizationAsync(ExporterAddress address, CancellationToken cancellationToken)
    {
        if (address.Settings.Authorization is not { } stored)
        {
            return null;
        }

        if (sealer.OpenText(address.AccountId, stored) is not { } reference)
        {
            if (address.NoteUnresolved())
            {
                LogUnopened(address.AccountId, address.GatewayId);
            }

            return null;
        }

        // A scheme and a credential are the header itself; a reference has no blank.
        if (reference.Contains(' ', StringComparison.Ordinal))
        {
            return reference;
        }

        var value = await secrets.FindAsync(address.AccountId, reference, cancellationToken);
        if (value is null && address.NoteUnresolved())
        {
            LogUnresolved(address.AccountId, address.GatewayId);
        }

        return value;
    }

    [LoggerMessage(EventId = 1511, EventName = "SpanAuthorizationUnresolved", Level = LogLevel.Warning,
        Message = "The authorization of an exporter of gateway {AccountId}/{GatewayId} names no secret that it may use; its spans are sent without.")]
    private partial void LogUnresolved(string accountId, string gatewayId);

    [LoggerMessage(EventId = 1514, EventName = "SpanCredentialUnopened", Level = LogLevel.Warning,
        Message = "A header of an exporter of gateway {AccountId}/{GatewayId} cannot be opened, as the key that sealed it is gone; its spans are sent without.")]
    private partial void LogUnopened(string accountId, string gatewayId);
}

/// <summary>An exporter of a gateway.</summary>
internal sealed class ExporterAddress(string accountId, string gatewayId, OtelExporter settings)
{
    private int _unresolved;

    public string AccountId => accountId;

    public string GatewayId => gatewayId;

    public OtelExporter Settings => settings;

    /// <summary>Whether this is the first time that a credential of it stands for nothing.</summary>
    public bool NoteUnresolved() => Interlocked.Exchange(ref _unresolved, 1) == 0;
}
