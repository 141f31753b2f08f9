using BenchmarkDotNet.Attributes;
using GatewayActors.Providers;
using GatewayActors.Providers.Pricing;
using GatewayActors.Providers.Requests;
using GatewayActors.Providers.Usage;

namespace GatewayActors.Benchmarks.Providers;

/// <summary>The pure parts of a request: mapping, reading the request, reading usage, finding the price.</summary>
[InProcess, MemoryDiagnoser, WarmupCount(5), IterationCount(10)]
public class ProviderBenchmarks
{
    private static readonly Headers None = new();
    private static readonly UpstreamAddress Address = new("http://127.0.0.1/v1/chat/completions", "chat/completions");
    private readonly PriceTable _prices = PriceTable.BuiltIn;
    private readonly Provider _openAI = BuiltInProviders.All.Single(provider => provider.Slug == "openai");

    /// <summary>The path to the upstream's URL.</summary>
    [Benchmark]
    public bool Map() => _openAI.Map(new ProviderRequest { Slug = "openai", Rest = "chat/completions", Query = [], BaseUrl = "http://127.0.0.1/v1", Headers = None }).Address is not null;

    /// <summary>Model and stream flag of a request of 1 KB.</summary>
    [Benchmark]
    public RequestFacts InspectRequest() => RequestInspector.Inspect(Samples.JsonRequest, _openAI.ModelMemberAt(Address));

    /// <summary>Usage of a chat completion of 1 KB.</summary>
    [Benchmark]
    public UsageReport ReadJsonUsage()
    {
        var reader = Create("application/json");
        reader.Read(Samples.Json);
        return reader.Complete();
    }

    /// <summary>Usage of a stream of 100 events, each read by itself.</summary>
    [Benchmark]
    public UsageReport ReadSseUsage()
    {
        var reader = Create("text/event-stream; charset=utf-8");
        foreach (var item in Samples.Events)
        {
            reader.Read(item);
        }

        return reader.Complete();
    }

    /// <summary>The price of a dated model.</summary>
    [Benchmark]
    public ModelPrice? FindPrice() => _prices.Find("openai", "gpt-4o-mini-2024-07-18", "gpt-4o-mini");

    private UsageReader Create(string contentType) => _openAI.CreateUsageReader(new ResponseFacts
    {
        Address = Address,
        Method = "POST",
        StatusCode = 200,
        ContentType = contentType,
        Headers = None,
    })!;

    private sealed class Headers : IHeaderSource
    {
        public string? this[string name] => null;
    }
}
