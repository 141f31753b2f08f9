using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using GatewayActors.Front.Configuration;
using GatewayActors.Front.Egress;
using GatewayActors.Front.Export.Logpush;
using GatewayActors.Front.Tests.Management;
using GatewayActors.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GatewayActors.Front.Tests.Export;

/// <summary>Deliveries to Azure's blob storage, as Azurite plays it.</summary>
[Trait("Needs", "servers")]
public sealed class LogpushAzureTests
{
    private const string Version = "2021-12-02";

    private readonly CancellationToken _cancelled = TestContext.Current.CancellationToken;
    private readonly Dictionary<string, string> _account = TestServers.Storage.Split(';', StringSplitOptions.RemoveEmptyEntries)
        .ToDictionary(part => part[..part.IndexOf('=', StringComparison.Ordinal)], part => part[(part.IndexOf('=', StringComparison.Ordinal) + 1)..]);

    private string Endpoint => _account["BlobEndpoint"];

    [Fact]
    public async Task Send_ToAContainer_MakesABlobThatHoldsTheLines()
    {
        var container = $"logs-{Guid.CreateVersion7():N}";
        using var client = new HttpClient(new SocketsHttpHandler());
        using var made = await client.PutAsync(new Uri($"{Endpoint}/{container}?restype=container&{AccountSignature("c", "c")}"), null, _cancelled);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var options = new GatewayOptions { Upstream = { AllowPrivateNetworks = true }, Logpush = { AzureBlobEndpoint = Endpoint } };
        var destination = LogpushDestination.Read($"azure://{container}/gateway/{{DATE}}?{AccountSignature("o", "cw")}", options, out _)!;
        using var sender = new LogpushSender(new GuardedEgress(new SystemHostResolver(), options, NullLogger<GuardedEgress>.Instance), TimeProvider.System);
        using var content = new MemoryStream();
        await using (var gzip = new GZipStream(content, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync("{\"Cached\":false}\n"u8.ToArray(), _cancelled);
        }

        var batch = new LogpushBatch(content.ToArray(), 1, Entries.Make("a", "g"), 17, null);
        var first = await sender.SendAsync(destination, 3, batch, _cancelled);
        var again = await sender.SendAsync(destination, 3, batch, _cancelled); // As after a crash: the same blob.
        var refused = await sender.SendAsync(LogpushDestination.Read($"azure://{container}/gateway?sig=wrong", options, out _)!, 3, batch, _cancelled);

        Assert.Equal((true, true, false), (first.IsTaken, again.IsTaken, refused.IsTaken));
        await using var blob = await client.GetStreamAsync(
            new Uri($"{Endpoint}/{container}/gateway/20260301/20260301T120000Z_3_000000000017.log.gz?{AccountSignature("o", "r")}"), _cancelled);
        using var reader = new StreamReader(new GZipStream(blob, CompressionMode.Decompress));
        Assert.Equal("{\"Cached\":false}\n", await reader.ReadToEndAsync(_cancelled));
    }

    // An account's shared access signature, as Azure's documentation puts it together.
    private string AccountSignature(string types, string permissions)
    {
        var expiry = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var text = string.Join('\n', _account["AccountName"], permissions, "b", types, "", expiry, "", "http", Version, "", "");
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(_account["AccountKey"]), Encoding.UTF8.GetBytes(text)));
        return $"sv={Version}&ss=b&srt={types}&sp={permissions}&se={Uri.EscapeDataString(expiry)}&spr=http&sig={Uri.EscapeDataString(signature)}";
    }
}
