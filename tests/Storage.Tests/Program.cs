using GatewayActors.Storage.Tests.Crash;

namespace GatewayActors.Storage.Tests;

/// <summary>Runs the tests, or the process that a crash test starts and kills.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case [GrainStateCrashWriter.Argument, var path]:
                await GrainStateCrashWriter.RunAsync(path);
                return 0;

            case [LogStoreCrashWriter.Argument, var path]:
                await LogStoreCrashWriter.RunAsync(path);
                return 0;

            case [Measurements.LogWriteMeasurement.Argument]:
                Measurements.LogWriteMeasurement.Run();
                return 0;

            case [Measurements.LogScaleMeasurement.Argument, .. var entries]:
                await Measurements.LogScaleMeasurement.RunAsync(entries is [var count] ? int.Parse(count, System.Globalization.CultureInfo.InvariantCulture) : 5_000_000);
                return 0;

            default:
                return args.Contains("--server") || args.Contains("--internal-msbuild-node")
                    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
                    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
        }
    }
}
