using Yarp.ReverseProxy.Configuration;

// The yardstick: everything as it comes, one route to one upstream, nothing logged.
var upstream = args.FirstOrDefault(argument => argument.StartsWith("--upstream=", StringComparison.Ordinal))?["--upstream=".Length..]
    ?? throw new InvalidOperationException("--upstream=http://host:port is missing.");
var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
builder.Services.AddReverseProxy().LoadFromMemory(
    [new RouteConfig { RouteId = "all", ClusterId = "upstream", Match = new() { Path = "{**path}" } }],
    [new ClusterConfig { ClusterId = "upstream", Destinations = new Dictionary<string, DestinationConfig> { ["only"] = new() { Address = upstream } } }]);
var app = builder.Build();
app.MapReverseProxy();
await app.RunAsync();
