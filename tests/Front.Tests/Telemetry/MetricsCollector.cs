using System.Diagnostics.Metrics;
using GatewayActors.Front.Telemetry;
using GatewayActors.Providers;
using Microsoft.Extensions.DependencyInjection;

namespace GatewayActors.Front.Tests.Telemetry;

/// <summary>Metrics of their own meter factory, and what was recorded on them.</summary>
internal sealed class MetricsCollector : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly MeterListener _listener = new();

    public MetricsCollector(bool isListening = true)
    {
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = _services.GetRequiredService<IMeterFactory>();
        if (isListening)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                // By factory: other tests of this process make a meter of the same name.
                if (ReferenceEquals(instrument.Meter.Scope, factory))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
            _listener.Start();
        }

        Labels = new(new ProviderCatalog([new NamedProvider("openai"), new NamedProvider("aws-bedrock")]));
        Metrics = new(factory, Labels);
    }

    public TelemetryLabels Labels { get; }

    public GatewayMetrics Metrics { get; }

    /// <summary>Each as <c>name value key=value …</c>.</summary>
    public List<string> Recorded { get; } = [];

    public void Observe() => _listener.RecordObservableInstruments();

    public void Dispose()
    {
        _listener.Dispose();
        Metrics.Dispose();
        _services.Dispose();
    }

    private void Add(Instrument instrument, IFormattable value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        Recorded.Add(string.Join(' ', [instrument.Name, value.ToString(null, System.Globalization.CultureInfo.InvariantCulture), .. tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}")]));

    internal sealed class NamedProvider(string slug) : Provider
    {
        public override string Slug => slug;

        public override string DefaultBaseUrl => "https://provider.example";

        public override UpstreamMapping Map(in ProviderRequest request) => UpstreamMapping.Refuse("Not mapped.");
    }
}
