using System.Text;

namespace GatewayActors.Benchmarks;

/// <summary>Requests and answers as the benchmarks send them; the comparison of whole processes uses the same ones.</summary>
internal static class Samples
{
    public static byte[] JsonRequest { get; } = Read("json.json");

    public static byte[] StreamRequest { get; } = Read("sse.json");

    public static byte[] Json { get; } = Bench.Upstream.Answers.Json.ToArray();

    public static byte[][] Events { get; } = [.. Bench.Upstream.Answers.Events.Select(item => item.ToArray())];

    private static byte[] Read(string name)
    {
        using var resource = typeof(Samples).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is missing.");
        using var reader = new StreamReader(resource, Encoding.UTF8);
        return Encoding.UTF8.GetBytes(reader.ReadToEnd());
    }
}
