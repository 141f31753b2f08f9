using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Xunit;

namespace GatewayActors.Front.Tests.Configuration;

public sealed class AppSettingsTests
{
    [Theory]
    [InlineData("Production", "json")]
    [InlineData("Development", "simple")]
    public void Logging_FormatFollowsTheEnvironment(string environment, string formatter)
    {
        using var services = Logging(environment);

        Assert.Equal(formatter, services.GetRequiredService<IOptionsMonitor<ConsoleLoggerOptions>>().CurrentValue.FormatterName);
    }

    [Theory]
    [InlineData("GatewayActors.Front.Pipeline", LogLevel.Information)]
    [InlineData("Microsoft.AspNetCore.Routing", LogLevel.Warning)]
    [InlineData("Orleans.Runtime.Silo", LogLevel.Warning)]
    public void Logging_CategoryStartsAtItsLevel(string category, LogLevel expected)
    {
        using var services = Logging("Production");
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(category);

        Assert.True(logger.IsEnabled(expected));
        Assert.False(logger.IsEnabled(expected - 1));
    }

    private static ServiceProvider Logging(string environment)
    {
        var settings = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(FrontPath(), "appsettings.json"))
            .AddJsonFile(Path.Combine(FrontPath(), $"appsettings.{environment}.json"), optional: true)
            .Build();
        return new ServiceCollection()
            .AddLogging(logging => logging.AddConfiguration(settings.GetSection("Logging")).AddConsole())
            .BuildServiceProvider();
    }

    private static string FrontPath([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../../src/Front"));
}
