using System.Globalization;
using GatewayActors.Storage.Tests.GrainState;
using Orleans;
using Orleans.Runtime;

namespace GatewayActors.Storage.Tests.Crash;

/// <summary>Writes with 32 writers until it is killed. Each one's state counts its writes.</summary>
internal static class GrainStateCrashWriter
{
    public const string Argument = "crash-writer-grain-state";
    public const int Writers = 32;

    public static async Task RunAsync(string path)
    {
        using var storage = SqliteGrainStorageTests.Open(path);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
        {
            var state = new Held<TestState>();
            await storage.ReadStateAsync("crash", Grain(writer), state);
            while (true)
            {
                state.State.Count++;
                state.State.Name = new string((char)('a' + (state.State.Count % 26)), 1500);
                await storage.WriteStateAsync("crash", Grain(writer), state);
                CrashProcess.Acknowledge(string.Create(CultureInfo.InvariantCulture, $"{writer} {state.State.Count}"));
            }
        }));
    }

    public static GrainId Grain(int writer) => GrainId.Create("writer", writer.ToString(CultureInfo.InvariantCulture));
}
